package matching

import (
	"path/filepath"
	"strings"
	"testing"

	"kartoteka/failpoint/raced"
)

// everyone is each record of the scenario files, open ones included: names of many sorts, few
// and many values, good and broken ones.
func everyone(t *testing.T) (*Ruleset, []*Item) {
	rules, err := Compile(scenePortrait(t), DefaultSettings(), Shipped(), "test")
	if err != nil {
		t.Fatal(err)
	}
	var items []*Item
	for _, pattern := range []string{"testdata/*.txt", "testdata/open/*.txt"} {
		files, _ := filepath.Glob(pattern)
		for _, path := range files {
			s := newScene(rules.portrait)
			for n, line := range readScenario(t, path) {
				if strings.HasPrefix(line, "crowd") {
					continue
				}
				if err := s.line(n, line); err != nil {
					t.Fatalf("%s:%d: %v", path, n+1, err)
				}
				if strings.Contains(line, `"`) && s.last[1] != nil {
					items = append(items, rules.Item(s.last[1]))
				}
			}
		}
	}
	return rules, items
}

// TestEveryPairIsSymmetricAndExplained compares all records of all scenes with each other.
func TestEveryPairIsSymmetricAndExplained(t *testing.T) {
	raced.Skip(t)
	t.Parallel()
	rules, items := everyone(t)
	if len(items) < 200 {
		t.Fatalf("only %d records", len(items))
	}
	var one, two Evidence
	for i, a := range items {
		for j, b := range items[:i+1] {
			if a.Kind != b.Kind {
				continue
			}
			rules.Compare(a, b, &one)
			rules.Compare(b, a, &two)
			if one != two {
				t.Fatalf("not symmetric:\n%s\n%s", described(rules, a, b), described(rules, b, a))
			}
			if rules.Another(a, b) != rules.Another(b, a) {
				t.Fatal("another customer in one direction only")
			}
			if (i+j)%7 != 0 { // an explanation costs more than all else
				continue
			}
			why, back := rules.Explain(a, b), rules.Explain(b, a)
			sum := why.Prior + why.Kinship
			for _, c := range why.Comparisons {
				sum += c.Weight
			}
			if sum != why.Total || why.Total != rules.Total(a.Kind, &one) || back.Total != why.Total {
				t.Fatalf("the explanation sums to %d and says %d, back %d; the weight is %d", sum, why.Total, back.Total, rules.Total(a.Kind, &one))
			}
		}
	}
}

// TestNoPairAllocates does without the one that tests choose for speed: each pair of all scenes.
func TestNoPairAllocates(t *testing.T) {
	rules, items := everyone(t)
	var ev Evidence
	if n := testing.AllocsPerRun(1, func() {
		for i, a := range items {
			for _, b := range items[:i+1] {
				if a.Kind == b.Kind {
					rules.Compare(a, b, &ev)
				}
			}
		}
	}); n > 0 {
		t.Errorf("%v allocations for all pairs", n)
	}
}

// described shows the levels and the words that were compared.
func described(rules *Ruleset, a, b *Item) string {
	var out []string
	for _, c := range rules.Explain(a, b).Comparisons {
		for _, s := range c.Steps {
			out = append(out, strings.Join([]string{s.Part, s.Level, s.Left, s.Right}, " "))
		}
	}
	return strings.Join(out, "; ")
}
