package demo

import (
	"encoding/csv"
	"errors"
	"io"
)

// LookAlikes writes groups of people who look alike, class by class, among strangers, in the columns
// of [BigCSV]. The truth is record_id, entity_id, class and grp; records of one group look alike.
// Classes come with as many groups each; the strangers are as many as all of them.
func LookAlikes(out, truth io.Writer, groups int, seed uint64) error {
	f := &alikeFile{rows: csv.NewWriter(out), truth: csv.NewWriter(truth), world: newWorld(seed), seed: seed}
	_ = f.rows.Write([]string{"record_id", "last_name", "first_name", "patronymic", "birth_date", "phone", "email", "inn", "city", "address"})
	_ = f.truth.Write([]string{"record_id", "entity_id", "class", "grp"}) // csv keeps the error until Flush
	for _, c := range alikeClasses() {
		for range max(1, groups/c.rare) {
			f.group(&c)
		}
	}
	for range f.entities {
		f.group(&alikeClass{name: "strangers", make: strangers})
	}
	f.rows.Flush()
	f.truth.Flush()
	return errors.Join(f.rows.Error(), f.truth.Error())
}

// alikeFile numbers groups, entities and records as they are written.
type alikeFile struct {
	rows, truth               *csv.Writer
	world                     *world
	seed                      uint64
	groups, entities, records int
}

// perGroup is how many numbers of people a group takes up.
const perGroup = 65

func (f *alikeFile) group(c *alikeClass) {
	d := throw(f.seed, 23, uint64(f.groups))
	for _, states := range c.make(f.world, f.groups, d) {
		records := 2 + d.n(2)
		if c.single {
			records = 1
		}
		for r := range records {
			f.record(c, &states[r%len(states)])
		}
		f.entities++
	}
	f.groups++
}

// record writes a person as they were at one time.
func (f *alikeFile) record(c *alikeClass, p *person) {
	f.records++
	d := throw(f.seed, 24, uint64(f.records))
	h := habit{missing: 0.04, yo: 0.5, noPatronymic: 0.1, short: 0.02, typo: 0.06, swappedDate: 0.01}
	_ = f.rows.Write(append([]string{itoa(f.records)}, bigRow(h.see(p, d), d)...))
	_ = f.truth.Write([]string{itoa(f.records), "P" + itoa(f.entities), c.name, itoa(f.groups)})
}
