package main

import (
	"runtime"

	"kartoteka/customer"
	"kartoteka/matching"
)

// candidates walks the scored pairs once: the share of true pairs that blocking brings together,
// and whether probabilities are right.
func (e *evaluation) candidates(truth, sides []int32, truePairs int64) (recall float64, c matching.Calibration) {
	type tally struct {
		matching.CalibrationTally
		met int64
	}
	tallies := make([]tally, runtime.GOMAXPROCS(0))
	e.block().Walk(len(tallies), func(worker int, c *matching.Candidate) {
		t := &tallies[worker]
		all, right := c.Pairs(truth, sides)
		t.met += right
		if c.B != nil {
			t.Add(c.Total, all, right)
		}
	})
	sum := &tallies[0]
	for i := range tallies[1:] {
		sum.Merge(&tallies[i+1].CalibrationTally)
		sum.met += tallies[i+1].met
	}
	if truePairs == 0 {
		return 1, sum.Calibration()
	}
	return float64(sum.met) / float64(truePairs), sum.Calibration()
}

func meet(a, b *matching.Item, closed map[uint64]bool) bool {
	if a.Content == b.Content {
		return true
	}
	for i := range a.Keys {
		for j := range b.Keys {
			if a.Keys[i].Hash == b.Keys[j].Hash && a.Emits(i) && b.Emits(j) && !closed[a.Keys[i].Hash] {
				return true
			}
		}
	}
	return false
}

// shifted is a scorer with another threshold.
type shifted struct {
	matching.Scorer
	by matching.Weight
}

func (s shifted) Link(k customer.Kind) matching.Weight { return s.Scorer.Link(k) + s.by }

// best tries thresholds around the hub's own.
func (e *evaluation) best(truth []int32, linkOnly bool, own evaluateResult) *bestThreshold {
	best := &bestThreshold{own.F1, own.Threshold}
	sides := e.sides(linkOnly)
	for by := matching.Weight(-600); by <= 1200; by += 100 {
		q := matching.Evaluate(e.partition(shifted{e.rules.matcher, by}).Cluster, truth, sides)
		if q.F1 > best.F1 {
			best = &bestThreshold{q.F1, own.Threshold + float64(by)/100}
		}
	}
	return best
}
