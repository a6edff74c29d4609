package matching

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
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
	met, carried       RuleSet // rules that bring it together by open keys, and by any
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
	pairs := s.weigh(rules, nil)
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

// joined is a pair that a strict rule brings together, and of how many pairs of the data it tells.
type joined struct {
	a, b  int32
	times float64
}

// join lists the pairs of the strict rules, rule by rule.
func (s *sample) join(rules *kindRules) {
	s.joined = make([][]joined, len(rules.rules))
	strict := rules.strictRules(func(rulePart) bool { return true })
	inParallel(len(rules.rules), func(place int) {
		if !rules.rules[place].strict {
			return
		}
		pairs, share := s.pairs(uint8(place), samplePairs)
		list := make([]joined, len(pairs))
		for i, p := range pairs {
			carried, _ := s.items[p[0]].meets(&s.items[p[1]], nil)
			list[i] = joined{p[0], p[1], 1 / (share * s.fraction * float64(max(1, carried.common(&strict))))}
		}
		s.joined[place] = list
	})
}

// inParallel calls each for 0 to n-1, by all processors.
func inParallel(n int, each func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				each(i)
			}
		})
	}
	wg.Wait()
}

// weigh weighs the pairs that strict rules bring together. With closed, each is told by which
// rules it meets; keys that are closed bring none together.
func (s *sample) weigh(rules *kindRules, closed func(key uint64) bool) []weighed {
	parts := make([][]weighed, len(s.joined))
	inParallel(len(s.joined), func(place int) {
		var ev Evidence
		parts[place] = make([]weighed, len(s.joined[place]))
		for i, p := range s.joined[place] {
			x, y := &s.items[p.a], &s.items[p.b]
			rules.compareInto(x.it, y.it, &ev)
			w := weighed{times: p.times, chance: bitsToRatio(sumOf(ev[:MaxComparisons])), kin: bitsToRatio(sumOf(ev[MaxComparisons:Household]))}
			if closed != nil {
				w.carried, w.met = x.meets(y, closed)
			}
			parts[place][i] = w
		}
	})
	return slices.Concat(parts...)
}

func bitsToRatio(w Weight) float64 { return math.Exp2(float64(w) / 100) }

// meets tells which rules bring two records together, and which do by keys that are open.
func (x *sampled) meets(y *sampled, closed func(key uint64) bool) (carried, met RuleSet) {
	for _, k := range x.all {
		if k.Uses&x.it.Generic != 0 || !slices.ContainsFunc(y.all, func(o Key) bool { return o.Hash == k.Hash && o.Uses&y.it.Generic == 0 }) {
			continue
		}
		carried.Add(k.Rule)
		if closed == nil || !closed(k.Hash) {
			met.Add(k.Rule)
		}
	}
	return carried, met
}
