package matching

import "math"

// Limits of what strangers teach.
const (
	strangers      = 4000 // items paired at random
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
		n := 0.0
		for _, c := range counts[t] {
			n += c
		}
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
	var counts [][]float64
	var steps []observation
	var ev Evidence
	for i, a := range items {
		for j := i + 1; j < min(len(items), i+1+partners); j++ {
			b := items[j]
			l.rules.compareInto(a, b, &ev)
			if Sum(l.rules.prior, &ev) >= 0 {
				continue
			}
			steps = l.observe(nil, nil, a, b)
			for len(counts) < len(l.names) {
				counts = append(counts, make([]float64, len(l.levels[len(counts)])))
			}
			for _, o := range steps {
				counts[o.table][o.level]++
			}
		}
	}
	return counts
}
