package matching

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// crowd is a population of items out of the scenarios' sort of records.
func crowd(tb testing.TB) (*Ruleset, []*Item) {
	rules := shippedRules(tb)
	reader := newScenario(rules)
	var items []*Item
	last := []string{"Иванов", "Петрова", "Ковальчук", "Smirnov", "Гримм-Орлова"}
	first := []string{"Анна", "Саша", "Aleksandr", "О.", "Николай"}
	for i := range 60 {
		text := fmt.Sprintf(`name "%s %s Петрович" birth_date "1%d.0%d.198%d" phone "+7 916 123-45-%02d" email "a%d@mail.ru" address "Москва, ул. Лесная, д. %d, кв. %d"`,
			last[i%5], first[i/5%5], i%9, 1+i%8, i%7, i%30, i%40, i%6, i%11)
		if i%4 == 0 {
			text = fmt.Sprintf(`organization name "ООО Ромашка %s %d" inn "7707083893" kpp "77%02d01001" phone "+7 495 123-45-%02d"`, last[i%5], i%6, i%9, i%20)
		}
		it, err := reader.record(text)
		if err != nil {
			tb.Fatal(err)
		}
		items = append(items, it)
	}
	return rules, items
}

func TestCompareIsSymmetricAndExplained(t *testing.T) {
	rules, items := crowd(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(items).Draw(t, "a"), rapid.SampledFrom(items).Draw(t, "b")
		if a.Kind != b.Kind {
			t.Skip("kinds are never compared")
		}
		a.Generic = rapid.Uint32Range(0, 15).Draw(t, "generic")
		defer func() { a.Generic = 0 }()
		var one, two Evidence
		rules.Compare(a, b, &one)
		rules.Compare(b, a, &two)
		if one != two {
			t.Fatalf("not symmetric: %v, %v", one, two)
		}
		why := rules.Explain(a, b)
		sum := why.Prior + why.Kinship
		for _, c := range why.Comparisons {
			sum += c.Weight
			steps := Weight(0)
			for _, s := range c.Steps {
				steps += s.Weight
			}
			if bound(steps) != c.Weight {
				t.Fatalf("%s: steps sum to %d, the comparison weighs %d", c.Name, steps, c.Weight)
			}
		}
		if sum != why.Total || why.Total != rules.Total(a.Kind, &one) {
			t.Fatalf("the explanation sums to %d, Total says %d", sum, why.Total)
		}
	})
}

// emitted lists the keys that an item yields pairs by.
func emitted(it *Item) (out []uint64) {
	for i := range it.Keys {
		if it.Emits(i) {
			out = append(out, it.Keys[i].Hash)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestGenericValuesWeighNothing(t *testing.T) {
	rules, _ := crowd(t)
	reader := newScenario(rules)
	a, err := reader.record(`name "Иванов Пётр" phone "+7 916 123-45-67"`)
	if err != nil {
		t.Fatal(err)
	}
	before, keys := rules.SelfWeight(a), len(emitted(a))
	a.Generic = 1
	if after := rules.SelfWeight(a); after >= before {
		t.Errorf("a generic phone still weighs: %d, before %d", after, before)
	}
	if got := len(emitted(a)); got != keys-1 {
		t.Errorf("a generic phone still blocks: %d keys, before %d", got, keys)
	}
}

func TestCompareDoesNotAllocate(t *testing.T) {
	rules, items := crowd(t)
	var ev Evidence
	if n := testing.AllocsPerRun(100, func() {
		for _, a := range items {
			for _, b := range items {
				if a.Kind == b.Kind {
					rules.Compare(a, b, &ev)
				}
			}
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCompare(b *testing.B) {
	rules, items := crowd(b)
	var ev Evidence
	i, pairs := 0, 0
	for b.Loop() {
		x, y := items[i%len(items)], items[(i/len(items)+i)%len(items)]
		i++
		if x.Kind == y.Kind {
			rules.Compare(x, y, &ev)
			pairs++
		}
	}
	b.ReportMetric(float64(pairs)/b.Elapsed().Seconds(), "pairs/s")
}

func BenchmarkItem(b *testing.B) {
	l := datasets[0].load(b)
	rules := shippedRules(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		rules.Item(&l.standards[i%len(l.standards)])
		i++
	}
}

func BenchmarkTrainerAdd(b *testing.B) {
	l := datasets[0].load(b)
	trainer := NewTrainer(l.portrait, DefaultSettings())
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		trainer.Add(&l.standards[i%len(l.standards)])
		i++
	}
}
