package matching

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"kartoteka/customer"
)

// TestNoPairWeighsMoreThanItsProspect holds every pair of all scenes against what its sketches
// allow, whichever values are generic.
func TestNoPairWeighsMoreThanItsProspect(t *testing.T) {
	t.Parallel()
	rules, items := everyone(t)
	_, more := crowd(t)
	rng := rand.New(rand.NewPCG(1, 1))
	below := 0
	for _, list := range [][]*Item{items, more[:min(len(more), 800)]} {
		for i, a := range list {
			for _, b := range list[:i+1] {
				below += checkProspect(t, rules, masked(a, rng), masked(b, rng))
			}
		}
	}
	if below == 0 {
		t.Error("no pair was told apart by its sketches")
	}
}

func masked(it *Item, rng *rand.Rand) *Item {
	other := *it
	if rng.IntN(2) == 0 {
		other.Generic = rng.Uint32()
	}
	return &other
}

// checkProspect returns 1 if the sketches alone tell the pair apart.
func checkProspect(t *testing.T, rules *Ruleset, a, b *Item) int {
	t.Helper()
	if a.Kind != b.Kind {
		return 0
	}
	var ev Evidence
	rules.Compare(a, b, &ev)
	total := rules.Total(a.Kind, &ev)
	for _, pair := range [][2]*Item{{a, b}, {b, a}} {
		p := rules.Prospect(pair[0])
		if top := p.Most(rules.Sketch(pair[1])); top < total {
			t.Fatalf("the pair weighs %d, %d at most by its sketches:\n%s", total, top, described(rules, pair[0], pair[1]))
		}
	}
	p := rules.Prospect(a)
	if p.Most(rules.Sketch(b)) < rules.Link(a.Kind)-500 {
		return 1
	}
	return 0
}

// TestASlipIsNotFar makes one slip of the pen in numbers, addresses and dates, names and everything
// else being equal or not.
func TestASlipIsNotFar(t *testing.T) {
	t.Parallel()
	rules, err := Compile(scenePortrait(t), DefaultSettings(), Shipped(), "test")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(2, 2))
	for n := range 20_000 {
		values := [...][2]string{{"birth_date", fmt.Sprintf("19%02d%02d%02d", rng.IntN(100), 1+rng.IntN(12), 1+rng.IntN(28))},
			{"inn", fmt.Sprint(500000000000 + rng.Int64N(1e11))}, {"phone", fmt.Sprint("+79", 100000000+rng.IntN(9e8))},
			{"email", fmt.Sprintf("u%d.b%d@mail%d.example", rng.IntN(1e5), rng.IntN(1e4), rng.IntN(9))}}
		a, b := customer.Standard{Kind: customer.Person}, customer.Standard{Kind: customer.Person}
		for i, v := range values {
			put(t, rules, &a, v[0], v[1])
			switch (n >> i) % 3 {
			case 0:
				put(t, rules, &b, v[0], v[1])
			default:
				put(t, rules, &b, v[0], slip(v[1], rng))
			}
		}
		checkProspect(t, rules, rules.Item(&a), rules.Item(&b))
	}
}

func put(t *testing.T, rules *Ruleset, s *customer.Standard, name, text string) {
	t.Helper()
	for i := range rules.portrait.Attributes {
		if at := &rules.portrait.Attributes[i]; at.Kind == s.Kind && at.Name == name {
			s.Values = append(s.Values, customer.Value{Attribute: at.ID, Standard: text, Verdict: customer.Valid})
			return
		}
	}
	t.Fatalf("no attribute %s", name)
}

// slip changes, drops, doubles or swaps one character.
func slip(s string, rng *rand.Rand) string {
	i := rng.IntN(len(s) - 1)
	switch rng.IntN(4) {
	case 0:
		return s[:i] + string('0'+byte(rng.IntN(10))) + s[i+1:]
	case 1:
		return s[:i] + s[i+1:]
	case 2:
		return s[:i] + s[i:i+1] + s[i:]
	}
	return s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
}
