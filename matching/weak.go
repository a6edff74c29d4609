package matching

import (
	"math"
	"slices"
)

// noteWeak remembers a join of groups a < b of several nodes each that is so doubtful that a person
// should judge it.
func (k *contraction) noteWeak(a, b int, total Weight) {
	x, y := &k.groups[a], &k.groups[b]
	if len(x.nodes) < 2 || len(y.nodes) < 2 {
		return
	}
	at := a*len(k.groups) + b
	mean := Weight(k.sums[at] / int64(len(x.nodes)*len(y.nodes)))
	whole := wholeWeight(total, mean, against(&k.ev[at]))
	if whole >= worthAsking(k.Link(k.item(k.part.nodes[x.nodes[0]]).Kind)) || k.allShareFirm(x, y) {
		return
	}
	w := Weak{k.entriesIn(x), k.entriesIn(y), whole, k.bar}
	k.weakly.Lock()
	defer k.weakly.Unlock()
	k.partition.weak = append(k.partition.weak, w)
}

// wholeWeight is what all the records of two groups say for one customer, where their total is the
// word of the best pairs alone: to the total come half of what the mean pair says, and what speaks
// against the join once more. The sum counts the same evidence twice and is halved; the bit comes
// from the calibration: joins of labeled sets are right as often as this weight says.
func wholeWeight(total, mean, against Weight) Weight {
	return (total+mean/2+against)/2 + Bits(1)
}

// against is what two groups contradict each other in: the comparisons in which no pair of their records agrees.
func against(ev *Evidence) (sum Weight) {
	for _, w := range ev[:MaxComparisons] {
		if w != Missing {
			sum += min(0, Weight(w))
		}
	}
	return sum
}

// worthAsking is the weight below which a join is expected to cost at least what a missed merge costs:
// the chance that it is wrong, times the cost of a false merge, of which the threshold is the ratio to
// a missed one. Where a false merge costs no more than a missed one, no join is.
func worthAsking(link Weight) Weight {
	ratio := math.Exp2(float64(link) / 100)
	if ratio <= 1 {
		return noEdge
	}
	return Bits(math.Log2(ratio - 1))
}

// allShareFirm reports whether all records of two groups have one firm value in common.
func (k *contraction) allShareFirm(x, y *group) bool {
	return slices.ContainsFunc(x.firm, func(f Firm) bool { return k.allHave(x, f) && k.allHave(y, f) })
}

func (k *contraction) allHave(g *group, f Firm) bool {
	return !slices.ContainsFunc(g.nodes, func(n int32) bool { return !slices.Contains(k.item(k.part.nodes[n]).Firm, f) })
}
