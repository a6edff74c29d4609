package matching

import (
	"math"
	"slices"
	"sort"

	"kartoteka/customer"
)

// Pairs of one customer that no strict rule brings together are not in a sample, and it is for
// them that more rules are wanted. How often their values agree is known nevertheless: a pair that
// birth date and city bring together tells of names in general. So pairs are pieced together: what
// agrees of each attribute is taken from a pair that rules over other attributes found, as though
// attributes agreed independently of each other (the assumption of Fellegi and Sunter 1969; of
// lists that catch independently, Chapman 1951).

const piecedPairs = 1 << 13 // pairs that are pieced together

// agreement is the forms of one attribute on which a pair agrees, by place.
type agreement = RuleSet

// piecer pieces pairs together.
type piecer struct {
	sample *sample
	rules  *kindRules
	pairs  []weighed // of all strict rules, rule by rule, as they were joined
	joined []joined
	of     []uint8 // by pair: the rule that joined it
	drawn  [][]agreement
	strict RuleSet
	open   []float64 // by rule: the share of pairs that meet by keys that are not closed
}

// pieced gives for each rule which pairs of one customer it would bring together, if nothing had had to
// bring them together for us.
func (s *sample) pieced(rules *kindRules, pairs []weighed) []pairSet {
	p := &piecer{sample: s, rules: rules, pairs: pairs, strict: rules.strictRules(func(rulePart) bool { return true })}
	for place, list := range s.joined {
		p.joined = append(p.joined, list...)
		p.of = append(p.of, slices.Repeat([]uint8{uint8(place)}, len(list))...)
	}
	p.shareOpen()
	attributes := rules.blockedBy()
	p.drawn = make([][]agreement, len(attributes))
	inParallel(len(attributes), func(i int) { p.drawn[i] = p.draw(attributes[i]) })
	out := make([]pairSet, len(rules.rules))
	for i := range piecedPairs {
		p.meet(i, out)
	}
	return out
}

// blockedBy lists the attributes that rules name.
func (k *kindRules) blockedBy() (out []customer.AttributeID) {
	for i := range k.forms {
		if id := k.forms[i].attribute; !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// shareOpen finds how often the keys of a rule are open.
func (p *piecer) shareOpen() {
	p.open = make([]float64, len(p.rules.rules))
	carried := make([]float64, len(p.rules.rules))
	for i := range p.pairs {
		for rule := range carried {
			if p.pairs[i].carried.Has(uint8(rule)) {
				carried[rule] += p.pairs[i].times
				if p.pairs[i].met.Has(uint8(rule)) {
					p.open[rule] += p.pairs[i].times
				}
			}
		}
	}
	for rule := range carried {
		if carried[rule] > 0 {
			p.open[rule] /= carried[rule]
		}
	}
}

// draw takes pairs that rules over other attributes brought together, by their weight, and tells
// on which forms of an attribute they agree. Where only rules over it bring pairs together, it is those.
func (p *piecer) draw(id customer.AttributeID) []agreement {
	sums, total := p.pool(p.rules.strictRules(func(part rulePart) bool { return part.attribute != id }))
	if total < leastMatches {
		sums, total = p.pool(p.strict)
	}
	out := make([]agreement, piecedPairs)
	known := map[int]agreement{}
	c := newComparedForms(p.rules, id)
	for i := range out {
		at := min(sort.SearchFloat64s(sums, (float64(i)+0.5)/piecedPairs*total), len(sums)-1)
		forms, is := known[at]
		if !is {
			forms = c.agree(p.sample.items[p.joined[at].a].it, p.sample.items[p.joined[at].b].it)
			known[at] = forms
		}
		out[i] = forms
	}
	shuffle(out, uint64(id))
	return out
}

// strictRules lists the strict rules all of whose parts are wanted.
func (k *kindRules) strictRules(wanted func(rulePart) bool) (out RuleSet) {
	for i := range k.rules {
		if r := &k.rules[i]; r.strict && !slices.ContainsFunc(r.parts, func(p rulePart) bool { return !wanted(p) }) {
			out.Add(uint8(i))
		}
	}
	return out
}

// pool sums the weights of the pairs that some strict rules brought together. A pair is joined once
// by each strict rule that it meets, and weighs accordingly less.
func (p *piecer) pool(by RuleSet) (sums []float64, total float64) {
	sums = make([]float64, len(p.pairs))
	for i := range p.pairs {
		if x := &p.pairs[i]; by.Has(p.of[i]) {
			total += x.times * float64(x.carried.common(&p.strict)) / float64(max(1, x.carried.common(&by)))
		}
		sums[i] = total
	}
	return sums, total
}

// common counts the rules that two sets share.
func (s *RuleSet) common(t *RuleSet) int {
	both := RuleSet{s[0] & t[0], s[1] & t[1], s[2] & t[2], s[3] & t[3]}
	return both.Len()
}

// shuffle puts a list into an order that has nothing to do with the former.
func shuffle(list []agreement, seed uint64) {
	for i := len(list) - 1; i > 0; i-- {
		j := int(mix(seed+1, uint64(i)) % uint64(i+1))
		list[i], list[j] = list[j], list[i]
	}
}

// meet tells which rules bring a pieced pair together: those on whose parts it agrees, if their
// keys are open. One chance is thrown for all rules: a frequent value closes them together.
func (p *piecer) meet(pair int, by []pairSet) {
	var agreed agreement
	for _, list := range p.drawn {
		agreed.join(&list[pair])
	}
	chance := float64(mix(0, uint64(pair))) / math.MaxUint64
	for i := range p.rules.rules {
		r := &p.rules.rules[i]
		if chance < p.open[i] && !slices.ContainsFunc(r.parts, func(part rulePart) bool { return !agreed.Has(uint8(part.form)) }) {
			by[i][pair/64] |= 1 << (pair % 64)
		}
	}
}

// join adds another set.
func (s *RuleSet) join(t *RuleSet) {
	for i := range s {
		s[i] |= t[i]
	}
}

// comparedForms tells on which forms of an attribute two items agree.
type comparedForms struct {
	folding *folding
	forms   []int
	left    []partValues
	right   partValues
}

func newComparedForms(k *kindRules, id customer.AttributeID) *comparedForms {
	c := &comparedForms{folding: newFolding(k)}
	for i := range k.forms {
		if k.forms[i].attribute == id && i < mostRules {
			c.forms = append(c.forms, i)
		}
	}
	c.left = make([]partValues, len(c.forms))
	return c
}

func (c *comparedForms) agree(x, y *Item) (out agreement) {
	for i, at := range c.forms {
		c.left[i].n = 0
		c.gather(x, at, &c.left[i])
	}
	for i, at := range c.forms {
		c.right.n = 0
		c.gather(y, at, &c.right)
		if c.left[i].meets(&c.right, x.Generic, y.Generic) {
			out.Add(uint8(at))
		}
	}
	return out
}

func (c *comparedForms) gather(it *Item, at int, into *partValues) {
	c.folding.it = it
	form := &c.folding.forms[at]
	form.gather(c.folding, &c.folding.plans[form.attribute], into)
}

// meets reports whether two records share a value that is generic for neither.
func (p *partValues) meets(other *partValues, generic, otherGeneric uint32) bool {
	for _, x := range p.list[:p.n] {
		for _, y := range other.list[:other.n] {
			if x.hash == y.hash && x.uses&generic == 0 && y.uses&otherGeneric == 0 {
				return true
			}
		}
	}
	return false
}
