package demo

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// BigCSV writes rows records of persons in one CSV, about seven of ten a person's first record,
// and to truth, if not nil, record_id and entity_id of each. It holds nothing, so any number of
// rows can be written; the same seed gives the same bytes.
func BigCSV(out, truthOut io.Writer, rows int, seed uint64) error {
	world, d := newWorld(seed), throw(seed, 20)
	w, t := csv.NewWriter(out), csv.NewWriter(discardIfNil(truthOut))
	_ = w.Write([]string{"record_id", "last_name", "first_name", "patronymic", "birth_date", "phone", "email", "inn", "city", "address"})
	_ = t.Write([]string{"record_id", "entity_id"})
	h := habit{former: 0.12, missing: 0.08, yo: 0.5, noPatronymic: 0.08, short: 0.02, initials: 0.02, typo: 0.08, lookAlike: 0.01,
		swappedDate: 0.01, swappedNames: 0.005, filler: 0.01, ukrainian: 0.5, lostZeros: 0.02, shared: 0.3}
	people := 0
	for i := range rows {
		who := people
		if people > 0 && d.chance(0.3) {
			who = d.n(people)
		} else {
			people++
		}
		id := itoa(i + 1)
		row := throw(seed, 21, uint64(i))
		if err := w.Write(append([]string{id}, bigRow(h.see(world.person(who), row), row)...)); err != nil {
			return err
		}
		if err := t.Write([]string{id, entity{'P', who}.String()}); err != nil {
			return err
		}
	}
	w.Flush()
	t.Flush()
	return errors.Join(w.Error(), t.Error())
}

func discardIfNil(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

func bigRow(s sight, d *dice) []string {
	layout, town := iso, ""
	if d.chance(0.3) {
		layout = dotted
	}
	if s.address.town != nil {
		town = s.address.town.ru
	}
	inn := s.inn
	if d.chance(0.6) {
		inn = ""
	}
	return []string{s.last, s.first, s.patronymic, date(s.birth, layout), phone(s.mobile, d), strings.ToLower(s.email), inn, town, s.address.write(3, s.ukrainian)}
}

// Street writes households of five: a father and a son of one full name, the mother, and twins, all
// with one phone and one address; a third of them have a second record with another spelling.
// Every record has its birth date, so each can be told from the others. The truth goes to truth,
// if not nil, as record_id and entity_id.
func Street(out, truthOut io.Writer, households int, seed uint64) error {
	w, t := csv.NewWriter(out), csv.NewWriter(discardIfNil(truthOut))
	_ = w.Write([]string{"record_id", "last_name", "first_name", "patronymic", "birth_date", "phone", "address"})
	_ = t.Write([]string{"record_id", "entity_id"})
	world, id := newWorld(seed), 0
	for h := range households {
		d := throw(seed, 22, uint64(h))
		for i, p := range world.household(h, d) {
			for again := range 2 {
				if again == 1 && !d.chance(0.33) {
					continue
				}
				id++
				_ = w.Write(append([]string{itoa(id)}, streetRow(&p, again, d)...)) // csv keeps the error until Flush
				_ = t.Write([]string{itoa(id), entity{'P', 5*h + i}.String()})
			}
		}
	}
	w.Flush()
	t.Flush()
	return errors.Join(w.Error(), t.Error())
}

func (w *world) household(h int, d *dice) [5]person {
	var p [5]person
	for i := range p {
		p[i] = w.single(5*h+i, i == 1)
	}
	w.become(&p[0], false)
	w.become(&p[1], true)
	w.fatherAndSon(&p[0], &p[2], d)
	w.twins(&p[0], &p[3], &p[4], d)
	for tries := 0; p[3].birth.Year() == p[2].birth.Year() && tries < 20; tries++ {
		p[2].birth = p[0].birth.AddDate(d.between(21, 32), d.n(12), d.n(28))
	}
	w.tellApart(&p, d)
	for i := range p {
		p[i].last = gendered(p[0].last, p[i].female)
		p[i].mobile, p[i].home0, p[i].country = p[0].mobile, p[0].home0, "RU"
	}
	return p
}

// tellApart names the twins unlike their brother, and lets nobody be born on 1 January, which in
// customer data stands for no date.
func (w *world) tellApart(p *[5]person, d *dice) {
	for i := 3; i < 5; i++ {
		for tries := 0; (likeNamed(&p[i], &p[2]) || i == 4 && likeNamed(&p[4], &p[3])) && tries < 50; tries++ {
			p[i].given = w.givenName(p[i].female, d)
			p[i].first = p[i].given.ru
		}
	}
	for i := range p {
		if p[i].birth.YearDay() == 1 {
			p[i].birth = p[i].birth.AddDate(0, 0, 1)
		}
	}
}

// streetRow spells the second record in capitals, without ё, and the phone in another way.
func streetRow(p *person, again int, d *dice) []string {
	row := []string{p.last, p.first, p.patronymic, p.birth.Format(iso), "+7" + p.mobile, p.home0.write(1, false)}
	if again == 1 {
		for i := range 3 {
			row[i] = strings.ToUpper(withoutYo(row[i]))
		}
		row[3], row[4], row[5] = p.birth.Format(dotted), phone("7"+p.mobile, d), p.home0.write(2, false)
	}
	return row
}
