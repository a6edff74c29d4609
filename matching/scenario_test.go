package matching

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kartoteka/customer"
	"kartoteka/standardize"
)

var update = flag.Bool("update", false, "rewrite the wanted lines of testdata/*.txt that give details")

// A scenario file holds scenes of records, and what is wanted of them:
//
//	# comment
//	scene    One woman in two systems
//	country  RU
//	expect   1000000
//	crowd    300 phone "+7 495 000-00-00"
//	bank/1   name "Петрова Анна Игоревна"  phone "+7 901 123-45-67"
//	shop/9   name "Petrova Anna"           phone "8 (901) 1234567"
//	want     same   name last exact, first exact; phone exact
//	groups   bank/1 shop/9 | bank/2
//
// A scene ends where the next begins; what stands before the first is one too. A country is of
// phones and addresses, RU if not said; expect is the number of customers behind the prior, by
// default that of the shipped model. A crowd is so many strangers who carry the values besides
// names of their own; their values count when it is decided what is generic.
//
// A record without attributes is one that the scene gave before. A want is about the last two
// records: same, apart, or, when they are contents of one source key before and after, another or
// kept. What follows same or apart is written by -update and compared as it is; a bare verdict
// stands for itself. "want empty" is about the last record: nothing of it can be compared. Groups
// are what the whole scene, strangers included, is clustered into; records that are not named
// there may be anywhere.
func TestScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	if len(files) == 0 {
		t.Fatal("no scenarios")
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) { runScenario(t, path) })
	}
}

// TestOpenScenarios counts what the engine does not see yet. A line that begins to hold belongs
// into a file of [TestScenarios].
func TestOpenScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/open/*.txt")
	for _, path := range files {
		lines := readScenario(t, path)
		open := 0
		for _, c := range checksOf(t, path, lines) {
			if _, err := c.check(); err != nil {
				open++
				t.Logf("%s:%d: open: %v", path, c.line+1, err)
				continue
			}
			t.Errorf("%s:%d: %s: it holds now; move the scene to testdata", path, c.line+1, lines[c.line])
		}
		t.Logf("%s: %d open", path, open)
	}
}

func readScenario(t *testing.T, path string) []string {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}

func runScenario(t *testing.T, path string) {
	lines := readScenario(t, path)
	for _, c := range checksOf(t, path, lines) {
		wrote, err := c.check()
		if err != nil {
			t.Errorf("%s:%d: %v", path, c.line+1, err)
		}
		if wrote == "" || wrote == lines[c.line] {
			continue
		}
		if *update {
			lines[c.line] = wrote
			continue
		}
		t.Errorf("%s:%d:\ngot  %s\nwant %s", path, c.line+1, wrote, lines[c.line])
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// check is a line that wants something. It gives what the line should be, "" if it need not be that exactly.
type check struct {
	line  int
	check func() (string, error)
}

// checksOf reads the scenes of a file and lists what they want.
func checksOf(t *testing.T, path string, lines []string) []check {
	portrait := scenePortrait(t)
	var out []check
	s := newScene(portrait)
	for n, line := range lines {
		if word, _, _ := strings.Cut(strings.TrimSpace(line), " "); word == "scene" {
			out = append(out, s.finish(t)...)
			s = newScene(portrait)
		}
		if err := s.line(n, line); err != nil {
			t.Errorf("%s:%d: %v", path, n+1, err)
		}
	}
	return append(out, s.finish(t)...)
}

func shippedRules(tb testing.TB) *Ruleset {
	rules, err := Compile(ruPortrait(tb), DefaultSettings(), Shipped(), "test")
	if err != nil {
		tb.Fatal(err)
	}
	return rules
}

// scenario reads records as they are written in scenario files.
type scenario struct {
	portrait *customer.Portrait
	rules    *Ruleset
	z        *standardize.Standardizer
}

func newScenario(rules *Ruleset) *scenario {
	return &scenario{portrait: rules.portrait, rules: rules, z: standardize.New(rules.portrait, standardize.Settings{Country: "RU"})}
}

func (s *scenario) record(rest string) (*Item, error) {
	standard, err := s.standard(rest)
	if err != nil {
		return nil, err
	}
	return s.rules.Item(&standard), nil
}

func (s *scenario) standard(rest string) (customer.Standard, error) {
	m := customer.Mapped{Kind: customer.Person}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		var attribute, value string
		var ok bool
		attribute, rest, _ = strings.Cut(rest, " ")
		if attribute == "organization" {
			m.Kind = customer.Organization
			continue
		}
		rest, ok = strings.CutPrefix(strings.TrimSpace(rest), `"`)
		if value, rest, _ = strings.Cut(rest, `"`); !ok {
			return customer.Standard{}, fmt.Errorf("the value of %s must stand in quotes", attribute)
		}
		id, ok := s.portrait.Lookup(m.Kind, attribute)
		if !ok {
			return customer.Standard{}, fmt.Errorf("no attribute %s", attribute)
		}
		m.Values = append(m.Values, customer.RawValue{Attribute: id, Text: value})
	}
	standard, reason := s.z.Row(&m)
	if reason != "" && reason != customer.FilteredBlank {
		return customer.Standard{}, fmt.Errorf("filtered: %s", reason)
	}
	return standard, nil
}

func describe(why Why) string {
	var out []string
	for _, c := range why.Comparisons {
		var steps []string
		for _, step := range c.Steps {
			steps = append(steps, strings.TrimSpace(step.Part+" "+step.Level))
		}
		out = append(out, fmt.Sprintf("%s %s", c.Name, strings.Join(steps, ", ")))
	}
	if why.Kinship < 0 && why.Total < why.Link {
		out = append(out, "kin")
	}
	for _, v := range why.Vetoes {
		out = append(out, "veto "+v)
	}
	return strings.Join(out, "; ")
}
