package resolve

import (
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// maxRounds bounds how often the questions of a piece are put anew to the codes that they leave.
const maxRounds = 8

// firstForeseen is the first of the codes that stand for those that will be given: beyond all that can
// be, and that a sketch makes up.
const firstForeseen = 2 * firstSketched

// lasting is the fixpoint of a piece in the codes that it leads to. What happens without being asked
// about changes codes, and what is asked about a code names all its records: so the questions are put
// again to the codes as they will be, until these stay. Evaluating the same again then asks the same,
// whatever was landed together. A person's order is carried out first; to what waits besides, the
// bars of policy apply.
func (s *settler) lasting(p *piece) ([]question, matching.Result) {
	ordered, wishes := s.ordered, s.wishes
	defer func() { s.ordered, s.wishes = ordered, wishes }()
	for round := 1; ; round++ {
		stood, result := s.fixpoint(p)
		if len(stood) == 0 && round == 1 {
			return nil, result // codes simply follow
		}
		if changed := s.advance(p, result); len(stood) == 0 || !changed && !s.ordered || round == maxRounds {
			return stood, result
		}
		s.ordered, s.wishes = false, nil
	}
}

// advance gives the records of a piece the codes that an outcome leads to, in copies, and reports
// whether any gets another one.
func (s *settler) advance(p *piece, result matching.Result) bool {
	if s.foreseen == nil {
		s.foreseen, s.rows, s.records = map[customer.RecordID]customer.Code{}, maps.Clone(s.rows), slices.Clone(s.records)
	}
	clusters := clustersOf(p.records, result)
	f := follower{rules: s.rules, codes: s.rows, decisions: p.persons, wishes: s.wishes, mint: s.foresee}
	_ = f.assign(clusters) // minting is all that can fail
	s.turnStates(p, clusters)
	changed := false
	for i := range clusters {
		for _, rec := range clusters[i].members {
			s.foreseen[rec.ID] = clusters[i].code
			if rec.Code == clusters[i].code {
				continue
			}
			changed = true
			after := *rec
			if after.Code = clusters[i].code; after.Home == 0 {
				after.Home = after.Code
			}
			s.records[s.place[rec.ID]] = &after
		}
	}
	for i, at := range p.places {
		p.records[i] = s.records[at]
	}
	return changed
}

// turnStates notes which codes of a piece are active with these clusters, in copies of their rows.
func (s *settler) turnStates(p *piece, clusters []cluster) {
	states := map[customer.Code]customer.CodeState{}
	for _, rec := range p.records {
		states[rec.Code] = customer.CodeRetired
	}
	for i := range clusters {
		states[clusters[i].code] = customer.CodeActive
	}
	for code, state := range states {
		if row := s.rows[code]; row != nil {
			now := *row
			now.State, now.Successor = state, 0
			s.rows[code] = &now
		}
	}
}

// foresee makes codes up.
func (s *settler) foresee(n int) ([]Minted, error) {
	out := make([]Minted, n)
	for i := range out {
		out[i] = Minted{Code: customer.Code(firstForeseen + s.serial), Serial: firstForeseen + s.serial}
		s.serial++
	}
	return out, nil
}

// foresee gives clusters the codes that were settled on when their questions were.
func (f *follower) foresee(clusters []cluster, taken map[customer.Code]bool) {
	if len(f.foreseen) == 0 {
		return
	}
	for i := range clusters {
		c := &clusters[i]
		code := f.foreseen[c.members[0].ID]
		if code == 0 {
			continue
		}
		c.code, taken[code] = code, true
		if row := f.codes[code]; row != nil && row.State != customer.CodeActive {
			c.kind = customer.Restored
		}
	}
}
