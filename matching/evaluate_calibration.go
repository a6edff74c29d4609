package matching

import "math"

// Probability is what a total weight says of a pair: the chance that the two are one customer.
func Probability(total Weight) float64 { return 1 / (1 + math.Exp2(-float64(total)/100)) }

// CalibrationFloor is the probability below which scored pairs do not count for calibration:
// there are any number of them, and all are right.
const CalibrationFloor = 0.01

// reliabilityEdges bound the rows of the reliability table: narrow where decisions are made.
var reliabilityEdges = []float64{CalibrationFloor, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1}

// Calibration tells how far the probabilities of scored pairs can be trusted.
type Calibration struct {
	Floor float64 `json:"floor"`
	Pairs int64   `json:"pairs"` // held to be at least as probable as the floor
	// Brier is the mean square of probability minus truth (Brier 1950); 0 is best.
	Brier float64 `json:"brier"`
	// Error is the mean distance between probability and observed share over the rows of the table,
	// weighted by pairs (Naeini et al. 2015: expected calibration error).
	Error float64          `json:"error"`
	Bins  []ReliabilityBin `json:"bins"`
}

// ReliabilityBin is one row of the reliability table. Rows without pairs are left out.
type ReliabilityBin struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Pairs     int64   `json:"pairs"`
	Predicted float64 `json:"predicted"` // mean probability
	Observed  float64 `json:"observed"`  // share of pairs that are true
}

const (
	tallyLowest  = -700 // the floor lies above
	tallyHighest = 4000 // 40 bits: as good as certain
)

// CalibrationTally counts scored pairs by weight. Counts are integers, so tallies can be added in
// any order. The zero value is ready; it is not safe for concurrent use.
type CalibrationTally struct {
	pairs, right [tallyHighest - tallyLowest + 1]int64
}

// Add counts pairs of one total, some of which are true.
func (t *CalibrationTally) Add(total Weight, pairs, right int64) {
	if total < tallyLowest {
		return
	}
	at := min(total, tallyHighest) - tallyLowest
	t.pairs[at] += pairs
	t.right[at] += right
}

// Merge adds what another tally counted.
func (t *CalibrationTally) Merge(o *CalibrationTally) {
	for i := range o.pairs {
		t.pairs[i] += o.pairs[i]
		t.right[i] += o.right[i]
	}
}

// Calibration sums the tally up.
func (t *CalibrationTally) Calibration() Calibration {
	c := Calibration{Floor: CalibrationFloor, Bins: []ReliabilityBin{}}
	for i := range len(reliabilityEdges) - 1 {
		t.bin(&c, reliabilityEdges[i], reliabilityEdges[i+1])
	}
	if c.Pairs > 0 {
		c.Brier /= float64(c.Pairs)
		c.Error /= float64(c.Pairs)
	}
	return c
}

// bin adds a row to the table and its share, not yet divided by the number of pairs, to the scores.
func (t *CalibrationTally) bin(c *Calibration, from, to float64) {
	b := ReliabilityBin{From: from, To: to}
	var right int64
	for i := range t.pairs {
		p := Probability(Weight(i + tallyLowest))
		if p < from || p >= to && to < 1 {
			continue
		}
		n, yes := float64(t.pairs[i]), float64(t.right[i])
		b.Pairs += t.pairs[i]
		right += t.right[i]
		b.Predicted += p * n
		c.Brier += yes*(1-p)*(1-p) + (n-yes)*p*p
	}
	if b.Pairs == 0 {
		return
	}
	b.Predicted /= float64(b.Pairs)
	b.Observed = quotient(right, b.Pairs)
	c.Pairs += b.Pairs
	c.Error += math.Abs(b.Predicted-b.Observed) * float64(b.Pairs)
	c.Bins = append(c.Bins, b)
}
