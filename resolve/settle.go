package resolve

import (
	"cmp"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// question is a change of codes that policy wants a person to approve.
type question struct {
	kind   customer.DecisionKind // of the hold
	codes  [2]customer.Code      // before it; of a split the first only
	parts  [][]customer.RecordID // that would join, or that would part
	weight matching.Weight       // of the evidence that the parts are one customer
	old    int64                 // the hold, if it was there before
}

// hold is the question as an argument of f: of a split, the part that keeps the code stands left.
func (q *question) hold() customer.Decision {
	return customer.Decision{ID: q.old, Kind: q.kind, Left: q.parts[0], Right: slices.Concat(q.parts[1:]...)}
}

// key identifies a question: the codes that would join, or the one that would part.
type questionKey struct {
	kind  customer.DecisionKind
	codes [2]customer.Code
}

func (q *question) key() questionKey { return questionKey{q.kind, q.codes} }

// settle finds the changes of codes that policy wants a person to approve, holds them, and leaves in
// the result who is who until then. It starts from nothing each time: f without holds, what that
// would do to the codes that exist, holds for what is to be asked, f with these, and so on until
// nothing unasked happens. What the holds of before are about and does not come up again has
// disappeared. Each round asks something new about finitely many codes, so it ends.
func (s *settler) settle(op Operation, load func([]customer.Code) (map[customer.Code]*CodeRow, error)) ([]question, error) {
	s.index()
	pieces := s.pieces(s.families(), s.troubled())
	if err := s.know(pieces, load); err != nil || len(pieces) == 0 {
		return nil, err
	}
	s.ordered = ordered(op)
	var asked []question
	var holds []customer.Decision
	parts := make([]matching.Result, len(pieces))
	for i := range pieces {
		stood, part := s.lasting(&pieces[i])
		parts[i] = part
		for j := range stood {
			holds = append(holds, stood[j].hold())
		}
		asked = append(asked, stood...)
	}
	f := s.components(holds)
	for i := range pieces {
		s.patch(&pieces[i], parts[i], f)
	}
	s.doubts(pieces, parts)
	return asked, nil
}

// know loads the codes of the pieces.
func (s *settler) know(pieces []piece, load func([]customer.Code) (map[customer.Code]*CodeRow, error)) (err error) {
	codes := map[customer.Code]bool{}
	for i := range pieces {
		for _, rec := range pieces[i].records {
			codes[rec.Code], codes[rec.Home] = true, true
		}
	}
	delete(codes, 0)
	if len(codes) > 0 {
		s.rows, err = load(slices.Sorted(maps.Keys(codes)))
	}
	return err
}

// families joins places by component and by code.
func (s *settler) families() *matching.Forest {
	f := s.components(nil)
	holder := map[customer.Code]int32{}
	for i, rec := range s.records {
		if rec.Code == 0 {
			continue
		}
		if first, known := holder[rec.Code]; known {
			f.Union(int32(i), first)
		} else {
			holder[rec.Code] = int32(i)
		}
	}
	return f
}

// oldHolds lists the holds that stand, by what they ask now; of two that came to ask the same, the older.
func (s *settler) oldHolds() map[questionKey]int64 {
	old := map[questionKey]int64{}
	for _, h := range s.holds {
		left, right := s.codeOf(h.Left), s.codeOf(h.Right)
		key := questionKey{h.Kind, [2]customer.Code{min(left, right), max(left, right)}}
		if h.Kind == customer.HoldTogether {
			key.codes = [2]customer.Code{cmp.Or(left, right)}
		}
		if id, known := old[key]; !known || h.ID < id {
			old[key] = h.ID
		}
	}
	return old
}

// codeOf is the code of the first record that is still live.
func (s *settler) codeOf(ids []customer.RecordID) customer.Code {
	for _, at := range placesOf(s.place, ids) {
		if code := s.records[at].Code; code != 0 {
			return code
		}
	}
	return 0
}

// troubled lists records by which a code would part or codes would join.
func (s *settler) troubled() []int32 {
	var out []int32
	cluster, code := map[customer.Code]int32{}, map[int32]customer.Code{}
	for i, rec := range s.records {
		if rec.Code == 0 {
			continue
		}
		c := s.result.Cluster[i]
		first, known := cluster[rec.Code]
		if !known {
			cluster[rec.Code], first = c, c
		}
		if code[c] == 0 {
			code[c] = rec.Code
		}
		if first != c || code[c] != rec.Code {
			out = append(out, int32(i))
		}
	}
	return out
}

// fixpoint asks, holds and evaluates a piece until nothing unasked happens to the codes that there are.
func (s *settler) fixpoint(p *piece) ([]question, matching.Result) {
	var stood []question
	var holds []customer.Decision
	s.old, s.used = s.oldHolds(), map[int64]bool{}
	for {
		var steps matching.Steps
		result := s.evaluate(p, holds, &steps)
		v := s.view(p, result, &steps)
		more := v.splits(stood)
		if len(more) == 0 {
			more = v.joins(stood)
		}
		if len(more) == 0 {
			return stood, result
		}
		for i := range more {
			holds = append(holds, more[i].hold())
		}
		stood = append(stood, more...)
	}
}

// asks reports whether a person is to be asked, and finds the hold that asks already: about the same
// codes, or, if there is none, about others that come to the same.
func (s *settler) asks(bar Bar, q *question, evidence matching.Weight, others []questionKey) bool {
	id, known := s.old[q.key()]
	for i := 0; i < len(others) && !known; i++ {
		id, known = s.old[others[i]]
	}
	if s.ordered && !known || !s.ordered && !bar.asks(evidence) {
		return false
	}
	if known && !s.used[id] {
		q.old, s.used[id] = id, true
	}
	return true
}

// stands reports whether a question stands already.
func stands(stood []question, key questionKey) bool {
	return slices.ContainsFunc(stood, func(q question) bool { return q.key() == key })
}
