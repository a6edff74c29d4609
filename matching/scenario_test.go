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

var update = flag.Bool("update", false, "rewrite the wanted lines of testdata/*.txt")

// A scenario file holds pairs of records and what is wanted of them:
//
//	# comment
//	bank/1   name "Петрова Анна Игоревна"  phone "+7 901 123-45-67"
//	shop/9   name "Petrova Anna"           phone "8 (901) 1234567"
//	want     same   name last exact, first exact; phone exact
//
// A record without attributes is one that the file gave before. What follows same or apart is
// written by -update and compared as it is.
func TestScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	if len(files) == 0 {
		t.Fatal("no scenarios")
	}
	rules := shippedRules(t)
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) { runScenario(t, rules, path) })
	}
}

func shippedRules(tb testing.TB) *Ruleset {
	rules, err := Compile(ruPortrait(tb), DefaultSettings(), Shipped(), "test")
	if err != nil {
		tb.Fatal(err)
	}
	return rules
}

func runScenario(t *testing.T, rules *Ruleset, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reader := newScenario(rules)
	lines := strings.Split(string(data), "\n")
	for n, line := range lines {
		wrote, err := reader.line(line)
		if err != nil {
			t.Errorf("%s:%d: %v", path, n+1, err)
		}
		if wrote == "" || wrote == line {
			continue
		}
		if *update {
			lines[n] = wrote
			continue
		}
		t.Errorf("%s:%d:\ngot  %s\nwant %s", path, n+1, wrote, line)
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

type scenario struct {
	portrait *customer.Portrait
	rules    *Ruleset
	z        *standardize.Standardizer
	records  map[string]*Item
	pair     [2]*Item
}

func newScenario(rules *Ruleset) *scenario {
	return &scenario{portrait: rules.portrait, records: map[string]*Item{}, rules: rules,
		z: standardize.New(rules.portrait, standardize.Settings{Country: "RU"})}
}

// line reads one line; for a want line it returns what the line should be.
func (s *scenario) line(line string) (string, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch {
	case name == "" || name[0] == '#':
		return "", nil
	case name == "want":
		return s.want(rest)
	}
	if s.records[name] == nil || strings.TrimSpace(rest) != "" {
		it, err := s.record(rest)
		if err != nil {
			return "", err
		}
		s.records[name] = it
	}
	s.pair = [2]*Item{s.pair[1], s.records[name]}
	return "", nil
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
	if reason != "" {
		return customer.Standard{}, fmt.Errorf("filtered: %s", reason)
	}
	return standard, nil
}

func (s *scenario) want(rest string) (string, error) {
	verdict, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	a, b := s.pair[0], s.pair[1]
	if a == nil || b == nil {
		return "", fmt.Errorf("two records must stand before want")
	}
	why := s.rules.Explain(a, b)
	got := "apart"
	if why.Total >= why.Link && len(why.Vetoes) == 0 {
		got = "same"
	}
	if got != verdict {
		return "", fmt.Errorf("want %s, got %s: %s", verdict, got, describe(why))
	}
	if got == "same" && len(why.Rules) == 0 {
		return "", fmt.Errorf("no blocking rule brings them together")
	}
	return fmt.Sprintf("want     %-6s %s", got, describe(why)), nil
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
