package matching

import (
	"testing"

	"pgregory.net/rapid"
)

// TestFlipsTurnTheVerdict holds what is said to flip a verdict against the pair itself.
func TestFlipsTurnTheVerdict(t *testing.T) {
	rules, items := crowd(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(items).Draw(t, "a"), rapid.SampledFrom(items).Draw(t, "b")
		if a.Kind != b.Kind {
			t.Skip("kinds are never compared")
		}
		why := rules.Explain(a, b)
		seen := map[[2]string]bool{}
		for _, f := range rules.Flips(a, b) {
			if seen[[2]string{f.Comparison, f.Part}] {
				t.Fatalf("%s %s twice", f.Comparison, f.Part)
			}
			seen[[2]string{f.Comparison, f.Part}] = true
			if f.Total != why.Total+f.Change {
				t.Fatalf("%+v: %d and the change are not the total", f, why.Total)
			}
			if same := f.Total >= why.Link && !f.Vetoed; same == why.Same() {
				t.Fatalf("%+v does not turn %v", f, why.Same())
			}
		}
	})
}

func TestFlips(t *testing.T) {
	rules := shippedRules(t)
	reader := newScenario(rules)
	for _, c := range []struct {
		name, a, b string
		want       Flip // without numbers
	}{
		{"BirthDateAgrees", `name "Ковалёв Иван" birth_date "12.04.1985"`, `name "Ковалёв Иван" birth_date "23.11.1991"`, Flip{Comparison: "birth_date", Level: "typo"}},
		{"PhoneDiffers", `name "Ковалёв Иван" phone "+7 916 123-45-67"`, `name "Ковалёв Иван" phone "+7 916 123-45-67"`, Flip{Comparison: "phone", Level: "missing"}},
		{"VetoFalls", `name "Ковалёв Иван Петрович" birth_date "12.04.1985" inn "500100732259" phone "+7 916 123-45-67"`,
			`name "Ковалёв Иван Петрович" birth_date "12.04.1985" inn "772701001169" phone "+7 916 123-45-67"`, Flip{Comparison: "inn", Level: "missing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := reader.record(c.a)
			if err != nil {
				t.Fatal(err)
			}
			b, err := reader.record(c.b)
			if err != nil {
				t.Fatal(err)
			}
			var got []Flip
			for _, f := range rules.Flips(a, b) {
				if f.Comparison == c.want.Comparison {
					got = append(got, f)
				}
			}
			if len(got) != 1 || got[0].Level != c.want.Level || got[0].Part != c.want.Part {
				t.Errorf("got %+v of %+v, want %+v", got, rules.Flips(a, b), c.want)
			}
		})
	}
}

// TestReplacedItemsAreThemselves puts an item's own features back into it.
func TestReplacedItemsAreThemselves(t *testing.T) {
	rules, items := crowd(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(items).Draw(t, "a"), rapid.SampledFrom(items).Draw(t, "b")
		if a.Kind != b.Kind {
			t.Skip("kinds are never compared")
		}
		k := rules.of(a.Kind)
		same := a
		for place := range k.comparisons {
			same = k.replaced(same, same, place)
		}
		var one, two Evidence
		rules.Compare(a, b, &one)
		rules.Compare(same, b, &two)
		if one != two {
			t.Fatalf("%v became %v", one, two)
		}
	})
}
