package matching

import (
	"strings"
	"testing"

	"kartoteka/customer"
)

func TestPinnedLevels(t *testing.T) {
	p, s := ruPortrait(t), DefaultSettings()
	pin := func(name, level string, l Level) (*Ruleset, error) {
		s.Kinds = map[customer.Kind]KindSettings{customer.Person: {Levels: map[string]Levels{name: {level: l}}}}
		return Compile(p, s, Shipped(), "")
	}
	r, err := pin("birth_date", "differs", Level{M: 0.001})
	if err != nil {
		t.Fatal(err)
	}
	reader := newScenario(r)
	a, err := reader.record(`name "Ковалёв Иван" birth_date "12.04.1985"`)
	if err != nil {
		t.Fatal(err)
	}
	b, err := reader.record(`name "Ковалёв Иван" birth_date "23.11.1961"`)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, c := range r.Explain(a, b).Comparisons {
		for _, step := range c.Steps {
			if c.Name == "birth_date" && step.M == 0.001 && step.Level == "differs" {
				found = true
			}
		}
	}
	if !found {
		t.Error("the pinned chance is not used")
	}
	plain, err := Compile(p, DefaultSettings(), Shipped(), "")
	if err != nil {
		t.Fatal(err)
	}
	if r.Hash() == plain.Hash() {
		t.Error("a pin is no part of the ruleset's hash")
	}
	for name, want := range map[string]string{"birth_dat": "no attribute", "name.first": "no level"} {
		if _, err := pin(name, "nonsense", Level{M: 0.5}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
