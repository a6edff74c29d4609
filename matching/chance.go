package matching

import "math"

// Limits of what strangers teach.
const (
	strangers      = 3000 // items paired at random
	partners       = 25   // of each of them
	leastU         = 1e-7
	leastStrangers = 2000 // pairs from which chance is learned
)

// learnChance replaces the u of a kind's levels by how often strangers reach them. How often
// they agree exactly is known better from the frequencies of the values. Pairs that are likely
// one customer are no strangers.
func (l *learner) learnChance(items []*Item) {
	counts := l.pairStrangers(items)
	for t := range l.names {
		n := sum(counts[t])
		if n < leastStrangers {
			continue
		}
		l.change(t, func(i int, level *Level) {
			if l.levels[t][i] == "exact" {
				return
			}
			u := (counts[t][i] + 1) / (n + 1/level.U) // what was held before is worth one pair that reaches it
			level.U = max(leastU, math.Round(u*1e7)/1e7)
		})
	}
}

// pairStrangers counts the levels that pairs of items taken at random reach, by table.
func (l *learner) pairStrangers(items []*Item) [][]float64 {
	const pieces = 8
	parts := make([]*learner, pieces)
	inParallel(pieces, func(p int) {
		parts[p] = newLearner(l.rules, l.model, l.firm)
		for i := len(items) * p / pieces; i < len(items)*(p+1)/pieces; i++ {
			parts[p].meetStrangers(items[i], items[i+1:min(len(items), i+1+partners)])
		}
	})
	for _, part := range parts {
		l.absorb(part)
	}
	return l.taught
}

func (l *learner) meetStrangers(a *Item, others []*Item) {
	var ev Evidence
	for _, b := range others {
		l.rules.compareInto(a, b, &ev)
		if Sum(l.rules.prior, &ev) >= 0 {
			continue
		}
		for _, o := range l.observe(nil, nil, a, b) {
			l.taught[o.table][o.level]++
		}
	}
}
