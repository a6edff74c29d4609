package matching

import (
	"cmp"
	"iter"
	"slices"
)

// Fault is a pair of records that clusters and truth disagree about.
type Fault struct {
	A, B  int32 // places of the records
	False bool  // joined wrongly; else missed
}

// FaultReason says how a fault came about.
type FaultReason string

// The reasons: three of missed pairs, two of false ones.
const (
	NotBlocked     FaultReason = "not blocked"     // no blocking rule brought the two together
	BelowThreshold FaultReason = "below threshold" // their own weight is not enough, and no third record joined them
	SplitByCluster FaultReason = "split"           // their weight is enough, their clusters do not agree
	JoinedDirectly FaultReason = "direct"          // their own weight joins them
	JoinedByOthers FaultReason = "by others"       // other records of the cluster do
)

// Reason tells how the fault came about: whether blocking brings the pair together, its weight,
// and the weight that links.
func (f Fault) Reason(blocked bool, total, link Weight) FaultReason {
	switch {
	case f.False && blocked && total >= link:
		return JoinedDirectly
	case f.False:
		return JoinedByOthers
	case !blocked:
		return NotBlocked
	case total < link:
		return BelowThreshold
	}
	return SplitByCluster
}

// Surprise is how many bits the pair's own weight speaks against the truth.
func (f Fault) Surprise(total Weight) Weight {
	if f.False {
		return total
	}
	return -total
}

// Faults yields the missed pairs, then the false ones. With sides (a number per record), only pairs
// across different sides count, as in [Evaluate]. The time is that of sorting the records and of
// the faults themselves, however large clusters and entities are.
func Faults(clusters, truth, sides []int32) iter.Seq[Fault] {
	return func(yield func(Fault) bool) {
		_ = disagreements(truth, clusters, sides, false, yield) && disagreements(clusters, truth, sides, true, yield)
	}
}

// disagreements yields the pairs that one labeling joins and the other does not.
func disagreements(joined, other, sides []int32, isFalse bool, yield func(Fault) bool) bool {
	order := make([]int32, len(joined))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(cmp.Compare(joined[x], joined[y]), cmp.Compare(other[x], other[y]), cmp.Compare(x, y))
	})
	for group := range runs(order, joined) {
		for at := 0; at < len(group); {
			end := at + 1
			for end < len(group) && other[group[end]] == other[group[at]] {
				end++
			}
			if !across(group[at:end], group[end:], sides, isFalse, yield) {
				return false
			}
			at = end
		}
	}
	return true
}

// runs cuts an order into pieces of equal labels.
func runs(order, labels []int32) iter.Seq[[]int32] {
	return func(yield func([]int32) bool) {
		for at := 0; at < len(order); {
			end := at + 1
			for end < len(order) && labels[order[end]] == labels[order[at]] {
				end++
			}
			if !yield(order[at:end]) {
				return
			}
			at = end
		}
	}
}

func across(left, right, sides []int32, isFalse bool, yield func(Fault) bool) bool {
	for _, x := range left {
		for _, y := range right {
			if sides != nil && sides[x] == sides[y] {
				continue
			}
			if !yield(Fault{min(x, y), max(x, y), isFalse}) {
				return false
			}
		}
	}
	return true
}
