package resolve

import (
	"cmp"
	"slices"

	"kartoteka/matching"
)

// doubts puts what is doubtful in the pieces, given their holds, in place of what was without them: a
// pair may be one customer but for a hold, a weak join may not take place, and records of equal content
// may be several customers.
func (s *settler) doubts(pieces []piece, parts []matching.Result) {
	of := make([]int32, len(s.records)) // 1 + piece
	for i := range pieces {
		for _, at := range pieces[i].places {
			of[at] = int32(i + 1)
		}
	}
	r := s.result
	r.Doubtful = s.outward(r.Doubtful, of)
	r.Weak = slices.DeleteFunc(r.Weak, func(w matching.Weak) bool { return of[w.Left[0]] != 0 })
	r.Oversized = slices.DeleteFunc(r.Oversized, func(heap []int32) bool { return of[heap[0]] != 0 })
	for i := range pieces {
		at := pieces[i].places
		for _, d := range parts[i].Doubtful {
			r.Doubtful = append(r.Doubtful, matching.Doubtful{A: at[d.A], B: at[d.B], Total: d.Total})
		}
		for _, w := range parts[i].Weak {
			r.Weak = append(r.Weak, matching.Weak{Left: chosen(at, w.Left), Right: chosen(at, w.Right), Total: w.Total, Bar: w.Bar})
		}
		for _, heap := range parts[i].Oversized {
			r.Oversized = append(r.Oversized, chosen(at, heap))
		}
	}
	slices.SortFunc(r.Doubtful, func(x, y matching.Doubtful) int {
		return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
}

// outward keeps the pairs that are not within one piece, for each customer that has their contents.
func (s *settler) outward(list []matching.Doubtful, of []int32) (out []matching.Doubtful) {
	var equal map[[16]byte][]int32 // one record of each cluster
	twins := func(at int32) []int32 {
		if of[at] == 0 {
			return []int32{at}
		}
		if equal == nil {
			equal = s.equal(of)
		}
		return equal[s.records[at].item.Content]
	}
	for _, d := range list {
		switch {
		case of[d.A] == 0 && of[d.B] == 0:
			out = append(out, d)
		case of[d.A] != of[d.B]:
			for _, a := range twins(d.A) {
				for _, b := range twins(d.B) {
					out = append(out, matching.Doubtful{A: a, B: b, Total: d.Total})
				}
			}
		}
	}
	return out
}

// equal lists the contents in pieces, with the first record that each cluster has of them.
func (s *settler) equal(of []int32) map[[16]byte][]int32 {
	out := map[[16]byte][]int32{}
	for i, rec := range s.records {
		if of[i] == 0 {
			continue
		}
		list := out[rec.item.Content]
		if !slices.ContainsFunc(list, func(at int32) bool { return s.result.Cluster[at] == s.result.Cluster[i] }) {
			out[rec.item.Content] = append(list, int32(i))
		}
	}
	return out
}

func chosen(list, places []int32) []int32 {
	out := make([]int32, len(places))
	for i, at := range places {
		out[i] = list[at]
	}
	return out
}
