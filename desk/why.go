package desk

import (
	"context"
	"fmt"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
)

// Why is the explanation of the strongest pair of two customers or records.
type Why struct {
	A         WhyRecord  `json:"a"`
	B         WhyRecord  `json:"b"`
	SameCode  bool       `json:"same_code"`
	Decisions []Decision `json:"decisions,omitempty"` // that name both sides
	// Weakest is the weakest link of the strongest chain of records that holds both in one
	// code, if the pair itself does not; hundredths of a bit.
	Weakest *matching.Weight `json:"weakest,omitempty"`
	Pair    *matching.Why    `json:"pair,omitempty"`  // nil if the kinds differ
	Model   string           `json:"model,omitempty"` // the ruleset, whose numbers these are
}

// WhyRecord names a record of a pair.
type WhyRecord struct {
	Source customer.Source   `json:"source"`
	Key    string            `json:"key"`
	Record customer.RecordID `json:"record"`
	Kind   customer.Kind     `json:"kind"`
	Code   customer.Code     `json:"code,omitzero"`
}

// whyMembers bounds the records of a code that are looked at.
const whyMembers = 300

// weighed is a record ready to be compared.
type weighed struct {
	resolve.Record
	item *matching.Item
}

func bits(w matching.Weight) float64 { return float64(w) / 100 }

// Why explains why two source records are, or are not, one customer; of codes the two records with the
// most evidence for each other.
func (d *Desk) Why(ctx context.Context, a, b resolve.Who) (*Why, error) {
	w := &Why{}
	err := d.explain(ctx, access.ReadHistory, func(s *sight) error {
		left, err := s.members(a)
		if err != nil {
			return err
		}
		right, err := s.members(b)
		if err != nil {
			return err
		}
		return w.read(s, left, right)
	})
	return shown(ctx, d, w, err, access.ReadHistory, func(w *Why) []customer.Code { return []customer.Code{w.A.Code, w.B.Code} })
}

func (w *Why) read(s *sight, left, right []weighed) error {
	m := s.rules.Matcher
	a, b := strongest(m, left, right)
	if a == nil {
		return invalid("both name one record; name two")
	}
	w.A, w.B, w.Model = s.whyRecord(a), s.whyRecord(b), s.rules.Hash
	w.SameCode = a.Code != 0 && a.Code == b.Code
	if a.item.Kind != b.item.Kind {
		return nil
	}
	why := m.ExplainWritten(a.item, b.item, a.Standard, b.Standard)
	same := why.Same()
	s.maskWhy(&why)
	w.Pair = &why
	if err := w.findDecisions(s, left, right); err != nil {
		return err
	}
	if w.SameCode && !same {
		return w.findChain(s, a, b)
	}
	return nil
}

func (s *sight) whyRecord(w *weighed) WhyRecord {
	r := WhyRecord{w.Ref.Source, w.Ref.Key, w.ID, w.item.Kind, w.Code}
	if !s.view.Shows(access.Members) {
		r.Source, r.Key = "", ""
	}
	return r
}

// members gives the record, or the records of the code, that somebody is named by.
func (s *sight) members(who resolve.Who) ([]weighed, error) {
	var records []resolve.Record
	row, err := s.record(who)
	switch {
	case err != nil:
		return nil, err
	case row != nil:
		records, err = s.tx.Records(s.ctx, []customer.RecordID{row.ID})
	default:
		if _, err = s.tx.CodeAt(s.ctx, who.Code); err == nil {
			err = s.sees(who.Code)
		}
		if err == nil {
			records, err = s.tx.StandardsOf(s.ctx, []customer.Code{who.Code}, whyMembers)
		}
	}
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("%s has no live record: %w; kartoteka show tells what became of it", name(who), store.ErrUnknown)
	}
	return s.weigh(records)
}

// weigh makes the items, generic values marked as the hub knows them.
func (s *sight) weigh(records []resolve.Record) ([]weighed, error) {
	out := make([]weighed, len(records))
	var shared []uint64
	for i := range records {
		out[i] = weighed{records[i], s.rules.Matcher.Item(records[i].Standard)}
		for _, x := range out[i].item.Shared {
			shared = append(shared, x.Key)
		}
	}
	generic, err := s.tx.Generic(s.ctx, shared)
	for i := range out {
		matching.MarkGeneric(out[i].item, func(k uint64) bool { return generic[k] })
	}
	return out, err
}

// strongest finds the pair with the most evidence; nil if the sides are one record.
func strongest(m *matching.Ruleset, left, right []weighed) (a, b *weighed) {
	var best matching.Weight
	var ev matching.Evidence
	for i := range left {
		for j := range right {
			x, y := &left[i], &right[j]
			if x.ID == y.ID {
				continue
			}
			if x.item.Kind != y.item.Kind {
				if a == nil {
					a, b, best = x, y, -1<<30
				}
				continue
			}
			m.Compare(x.item, y.item, &ev)
			if total := m.Total(x.item.Kind, &ev); a == nil || total > best {
				a, b, best = x, y, total
			}
		}
	}
	return a, b
}

// findDecisions lists the active decisions with records of both sides.
func (w *Why) findDecisions(s *sight, left, right []weighed) error {
	one, two := map[customer.RecordID]bool{}, map[customer.RecordID]bool{}
	var ids []customer.RecordID
	for i := range left {
		one[left[i].ID] = true
		ids = append(ids, left[i].ID)
	}
	for i := range right {
		two[right[i].ID] = true
	}
	decisions, err := s.tx.Decisions(s.ctx, ids)
	for _, d := range decisions {
		if concerns(d, one) && concerns(d, two) {
			w.Decisions = append(w.Decisions, decision(d))
		}
	}
	return err
}

// concerns reports whether a decision names one of the records.
func concerns(d customer.Decision, ids map[customer.RecordID]bool) bool {
	for _, list := range [][]customer.RecordID{d.Left, d.Right} {
		for _, id := range list {
			if ids[id] {
				return true
			}
		}
	}
	return false
}
