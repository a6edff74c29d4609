package matching

import (
	"math"
	"slices"
)

// Bounds of what is counted.
const (
	leastDuplicates = 0.02 // other records of a customer for each record
	mostDuplicates  = 50
	leastKinship    = 0.002
	mostKinship     = 4
	countRounds     = 40
)

// weighed is a pair of the sample: how often it stands for a pair of the data, and its
// likelihood ratios against chance and against a household.
type weighed struct {
	times, chance, kin float64
	met                ruleSet
}

// probability that the pair is one customer, by the share of such pairs among all and the
// number of pairs of one household for each.
func (p *weighed) probability(lambda, kinship float64) float64 {
	one := lambda * p.chance
	return one / (1 + one + kinship*one/p.kin)
}

// countDuplicates estimates how many other records of its customer a record has, and how many
// pairs of one household there are for each pair of one customer. Each pair that a strict
// rule brings together counts by its probability, divided by the chance that it was looked at
// (Horvitz and Thompson 1952).
func (s *sample) countDuplicates(rules *kindRules, k *KindModel) {
	pairs := s.weigh(rules, func(uint64) bool { return false })
	if s.records < leastMatches || len(pairs) < leastMatches {
		return
	}
	all := s.records * float64(s.records-1) / 2
	same, kin := s.records/2, k.Kinship*s.records/2
	for range countRounds {
		lambda, kappa := same/all, kin/all
		same, kin = 0, 0
		for _, p := range pairs {
			one, family := lambda*p.chance, kappa*p.chance/p.kin
			sum := 1 + one + family
			same += p.times * one / sum
			kin += p.times * family / sum
		}
		same = max(same, 1)
	}
	k.Duplicates = round3(max(leastDuplicates, min(mostDuplicates, 2*same/s.records)))
	k.Kinship = round3(max(leastKinship, min(mostKinship, kin/same)))
}

// round3 keeps three digits: a model file is read by people.
func round3(x float64) float64 {
	scale := math.Pow(10, 2-math.Floor(math.Log10(x)))
	return math.Round(x*scale) / scale
}

// weigh lists the pairs that strict rules bring together. Keys that are closed bring none together.
func (s *sample) weigh(rules *kindRules, closed func(key uint64) bool) (out []weighed) {
	var ev Evidence
	for place := range rules.rules {
		if !rules.rules[place].strict {
			continue
		}
		pairs, share := s.pairs(uint8(place), samplePairs)
		for _, p := range pairs {
			a, b := &s.items[p[0]], &s.items[p[1]]
			rules.compareInto(a.it, b.it, &ev)
			strict, met := a.meets(b, rules, closed)
			times := 1 / (share * s.fraction * float64(max(1, strict)))
			out = append(out, weighed{times, bitsToRatio(sumOf(ev[:MaxComparisons])), bitsToRatio(sumOf(ev[MaxComparisons:Household])), met})
		}
	}
	return out
}

func bitsToRatio(w Weight) float64 { return math.Exp2(float64(w) / 100) }

// meets tells how many strict rules bring two records together, and which rules do by keys that are open.
func (x *sampled) meets(y *sampled, rules *kindRules, closed func(key uint64) bool) (strict int, met ruleSet) {
	last := -1
	for _, k := range x.all {
		if k.Uses&x.it.Generic != 0 || !slices.ContainsFunc(y.all, func(o Key) bool { return o.Hash == k.Hash && o.Uses&y.it.Generic == 0 }) {
			continue
		}
		rule := int(k.Rule)
		if rule != last && rules.rules[rule].strict {
			strict++
		}
		last = rule
		if !closed(k.Hash) {
			met.add(rule)
		}
	}
	return strict, met
}
