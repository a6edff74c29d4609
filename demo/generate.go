package demo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kartoteka/customer"
)

// Options say how much is written where. The zero values of all but Dir stand for the defaults.
type Options struct {
	Dir    string // made if missing; files of the same names are replaced
	Seed   uint64 // 0: the seed of the documentation
	People int    // 0: 3,000, which gives about 7,500 rows
	Payer  int    // rows of the one organization that pays for others; 0: 2,000; negative: none
}

func (o Options) withDefaults() Options {
	if o.Seed == 0 {
		o.Seed = 20261121
	}
	if o.People == 0 {
		o.People = 3000
	}
	if o.Payer == 0 {
		o.Payer = 2000
	}
	return o
}

// Summary tells what was written.
type Summary struct {
	Files         []File
	Config        string // path of kartoteka.yaml, which maps the sources
	Truth         string // path of truth.csv: source, key, entity
	Rows          int    // customer rows in all files, each once in the truth
	Entities      int    // different customers among them
	People        int
	Organizations int
	Stories       []Story
}

// File is one written source.
type File struct {
	Source customer.Source
	Path   string
	Rows   int // rows about a customer: neither headers nor totals
}

// Story is a hand-planted case and where it stands.
type Story struct {
	Name  string // four_systems, twins, father_and_son, conflict
	Title string
	Same  bool // the records are one customer; false: as many as the truth says
	Refs  []customer.Ref
	Who   []string // the truth's entity of each of Refs
}

// Generate writes the population's files, its truth and the config that maps them. The same
// options give the same bytes. Memory grows by about 20 bytes a row.
func Generate(o Options) (Summary, error) {
	o = o.withDefaults()
	if o.Dir == "" || o.People < 1 {
		return Summary{}, errors.New("demo: a directory and at least one person are needed")
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return Summary{}, fmt.Errorf("demo: %w", err)
	}
	g := &generator{Options: o, world: newWorld(o.Seed), entities: map[entity]struct{}{}}
	g.plant()
	return g.run()
}

// generator holds what the files share.
type generator struct {
	Options
	world    *world
	truth    *truth
	entities map[entity]struct{}
	planted  []planting
	summary  Summary
}

// entity names a customer of the truth.
type entity struct {
	letter byte // P person, O organization, S planted by hand, T test customer
	number int
}

func (e entity) String() string { return fmt.Sprintf("%c%07d", e.letter, e.number) }

// job is one row to write.
type job struct {
	what  rowKind
	copy  uint8
	index int32 // of the person, company or planting
}

type rowKind uint8

const (
	rowPerson rowKind = iota
	rowCompany
	rowPayer
	rowContact // a contact person of a company
	rowTest
	rowPlanted
)

// source is one system: its file, its habits, and how it writes.
type source struct {
	name, file string
	salt       uint64
	share      float64 // of people who have a record here
	again      float64 // of those who have one more
	habit      habit
	write      func(*generator, *source, io.Writer, []job) error
	rows       int
}

func (g *generator) run() (Summary, error) {
	g.summary.Truth = filepath.Join(g.Dir, "truth.csv")
	err := into(g.summary.Truth, func(w io.Writer) error {
		g.truth = newTruth(w)
		for _, s := range sources() {
			if err := g.source(s); err != nil {
				return fmt.Errorf("%s: %w", s.file, err)
			}
		}
		return g.truth.flush()
	})
	if err != nil {
		return Summary{}, fmt.Errorf("demo: %w", err)
	}
	g.summary.Config = filepath.Join(g.Dir, "kartoteka.yaml")
	if err := os.WriteFile(g.summary.Config, configText, 0o644); err != nil {
		return Summary{}, fmt.Errorf("demo: %w", err)
	}
	g.count()
	return g.summary, nil
}

func (g *generator) count() {
	for e := range g.entities {
		g.summary.Entities++
		if e.letter == 'O' {
			g.summary.Organizations++
		} else {
			g.summary.People++
		}
	}
}

func (g *generator) source(s *source) error {
	path := filepath.Join(g.Dir, s.file)
	err := into(path, func(w io.Writer) error { return s.write(g, s, w, g.jobs(s)) })
	g.summary.Files = append(g.summary.Files, File{Source: customer.Source(s.name), Path: path, Rows: s.rows})
	g.summary.Rows += s.rows
	return err
}

// into writes a file through a buffer.
func into(path string, write func(io.Writer) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

// note puts a written row into the truth.
func (g *generator) note(s *source, j job, key string) error {
	s.rows++
	e := g.entityOf(j)
	g.entities[e] = struct{}{}
	if j.what == rowPlanted {
		g.tell(&g.planted[j.index], customer.Ref{Source: customer.Source(s.name), Key: key}, e)
	}
	return g.truth.add(s.name, key, e)
}

func (g *generator) entityOf(j job) entity {
	switch j.what {
	case rowCompany:
		return entity{'O', int(j.index)}
	case rowPayer:
		return entity{'O', payer}
	case rowContact:
		return entity{'P', g.contact(j)}
	case rowTest:
		return entity{'T', int(j.index)}
	case rowPlanted:
		return entity{'S', g.planted[j.index].who}
	default:
		return entity{'P', int(j.index)}
	}
}

// contact is the number of the person who speaks for a company.
func (g *generator) contact(j job) int { return (int(j.index)*37 + int(j.copy)) % g.People }

// dice are the dice of one row.
func (g *generator) dice(s *source, j job) *dice {
	return throw(g.Seed, 7, s.salt, uint64(j.what), uint64(j.index), uint64(j.copy))
}

// sight is how a person stands in a row.
func (g *generator) sight(s *source, j job, d *dice) sight {
	switch j.what {
	case rowPlanted:
		return g.planted[j.index].sight
	case rowTest:
		return testCustomer(int(j.index))
	case rowContact:
		return s.habit.see(g.world.person(g.contact(j)), d)
	default:
		return s.habit.see(g.world.person(int(j.index)), d)
	}
}

// company is how an organization stands in a row.
func (g *generator) company(j job, d *dice) companySight {
	c := g.world.company(int(j.index))
	if j.what == rowPayer {
		c = g.world.company(payer)
		return c.payment(d)
	}
	return c.see(d)
}
