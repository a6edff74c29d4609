package matching

import "slices"

// Steps tells how clusters came about. A [Partition] that is given one in its [Limits] fills it;
// without one it costs nothing. Entries are named by their places.
type Steps struct {
	Equal [][]int32 // entries that are one by content alone, each list of two or more ascending
	Joins []Join    // of each cluster in the order in which it grew
	Apart []Apart   // groups with enough evidence for each other that were kept apart
}

// Join is one step: two groups became one.
type Join struct {
	Left, Right []int32 // ascending
	Total       Weight  // of the groups, by the best evidence that a pair of their records shows; 0 if decided
	Bar         Weight  // what Total had to reach: the threshold, more in a part that was too large
	Decided     bool    // by a person
}

// Apart says why two groups are not one though their evidence reaches the threshold, or, in a
// part that was too large, did before the bar rose.
type Apart struct {
	Left, Right []int32 // ascending
	Total       Weight
	Bar         Weight
	Reason      ApartReason
}

// ApartReason is what keeps two groups apart.
type ApartReason string

// The reasons.
const (
	ApartDecided ApartReason = "decided" // a person said so
	ApartVeto    ApartReason = "veto"    // each has a value of an attribute that a customer holds one of
	ApartUnique  ApartReason = "unique"  // both have records of a source without duplicates
)

// equal tells of nodes of several entries.
func (s *Steps) equal(p *partition) {
	if s == nil {
		return
	}
	for n := range int32(p.size()) {
		if members := p.members(n); len(members) > 1 {
			s.Equal = append(s.Equal, slices.Sorted(slices.Values(members)))
		}
	}
}

// told notes that groups a and b join.
func (k *contraction) told(a, b int, total Weight, decided bool) {
	s := k.limits.Steps
	if s == nil {
		return
	}
	s.Joins = append(s.Joins, Join{k.entriesIn(&k.groups[a]), k.entriesIn(&k.groups[b]), total, k.bar, decided})
}

// toldApart notes the groups that stayed apart in spite of their evidence.
func (k *contraction) toldApart() {
	s, n := k.limits.Steps, len(k.groups)
	if s == nil || len(k.total) == 0 {
		return
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			if k.groups[i].dead || k.groups[j].dead {
				continue
			}
			if total := Sum(k.prior, &k.ev[i*n+j]); total >= k.bar {
				s.Apart = append(s.Apart, Apart{k.entriesIn(&k.groups[i]), k.entriesIn(&k.groups[j]), total, k.bar, k.reason(i, j)})
			}
		}
	}
}

func (k *contraction) reason(i, j int) ApartReason {
	a, b := &k.groups[i], &k.groups[j]
	switch {
	case k.decidedApart(a, b):
		return ApartDecided
	case Vetoed(a.firm, b.firm):
		return ApartVeto
	}
	return ApartUnique
}

func (k *contraction) entriesIn(g *group) []int32 {
	nodes := make([]int32, len(g.nodes))
	for i, n := range g.nodes {
		nodes[i] = k.part.nodes[n]
	}
	return k.entriesOf(nodes)
}
