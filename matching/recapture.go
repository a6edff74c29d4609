package matching

import (
	"math"

	"kartoteka/customer"
)

// Recapture is two lists of blocking rules of one kind and the true pairs that they find, expected.
type Recapture struct {
	Kind     customer.Kind `json:"kind"`
	First    []string      `json:"first"`  // rules
	Second   []string      `json:"second"` // rules that share no attribute with them
	ByFirst  float64       `json:"by_first"`
	BySecond float64       `json:"by_second"`
	ByBoth   float64       `json:"by_both"`
	Found    float64       `json:"found"` // by any rule
	Total    float64       `json:"total"` // estimated
	// Refused says why nothing was estimated: "one_attribute" (no two rules without a common
	// attribute), "few" (too few pairs found by both). Total is then Found.
	Refused string `json:"refused,omitempty"`
}

// leastBoth is how many true pairs both lists must find for an estimate.
const leastBoth = 10

// ruleLists is two sets of rules without a common attribute.
type ruleLists struct {
	kind          customer.Kind
	first, second RuleSet
	refused       string
}

// choose takes, of all ways to part the attributes in two, the one whose lists both find most.
func (t *captures) choose(kind customer.Kind, rules *Ruleset) *ruleLists {
	found := t.without(kind, -1)
	if len(found) == 0 {
		return nil
	}
	attributes, used := rules.ruleAttributes(kind)
	best, most := &ruleLists{kind: kind, refused: "one_attribute"}, 0.0
	for half := uint64(1); half < 1<<used; half += 2 { // the first attribute is always in the first list
		l := ruleLists{kind: kind}
		for rule, a := range attributes {
			switch {
			case a&^half == 0:
				l.first.Add(uint8(rule))
			case a&half == 0:
				l.second.Add(uint8(rule))
			}
		}
		if l.first.Len() == 0 || l.second.Len() == 0 {
			continue
		}
		_, _, both, _ := l.count(found)
		if both > most {
			best, most = &l, both
		}
		if best.refused == "one_attribute" {
			best = &l
		}
	}
	if best.refused == "" && most < leastBoth {
		best.refused = "few"
	}
	return best
}

// maxListed bounds the attributes whose partings are tried.
const maxListed = 14

// ruleAttributes gives the attributes of each rule as bits, and how many bits are used.
func (r *Ruleset) ruleAttributes(kind customer.Kind) (masks []uint64, used int) {
	bit := map[customer.AttributeID]int{}
	for i := range r.of(kind).rules {
		var mask uint64
		for _, p := range r.of(kind).rules[i].parts {
			at, known := bit[p.attribute]
			if !known {
				at = len(bit)
				bit[p.attribute] = at
			}
			mask |= 1 << min(at, 63)
		}
		masks = append(masks, mask)
	}
	return masks, min(len(bit), maxListed)
}

// without sums what each set of rules of a kind finds, in true pairs expected, leaving out a group.
func (t *captures) without(kind customer.Kind, group int) map[RuleSet]float64 {
	out := map[RuleSet]int64{}
	for k, v := range t.by {
		if k.kind == kind && int(k.group) != group {
			out[k.rules] += v.linkedTrue + v.otherTrue
		}
	}
	pairs := make(map[RuleSet]float64, len(out))
	for k, n := range out {
		pairs[k] = float64(n) / million
	}
	return pairs
}

// count gives the true pairs that each list finds, that both find, and that any rule finds.
func (l *ruleLists) count(found map[RuleSet]float64) (first, second, both, all float64) {
	var sum [4]int64
	for rules, n := range found {
		v := int64(math.Round(n * million)) // in integers: the order of a map must not matter
		x, y := rules.Meets(&l.first), rules.Meets(&l.second)
		sum[3] += v
		if x {
			sum[0] += v
		}
		if y {
			sum[1] += v
		}
		if x && y {
			sum[2] += v
		}
	}
	return float64(sum[0]) / million, float64(sum[1]) / million, float64(sum[2]) / million, float64(sum[3]) / million
}

// total estimates all true pairs of a kind that are no copies.
func (l *ruleLists) total(found map[RuleSet]float64) float64 {
	first, second, both, all := l.count(found)
	if l.refused != "" {
		return all
	}
	return max(all, (first+1)*(second+1)/(both+1)-1)
}

func (l *ruleLists) recapture(t *captures, rules *Ruleset) Recapture {
	found := t.without(l.kind, -1)
	c := Recapture{Kind: l.kind, First: []string{}, Second: []string{}, Total: l.total(found), Refused: l.refused}
	c.ByFirst, c.BySecond, c.ByBoth, c.Found = l.count(found)
	for i, name := range rules.Rules(l.kind) {
		switch {
		case l.first.Has(uint8(i)):
			c.First = append(c.First, name)
		case l.second.Has(uint8(i)):
			c.Second = append(c.Second, name)
		}
	}
	return c
}
