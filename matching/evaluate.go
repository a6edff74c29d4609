package matching

// Quality is how well clusters agree with the truth. Pairs are all pairs of records in one cluster.
type Quality struct {
	EntitiesTrue  int     `json:"entities_true"`
	EntitiesFound int     `json:"entities_found"`
	PairsTrue     int64   `json:"pairs_true"`
	PairsFound    int64   `json:"pairs_found"`
	PairsRight    int64   `json:"pairs_right"`
	Precision     float64 `json:"precision"`
	Recall        float64 `json:"recall"`
	F1            float64 `json:"f1"`
	BCubedF1      float64 `json:"bcubed_f1"` // Bagga and Baldwin 1998, per record
}

// Evaluate compares clusters with the truth, both given per record. With sides (a number per
// record), only pairs across different sides count.
func Evaluate(clusters, truth, sides []int32) Quality {
	n := newPairCounter(sides)
	q := Quality{EntitiesTrue: distinct(truth), EntitiesFound: distinct(clusters)}
	q.PairsTrue = n.pairs(truth, nil)
	q.PairsFound = n.pairs(clusters, nil)
	q.PairsRight = n.pairs(clusters, truth)
	q.Precision = quotient(q.PairsRight, q.PairsFound)
	q.Recall = quotient(q.PairsRight, q.PairsTrue)
	q.F1 = harmonic(q.Precision, q.Recall)
	q.BCubedF1 = bCubed(clusters, truth)
	return q
}

func quotient(a, b int64) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

func harmonic(a, b float64) float64 {
	if a+b == 0 {
		return 0
	}
	return 2 * a * b / (a + b)
}

func distinct(labels []int32) int {
	seen := map[int32]struct{}{}
	for _, l := range labels {
		seen[l] = struct{}{}
	}
	return len(seen)
}

// pairCounter counts pairs of records with equal labels.
type pairCounter struct{ sides []int32 }

func newPairCounter(sides []int32) pairCounter { return pairCounter{sides} }

// pairs counts the pairs that have equal labels in a, and in b too if it is given.
func (p pairCounter) pairs(a, b []int32) int64 {
	type cell struct{ a, b, side int32 }
	all, within := map[cell]int64{}, map[cell]int64{}
	for i := range a {
		c := cell{a: a[i]}
		if b != nil {
			c.b = b[i]
		}
		all[c]++
		if p.sides != nil {
			c.side = p.sides[i] + 1
			within[c]++
		}
	}
	total := sumPairs(all)
	if p.sides != nil {
		total -= sumPairs(within)
	}
	return total
}

func sumPairs[K comparable](sizes map[K]int64) (n int64) {
	for _, size := range sizes {
		n += size * (size - 1) / 2
	}
	return n
}

func bCubed(clusters, truth []int32) float64 {
	type cell struct{ c, t int32 }
	both, inCluster, inTruth := map[cell]float64{}, map[int32]float64{}, map[int32]float64{}
	for i := range clusters {
		both[cell{clusters[i], truth[i]}]++
		inCluster[clusters[i]]++
		inTruth[truth[i]]++
	}
	var precision, recall float64
	for c, n := range both {
		precision += n * n / inCluster[c.c]
		recall += n * n / inTruth[c.t]
	}
	if len(clusters) == 0 {
		return 1
	}
	records := float64(len(clusters))
	return harmonic(precision/records, recall/records)
}
