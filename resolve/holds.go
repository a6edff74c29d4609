package resolve

import (
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// splitHolds sorts what persons decided from what waits for one.
func splitHolds(decisions []customer.Decision) (persons, holds []customer.Decision) {
	for _, d := range decisions {
		if d.Kind.IsHold() {
			holds = append(holds, d)
		} else {
			persons = append(persons, d)
		}
	}
	return persons, holds
}

// partition is f with holds. Nodes, closed keys and components are those of f without them; only
// the clusters of the components that they touch are made again. So a hold costs nothing elsewhere,
// and whether it stands changes nothing about what other records meet.
func (r *Rules) partition(records []*record, decisions []customer.Decision, limits matching.Limits) matching.Result {
	persons, holds := splitHolds(decisions)
	entries, judgments := r.entries(records, persons)
	if len(holds) == 0 {
		return matching.Partition(r.Matcher, entries, judgments, limits, r.Workers)
	}
	steps := limits.Steps
	limits.Steps = nil
	result := matching.Partition(r.Matcher, entries, judgments, limits, r.Workers)
	s := &settler{rules: r, records: records, persons: persons, holds: holds, closed: closedBy(limits, &result), result: &result}
	s.stand(steps)
	return result
}

// closedBy says which keys are closed for pieces of what was partitioned.
func closedBy(limits matching.Limits, result *matching.Result) func(uint64) bool {
	if limits.Closed != nil {
		return limits.Closed
	}
	closed := make(map[uint64]bool, len(result.Closed))
	for _, c := range result.Closed {
		closed[c.Hash] = true
	}
	return func(key uint64) bool { return closed[key] }
}

// settler applies holds to the outcome of f, and finds out which ones policy wants.
type settler struct {
	rules   *Rules
	records []*record
	persons []customer.Decision
	holds   []customer.Decision // that stand before it
	closed  func(uint64) bool
	result  *matching.Result // of f without holds; in the end with them

	place map[customer.RecordID]int32
	about map[customer.RecordID][]int // decisions of persons, by record

	rows    map[customer.Code]*CodeRow
	old     map[questionKey]int64 // holds by what they ask
	used    map[int64]bool        // of these, those that a question goes on with
	ordered bool                  // a person ordered the change: only what was asked before goes on waiting
	wishes  []wish

	foreseen map[customer.RecordID]customer.Code // codes after it, where a question stands; nil if nowhere
	serial   int64                               // of the codes that were made up
}

// piece is a set of whole components, those that holds or codes tie together.
type piece struct {
	places  []int32 // ascending
	records []*record
	persons []customer.Decision
}

// stand evaluates the pieces that holds touch with the holds as they are.
func (s *settler) stand(steps *matching.Steps) {
	s.index()
	f := s.components(s.holds)
	var touched []int32
	for _, h := range s.holds {
		touched = append(touched, placesOf(s.place, slices.Concat(h.Left, h.Right))...)
	}
	if steps != nil { // told of everything, in the places of all records
		all := s.piece(slices.Values(s.allPlaces()))
		s.patch(&all, s.evaluate(&all, s.holds, steps), f)
		return
	}
	for _, p := range s.pieces(f, touched) {
		s.patch(&p, s.evaluate(&p, s.holds, nil), f)
	}
}

func (s *settler) allPlaces() []int32 {
	out := make([]int32, len(s.records))
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// components joins places by component and by the holds that keep records together.
func (s *settler) components(holds []customer.Decision) *matching.Forest {
	f := matching.NewForest(len(s.records))
	for i := range s.records {
		f.Union(int32(i), s.result.Component[i])
	}
	for _, h := range holds {
		if h.Kind != customer.HoldTogether {
			continue
		}
		named := placesOf(s.place, slices.Concat(h.Left, h.Right))
		for _, at := range named[min(1, len(named)):] {
			f.Union(named[0], at)
		}
	}
	return f
}

func (s *settler) index() {
	s.place = make(map[customer.RecordID]int32, len(s.records))
	for i, rec := range s.records {
		s.place[rec.ID] = int32(i)
	}
	s.about = map[customer.RecordID][]int{}
	for i, d := range s.persons {
		for _, id := range slices.Concat(d.Left, d.Right) {
			s.about[id] = append(s.about[id], i)
		}
	}
}

// pieces gathers the trees of f that hold any of the touched places.
func (s *settler) pieces(f *matching.Forest, touched []int32) []piece {
	trees := map[int32][]int32{}
	for _, at := range touched {
		trees[f.Find(at)] = nil
	}
	if len(trees) == 0 {
		return nil
	}
	for i := range s.records {
		root := f.Find(int32(i))
		if list, is := trees[root]; is {
			trees[root] = append(list, int32(i))
		}
	}
	out := make([]piece, 0, len(trees))
	for _, root := range slices.Sorted(maps.Keys(trees)) {
		out = append(out, s.piece(slices.Values(trees[root])))
	}
	return out
}

func (s *settler) piece(places func(func(int32) bool)) piece {
	var p piece
	named := map[int]bool{}
	for at := range places {
		p.places = append(p.places, at)
		p.records = append(p.records, s.records[at])
		for _, d := range s.about[s.records[at].ID] {
			named[d] = true
		}
	}
	for _, d := range slices.Sorted(maps.Keys(named)) {
		p.persons = append(p.persons, s.persons[d])
	}
	return p
}

// evaluate is f over a piece with holds.
func (s *settler) evaluate(p *piece, holds []customer.Decision, steps *matching.Steps) matching.Result {
	entries, judgments := s.rules.entries(p.records, p.persons)
	place := make(map[customer.RecordID]int32, len(p.records))
	for i, rec := range p.records {
		place[rec.ID] = int32(i)
	}
	for _, h := range holds {
		kind := customer.Different
		if h.Kind == customer.HoldTogether {
			kind = customer.Same
		}
		j := matching.Judgment{Kind: kind, Left: placesOf(place, h.Left), Right: placesOf(place, h.Right)}
		judgments = append(judgments, j)
	}
	sides(entries, judgments[len(judgments)-len(holds):])
	limits := s.rules.limits()
	limits.Closed, limits.Steps = s.closed, steps
	return matching.Partition(s.rules.Matcher, entries, judgments, limits, 1)
}

// patch writes the clusters of a piece into the whole; components are those of f without holds, but
// for what holds keep together.
func (s *settler) patch(p *piece, part matching.Result, f *matching.Forest) {
	least := map[int32]int32{}
	for i, at := range p.places {
		s.result.Cluster[at] = p.places[part.Cluster[i]]
		root := f.Find(at)
		if _, known := least[root]; !known {
			least[root] = at
		}
		s.result.Component[at] = least[root]
	}
}
