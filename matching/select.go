package matching

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// Which blocking rules a hub uses is chosen from a catalog when its model is trained: greedily,
// the rule next that finds most pairs of one customer not found yet for each pair of strangers
// that it brings together, until what it adds is not worth what it costs; then rules are exchanged
// while that is better. How many strangers meet is estimated from a sample, for the
// records that there are: a rule that suits thousands of records may bring millions of strangers together.

// Limits of the choice.
const (
	sampleMeetings = 1 << 14 // records of which meetings of strangers are counted
	mostKeys       = 12      // blocking keys of a record, on the average
	again          = 0.2     // what it is worth to find a pair a second time
	leastGain      = 5e-4    // share of the pairs of one customer that a rule must add
	pairsInAll     = 8e7     // scored pairs that the population may cost,
	leastPairs     = 20      // but so many a record at least,
	mostPairs      = 200     // and at most
	leastWorth     = 500     // pairs of strangers that one pair of one customer is worth: the fewer
	mostWorth      = 10_000  // records, the more
	worthInAll     = 2e8     // and that for each record
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

// mostOpen is how many records of the sample a key may have that is hardly closed in the population.
func (o *folded) mostOpen(population float64, limit int) float64 {
	expected := float64(limit) * min(1, float64(o.met)/max(1, population))
	return expected + 3*math.Sqrt(expected) + 1
}

// meetingsOf counts what the keys of each rule bring together; more records than most close a key.
func (o *folded) meetingsOf(rules int, most float64) *meetings {
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
			if n <= most {
				m.chance[rule] += n * (n - 1) / 2 / pairs
			}
		}
		at = end
	}
	return m
}

// choice is a choice of rules in the making.
type choice struct {
	rules  *kindRules
	met    []pairSet // by rule: the pieced pairs that it brings together
	cost   []float64 // pairs a record, by rule
	keys   []float64
	chosen []bool
	firm   []bool  // what is chosen whatever it costs
	budget float64 // pairs a record
	price  float64 // of a scored pair a record, as a share of the pairs of one customer
}

// pairSet is a set of pieced pairs.
type pairSet [piecedPairs / 64]uint64

// choose lists the blocking rules that a kind's model recommends for a population; nil: the
// sample does not say.
func (s *sample) choose(rules *kindRules, k *KindModel, m *meetings, population float64, limit int) [][]string {
	pairs := s.weigh(rules, func(key uint64) bool { return float64(m.shared[key])*population/max(1, m.met) > float64(limit) })
	total, lambda := 0.0, 2*duplicates(k)/max(2, s.records)
	for i := range pairs {
		pairs[i].times *= pairs[i].probability(lambda, k.Kinship)
		total += pairs[i].times
	}
	if total < leastMatches {
		return nil
	}
	c := &choice{rules: rules, keys: m.keys, cost: make([]float64, len(rules.rules)), chosen: make([]bool, len(rules.rules)), firm: make([]bool, len(rules.rules)),
		met: s.pieced(rules, pairs), budget: min(mostPairs, max(leastPairs, pairsInAll/population)), price: s.records / total / min(mostWorth, max(leastWorth, worthInAll/population))}
	for i := range c.cost {
		c.cost[i] = m.chance[i] * population / 2
	}
	c.start()
	c.grow()
	for c.exchange() {
		c.grow()
	}
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
		c.firm[i] = r.identifies(c.rules) || r.isSibling(c.rules) || c.keys[i] < 0.01 && r.common
		c.chosen[i] = c.firm[i]
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

// spent is what the chosen rules take of the keys and pairs allowed.
func (c *choice) spent() (keys, cost float64) {
	for i, yes := range c.chosen {
		if yes {
			keys, cost = keys+c.keys[i], cost+c.cost[i]
		}
	}
	return keys, cost
}

// value is the share of the pairs of one customer that the chosen rules find, more if they find
// it twice, less what the strangers that they bring together cost.
func (c *choice) value() float64 {
	var once, twice pairSet
	cost := 0.0
	for i, yes := range c.chosen {
		if !yes {
			continue
		}
		cost += c.cost[i]
		for j, met := range &c.met[i] {
			twice[j] |= once[j] & met
			once[j] |= met
		}
	}
	return (float64(once.len())+again*float64(twice.len()))/piecedPairs - c.price*cost
}

func (s *pairSet) len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// grow adds the rule that finds most for what it takes of the keys and pairs allowed, while
// there is one worth its cost.
func (c *choice) grow() {
	for {
		keys, cost := c.spent()
		best, most, had := -1, 0.0, c.value()
		for i := range c.rules.rules {
			if c.chosen[i] || !c.allows(keys+c.keys[i], cost+c.cost[i]) {
				continue
			}
			c.chosen[i] = true
			if gain := c.value() - had; gain >= leastGain {
				if yield := gain / (c.keys[i]/mostKeys + c.cost[i]/c.budget); yield > most {
					best, most = i, yield
				}
			}
			c.chosen[i] = false
		}
		if best < 0 {
			return
		}
		c.chosen[best] = true
	}
}

func (c *choice) allows(keys, cost float64) bool { return keys <= mostKeys && cost <= c.budget }

// exchange leaves out a rule, for another one or for none, if that is better; false: there is none such.
func (c *choice) exchange() bool {
	keys, cost := c.spent()
	out, in, most := -1, -1, c.value()+leastGain
	for i := range c.rules.rules {
		if !c.chosen[i] || c.firm[i] {
			continue
		}
		c.chosen[i] = false
		if v := c.value() + 2*leastGain; v > most {
			out, in, most = i, -1, v
		}
		for j := range c.rules.rules {
			if j == i || c.chosen[j] || !c.allows(keys-c.keys[i]+c.keys[j], cost-c.cost[i]+c.cost[j]) {
				continue
			}
			c.chosen[j] = true
			if v := c.value(); v > most {
				out, in, most = i, j, v
			}
			c.chosen[j] = false
		}
		c.chosen[i] = true
	}
	if out >= 0 {
		c.chosen[out] = false
	}
	if in >= 0 {
		c.chosen[in] = true
	}
	return out >= 0
}
