package matching

import (
	"cmp"
	"slices"
	"strings"

	"kartoteka/customer"
)

// Which blocking rules a hub uses is chosen from a catalog when its model is trained: greedily,
// the rule next that finds most pairs of one customer not found yet for each pair of strangers
// that it brings together, until what it adds is not worth what it costs. How many strangers
// meet is estimated from a sample, for the population that the ruleset stands for: a rule that
// suits thousands of records may bring millions of strangers together.

// Limits of the choice.
const (
	sampleMeetings = 1 << 14 // records of which meetings of strangers are counted
	mostKeys       = 12      // blocking keys of a record, on the average
	again          = 0.5     // what it is worth to find a pair once more
	leastGain      = 5e-4    // share of the pairs of one customer that a rule must add
	leastYield     = 1e-4    // pairs of one customer that it must add for each pair of strangers
	pairsInAll     = 8e7     // scored pairs that the population may cost,
	leastPairs     = 20      // but so many a record at least,
	mostPairs      = 400     // and at most
)

// meeting is a blocking key of a record of the sample.
type meeting struct {
	key  uint64
	rule uint8
}

// meet notes the keys of one record.
func (o *folded) meet(f *folding) {
	o.met++
	for _, key := range f.keys() {
		o.meetings = append(o.meetings, meeting{key.Hash, key.Rule})
	}
}

// meetings is what a sample of records shows of the rules of a catalog.
type meetings struct {
	keys   []float64         // of a record, by rule
	chance []float64         // of two records to meet, by rule
	shared map[uint64]uint32 // records of the sample by key, if there are several
	met    float64
}

func (o *folded) meetingsOf(rules int) *meetings {
	m := &meetings{make([]float64, rules), make([]float64, rules), map[uint64]uint32{}, float64(o.met)}
	slices.SortFunc(o.meetings, func(x, y meeting) int { return cmp.Or(cmp.Compare(x.rule, y.rule), cmp.Compare(x.key, y.key)) })
	pairs := max(1, m.met*(m.met-1)/2)
	for at := 0; at < len(o.meetings); {
		end := at + 1
		for end < len(o.meetings) && o.meetings[end] == o.meetings[at] {
			end++
		}
		n, rule := float64(end-at), o.meetings[at].rule
		m.keys[rule] += n / max(1, m.met)
		if n > 1 {
			m.shared[o.meetings[at].key] = uint32(end - at)
			m.chance[rule] += n * (n - 1) / 2 / pairs
		}
		at = end
	}
	return m
}

// choice is a choice of rules in the making.
type choice struct {
	rules   *kindRules
	pairs   []weighed
	cost    []float64 // pairs a record, by rule
	keys    []float64
	chosen  []bool
	open    []float64 // by pair: what it is worth to find it once more
	total   float64
	records float64
}

// choose lists the blocking rules that a kind's model recommends for a population; nil: the
// sample does not say.
func (s *sample) choose(rules *kindRules, k *KindModel, m *meetings, population float64, limit int) [][]string {
	pairs := s.weigh(rules, func(key uint64) bool { return float64(m.shared[key])*population/max(1, m.met) > float64(limit) })
	c := &choice{rules: rules, keys: m.keys, cost: make([]float64, len(rules.rules)), chosen: make([]bool, len(rules.rules)), records: s.records}
	for i := range c.cost {
		c.cost[i] = m.chance[i] * population / 2
	}
	lambda := 2 * duplicates(k) / max(2, s.records)
	for _, p := range pairs {
		p.times *= p.probability(lambda, k.Kinship)
		c.total += p.times
		c.pairs = append(c.pairs, p)
	}
	if c.total < leastMatches {
		return nil
	}
	c.open = make([]float64, len(c.pairs))
	for i := range c.pairs {
		c.open[i] = c.pairs[i].times
	}
	c.start()
	c.grow(min(mostPairs, max(leastPairs, pairsInAll/population)))
	var out [][]string
	for i, yes := range c.chosen {
		if yes {
			out = append(out, strings.Split(rules.rules[i].name, " + "))
		}
	}
	return out
}

// start takes the rules that need no reason: identifiers, siblings, and what the sample has no values of.
func (c *choice) start() {
	for i := range c.rules.rules {
		r := &c.rules.rules[i]
		if r.identifies(c.rules) || r.isSibling(c.rules) || c.keys[i] < 0.01 && r.common {
			c.take(i)
		}
	}
}

// isSibling reports whether a rule is one of those that are always on, for when keys of broader
// ones close (R2): surname and birth date, surname and given name.
func (r *rule) isSibling(k *kindRules) bool {
	switch len(r.parts) {
	case 1:
		return r.parts[0].derived == "both"
	case 2:
		return r.parts[0].derived == "last.sound" && r.parts[1].derived == "" && k.plans[r.parts[1].attribute].role == roleDate
	}
	return false
}

// identifies reports whether a rule is a number or address of a person by itself.
func (r *rule) identifies(k *kindRules) bool {
	switch k.plans[r.parts[0].attribute].role {
	case roleID, rolePhone, roleEmail:
		return len(r.parts) == 1 && r.parts[0].derived == ""
	}
	return false
}

// take chooses a rule. To find a pair once more is worth less each time, but something: where
// the sample has one pair that two rules find, the data have others that only one of them finds.
func (c *choice) take(rule int) {
	c.chosen[rule] = true
	for i := range c.pairs {
		if c.pairs[i].met.Has(uint8(rule)) {
			c.open[i] *= again
		}
	}
}

// grow adds the rule that finds most for what it takes of the keys and pairs allowed, while
// there is one worth its cost.
func (c *choice) grow(budget float64) {
	cost, keys := 0.0, 0.0
	for i, yes := range c.chosen {
		if yes {
			cost, keys = cost+c.cost[i], keys+c.keys[i]
		}
	}
	for {
		best, bestYield := -1, 0.0
		for i := range c.rules.rules {
			if c.chosen[i] || cost+c.cost[i] > budget || keys+c.keys[i] > mostKeys {
				continue
			}
			gain := c.gain(i)
			yield := gain / (c.keys[i]/mostKeys + c.cost[i]/budget)
			if gain >= leastGain*c.total && gain/c.records >= leastYield*c.cost[i] && yield > bestYield {
				best, bestYield = i, yield
			}
		}
		if best < 0 {
			return
		}
		c.take(best)
		cost, keys = cost+c.cost[best], keys+c.keys[best]
		for i := range c.rules.rules {
			if c.chosen[i] && c.needless(i, best) {
				c.chosen[i] = false
				cost, keys = cost-c.cost[i], keys-c.keys[i]
			}
		}
	}
}

// needless reports whether a rule finds next to nothing that a broader one does not, and no
// broad rule needs it for when its own keys close (R2).
func (c *choice) needless(rule, broad int) bool {
	r := &c.rules.rules[rule]
	if rule == broad || r.isSibling(c.rules) || c.keys[rule] < 0.01 || r.identifies(c.rules) || !c.rules.rules[broad].broader(r) {
		return false
	}
	alone := 0.0
	for i := range c.pairs {
		if c.pairs[i].met.Has(uint8(rule)) && !c.pairs[i].met.Has(uint8(broad)) {
			alone += c.pairs[i].times
		}
	}
	return alone < leastGain*c.total
}

// broader reports whether two records that agree for another rule agree for this one as well.
func (r *rule) broader(other *rule) bool {
	for i := range r.parts {
		if !slices.ContainsFunc(other.parts, r.parts[i].broader) {
			return false
		}
	}
	return true
}

func (p *rulePart) broader(other rulePart) bool {
	if p.attribute != other.attribute {
		return false
	}
	return p.derived == other.derived || slices.Contains(broaderForms[other.derived], p.derived)
}

// broaderForms are, for a form, those that two values share which share it.
var broaderForms = map[string][]string{
	"":           {"year", "day", "local", "last7", "head", "tail"},
	"both":       {"sounds", "heads", "last", "last.sound", "first", "first.initial"},
	"sounds":     {"last.sound"},
	"last":       {"last.sound"},
	"first":      {"first.initial"},
	"patronymic": {"patronymic.initial"},
	"house":      {"street"},
	"flat":       {"house", "street"},
	"last7":      {"tail"},
}

// gain is what a rule finds. What a broader one has found already it does not find again.
func (c *choice) gain(rule int) (gain float64) {
	var broad RuleSet
	for i, yes := range c.chosen {
		if yes && c.rules.rules[i].broader(&c.rules.rules[rule]) {
			broad.Add(uint8(i))
		}
	}
	for i := range c.pairs {
		if p := &c.pairs[i]; p.met.Has(uint8(rule)) && !p.met.Meets(&broad) {
			gain += c.open[i]
		}
	}
	return gain
}

// catalog lists the blocking rules that training chooses from.
func catalog(kind customer.Kind, attributes []customer.Attribute) [][]string {
	c := chooser{kind: kind}
	for i := range attributes {
		c.meet(&attributes[i])
	}
	if kind == customer.Organization {
		c.organization()
		return c.out
	}
	c.person()
	c.lavish()
	return c.out
}

// lavish adds what finds people whose names or dates were written otherwise.
func (c *chooser) lavish() {
	last, first, year, day := c.part(c.name, ".last.sound"), c.part(c.name, ".first"), c.part(c.birth, ".year"), c.part(c.birth, ".day")
	city, postcode, street, house := c.part(c.place, ".city"), c.part(c.place, ".postcode"), c.part(c.place, ".street"), c.part(c.place, ".house")
	c.rule(c.part(c.name, ".sounds"))
	c.rule(c.part(c.name, ".heads"))
	c.rule(c.part(c.name, ".heads"), year)
	c.rule(c.birth)
	c.rule(last)
	c.rule(first)
	for _, where := range []string{city, postcode, street, house} {
		c.rule(last, where)
		c.rule(first, where)
		c.rule(c.birth, where)
		c.rule(year, where)
		c.rule(first, year, where)
	}
	for _, when := range []string{year, day} {
		c.rule(last, when)
		c.rule(first, when)
	}
	c.rule(house)
	c.rule(c.part(c.place, ".flat"))
	for _, text := range c.texts {
		c.rule(last, text)
		c.rule(first, text)
		c.rule(year, text)
		c.rule(c.birth, text)
	}
	for _, phone := range c.phones {
		c.rule(phone + ".last7")
		c.rule(phone + ".tail")
	}
	for _, number := range c.numbers {
		c.rule(number + ".head")
		c.rule(number + ".tail")
	}
}

// part is a form of an attribute; "" if there is no such attribute.
func (c *chooser) part(attribute, form string) string {
	if attribute == "" {
		return ""
	}
	return attribute + form
}
