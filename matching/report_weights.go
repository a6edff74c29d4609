package matching

import "math"

// WeightReport says what the pairs that blocking brings together weigh, and, if there is a truth,
// how far the probabilities that follow from weights can be believed. Pairs are of records.
type WeightReport struct {
	Bands []WeightBand `json:"bands"` // one bit each, ascending, without gaps
	// Calibration leaves out copies, whose probability says nothing; nil without a truth.
	Calibration *Calibration `json:"calibration,omitempty"`
}

// WeightBand is pairs that weigh from From to From + 1 bits; the outermost bands hold the rest.
type WeightBand struct {
	From     int     `json:"from"`
	Pairs    int64   `json:"pairs"`
	Expected float64 `json:"expected"` // true pairs among them, if the probabilities are right
	True     *int64  `json:"true,omitempty"`
}

// Bands reach from lowBand to highBand bits.
const (
	lowBand  = -40
	highBand = 60
)

// billion makes probabilities integers, so that workers cannot disagree about their sums.
const billion = 1e9

type weightTally struct {
	bands [highBand - lowBand + 1]struct{ pairs, right, said int64 }
	CalibrationTally
}

// Weights reports on the pairs; truth (nil: there is none) and sides (nil: all pairs count) are by entry.
func (b *Blocking) Weights(truth, sides []int32, workers int) WeightReport {
	tallies := make([]weightTally, max(1, workers))
	b.Walk(workers, func(w int, c *Candidate) { tallies[w].count(c, truth, sides) })
	sum := &tallies[0]
	for i := range tallies[1:] {
		sum.merge(&tallies[i+1])
	}
	return sum.report(truth != nil)
}

func (t *weightTally) count(c *Candidate, truth, sides []int32) {
	pairs, right := c.Pairs(truth, sides)
	b := &t.bands[bandOf(c.Total)-lowBand]
	b.pairs, b.right, b.said = b.pairs+pairs, b.right+right, b.said+int64(math.Round(Probability(c.Total)*billion))*pairs
	if c.B != nil {
		t.Add(c.Total, pairs, right)
	}
}

// bandOf is the bit in which a weight lies.
func bandOf(w Weight) int { return max(lowBand, min(highBand, int(math.Floor(float64(w)/100)))) }

func (t *weightTally) merge(o *weightTally) {
	for i, x := range o.bands {
		b := &t.bands[i]
		b.pairs, b.right, b.said = b.pairs+x.pairs, b.right+x.right, b.said+x.said
	}
	t.Merge(&o.CalibrationTally)
}

func (t *weightTally) report(labeled bool) WeightReport {
	var out WeightReport
	from, to := len(t.bands), 0
	for i := range t.bands {
		if t.bands[i].pairs > 0 {
			from, to = min(from, i), i+1
		}
	}
	for i := from; i < to; i++ {
		b := WeightBand{From: i + lowBand, Pairs: t.bands[i].pairs, Expected: float64(t.bands[i].said) / billion}
		if labeled {
			b.True = &t.bands[i].right
		}
		out.Bands = append(out.Bands, b)
	}
	if labeled {
		c := t.Calibration()
		out.Calibration = &c
	}
	return out
}

// ThresholdPoint is what a threshold gives.
type ThresholdPoint struct {
	Threshold float64 `json:"threshold"` // bits
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	BCubedF1  float64 `json:"bcubed_f1,omitempty"`
}

// Expected estimates precision and recall at each band's threshold from the probabilities alone:
// of pairs, before clustering, and among the pairs that blocking brings together.
func (r *WeightReport) Expected() []ThresholdPoint {
	var all, said, pairs float64
	for _, b := range r.Bands {
		all += b.Expected
	}
	out := make([]ThresholdPoint, len(r.Bands))
	for i := len(r.Bands) - 1; i >= 0; i-- {
		said, pairs = said+r.Bands[i].Expected, pairs+float64(r.Bands[i].Pairs)
		p := ThresholdPoint{Threshold: float64(r.Bands[i].From), Precision: 1, Recall: said / max(1e-9, all)}
		if pairs > 0 {
			p.Precision = said / pairs
		}
		p.F1 = harmonic(p.Precision, p.Recall)
		out[i] = p
	}
	return out
}
