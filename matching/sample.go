package matching

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Stratum is pairs of one band of weights that are linked, or that are not.
type Stratum struct {
	Name   string `json:"name"` // like linked+4..6: bits
	Linked bool   `json:"linked"`
	Pairs  int64  `json:"pairs"` // of records, in all
	Judged int64  `json:"judged"`
	Same   int64  `json:"same"` // of those judged
}

// SampledPair is a pair of records to be judged.
type SampledPair struct {
	Stratum int
	A, B    int32
	Total   Weight
}

// Sample is pairs drawn from every stratum.
type Sample struct {
	Strata []Stratum
	Pairs  []SampledPair // by stratum
}

// sampleEdges part the weights into bands, in bits; doubtful pairs have narrow ones.
// Pairs that are apart and below the first are not asked about: hardly one in a hundred is true,
// and a handful of answers would say less about thousands of them than their probabilities.
var sampleEdges = [...]int{-6, -3, 0, 3, 6, 10}

// leastSampled is how many pairs of a stratum are drawn at least, if it has them.
const leastSampled = 8

type drawn struct {
	SampledPair
	order uint64 // by which pairs are drawn
}

// stratum collects the pairs of lowest order; order is a hash, so any of them is as likely.
type stratum struct {
	Stratum
	doubt float64 // how uncertain a judgment is: the root of p(1-p)
	drawn []drawn
}

// Sample draws about n pairs of records: few of the bands where the answer is plain, many of the
// doubtful ones (Neyman 1934, On the two different aspects of the representative method). Copies
// are not asked about. The same data give the same sample.
func (b *Blocking) Sample(r Result, n int) Sample {
	strata := map[string]*stratum{}
	b.Walk(1, func(_ int, c *Candidate) {
		if c.B == nil {
			return
		}
		linked := r.Cluster[c.A[0]] == r.Cluster[c.B[0]]
		if !linked && plain(c.Total) {
			return
		}
		name := stratumName(c.Total, linked)
		s := strata[name]
		if s == nil {
			p := min(0.99, max(0.01, Probability(c.Total)))
			s = &stratum{Stratum: Stratum{Name: name, Linked: linked}, doubt: math.Sqrt(p * (1 - p))}
			strata[name] = s
		}
		s.offer(b, c, n)
	})
	list := make([]*stratum, 0, len(strata))
	for _, s := range strata {
		list = append(list, s)
	}
	slices.SortFunc(list, func(x, y *stratum) int { return cmp.Compare(x.Name, y.Name) })
	return allot(list, n)
}

// plain reports whether a pair that is not linked is left out of samples.
func plain(total Weight) bool { return total < Weight(100*sampleEdges[0]) }

func stratumName(total Weight, linked bool) string {
	side := "apart"
	if linked {
		side = "linked"
	}
	at := 0
	for at < len(sampleEdges) && total >= Weight(100*sampleEdges[at]) {
		at++
	}
	switch at {
	case 0:
		return fmt.Sprintf("%s below %d", side, sampleEdges[0])
	case len(sampleEdges):
		return fmt.Sprintf("%s from %d", side, sampleEdges[at-1])
	}
	return fmt.Sprintf("%s %d to %d", side, sampleEdges[at-1], sampleEdges[at])
}

// offer keeps the n pairs of lowest order, one pair of records for two nodes.
func (s *stratum) offer(b *Blocking, c *Candidate, n int) {
	pairs, _ := c.Pairs(nil, nil)
	s.Pairs += pairs
	x, y := c.A[0], c.B[0]
	d := drawn{SampledPair{A: min(x, y), B: max(x, y), Total: c.Total}, b.orderOf(x) ^ b.orderOf(y)}
	at, _ := slices.BinarySearchFunc(s.drawn, d, compareDrawn)
	if at >= n {
		return
	}
	s.drawn = slices.Insert(s.drawn, at, d)
	s.drawn = s.drawn[:min(n, len(s.drawn))]
}

func (b *Blocking) orderOf(entry int32) uint64 {
	return hashText(0x9e3779b9, b.p.entries[entry].Ref.Key)
}

func compareDrawn(x, y drawn) int {
	return cmp.Or(cmp.Compare(mix(1, x.order), mix(1, y.order)), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
}

// allot gives each stratum its share of n.
func allot(list []*stratum, n int) (out Sample) {
	var sum float64
	for _, s := range list {
		sum += float64(s.Pairs) * s.doubt
	}
	for i, s := range list {
		want := max(leastSampled, int(math.Round(float64(n)*float64(s.Pairs)*s.doubt/max(1, sum))))
		for _, d := range s.drawn[:min(want, len(s.drawn))] {
			d.Stratum = i
			out.Pairs = append(out.Pairs, d.SampledPair)
		}
		out.Strata = append(out.Strata, s.Stratum)
	}
	return out
}

// JudgedEstimates follow from what a person said about a sample.
type JudgedEstimates struct {
	Pairs     int64     `json:"pairs"` // judged
	Blank     int64     `json:"blank"` // left open
	Precision Interval  `json:"precision"`
	Recall    Interval  `json:"recall"`
	Strata    []Stratum `json:"strata"`
}

// Judge estimates from judged strata. Bounds of a stratum are Wilson's, joined by the recovery of
// their variances. Copies and pairs that only a third record joins, plain
// pairs among them, are not sampled and count as the probabilities say; what no rule brings together is that of e.
func (e *Estimates) Judge(strata []Stratum) *JudgedEstimates {
	j := &JudgedEstimates{Strata: strata}
	right, linked := e.unsampled(), e.unsampledPairs()
	known := float64(e.captures.plain) / million
	missed := e.unmet().Sum(Interval{known, known, known})
	for _, s := range strata {
		j.Pairs += s.Judged
		same := Wilson(float64(s.Same), float64(s.Judged)).Times(float64(s.Pairs))
		if s.Linked {
			right, linked = right.Sum(same), linked+float64(s.Pairs)
		} else {
			missed = missed.Sum(same)
		}
	}
	if linked > 0 {
		j.Precision = right.Times(1 / linked)
		j.Precision.High = min(1, j.Precision.High)
	} else {
		j.Precision = Wilson(0, 0)
	}
	j.Recall = PartOf(right, missed)
	return j
}

// unmet bounds what no rule brings together by the bounds of the recall of blocking.
func (e *Estimates) unmet() Interval {
	i := Interval{e.MissedUnmet, e.MissedUnmet, e.MissedUnmet}
	if b := e.BlockingRecall; b != nil && b.Estimate < 1 {
		odds := func(recall float64) float64 { return (1 - recall) / max(1e-6, recall) }
		i.Low, i.High = i.Low*odds(b.High)/odds(b.Estimate), i.High*odds(b.Low)/odds(b.Estimate)
	}
	return i
}

// unsampledPairs counts the linked pairs that a sample does not ask about.
func (e *Estimates) unsampledPairs() (n float64) {
	for _, x := range e.captures.linked {
		n += float64(x.all - x.seen)
	}
	return n
}

func (e *Estimates) unsampled() Interval {
	right := 0.0
	for _, x := range e.captures.linked {
		right += float64(x.copies) + float64(x.all-x.seen-x.copies)*e.captures.third
	}
	return Interval{right, right, right}
}
