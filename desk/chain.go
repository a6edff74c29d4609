package desk

import (
	"kartoteka/customer"
	"kartoteka/matching"
)

// findChain finds the chain of records of the code that holds both best, and its weakest link.
func (w *Why) findChain(s *sight, a, b *weighed) error {
	records, err := s.tx.StandardsOf(s.ctx, []customer.Code{a.Code}, whyMembers)
	if err != nil {
		return err
	}
	members, err := s.weigh(records)
	if err != nil {
		return err
	}
	if link, found := widest(s.rules.Matcher, members, a.ID, b.ID); found {
		w.Weakest = &link
	}
	return nil
}

// widest is Prim's walk from one record to another over the strongest pairs first: the
// weakest pair on the way is the strongest possible.
func widest(m *matching.Ruleset, members []weighed, from, to customer.RecordID) (link matching.Weight, found bool) {
	const unreached = -1 << 30
	reach := make([]matching.Weight, len(members))
	done := make([]bool, len(members))
	for i := range members {
		reach[i] = unreached
		if members[i].ID == from {
			reach[i] = 1 << 30
		}
	}
	var ev matching.Evidence
	for range members {
		at := -1
		for i := range members {
			if !done[i] && (at < 0 || reach[i] > reach[at]) {
				at = i
			}
		}
		if reach[at] == unreached {
			return 0, false
		}
		if members[at].ID == to {
			return reach[at], true
		}
		done[at] = true
		for i := range members {
			if !done[i] && members[i].item.Kind == members[at].item.Kind {
				m.Compare(members[at].item, members[i].item, &ev)
				reach[i] = max(reach[i], min(reach[at], m.Total(members[i].item.Kind, &ev)))
			}
		}
	}
	return 0, false
}
