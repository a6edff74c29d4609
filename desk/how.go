package desk

import (
	"context"
	"fmt"
	"slices"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
)

// How is the way in which records became one customer.
type How struct {
	Code    customer.Code `json:"code,omitzero"`
	Kind    customer.Kind `json:"kind,omitempty"`
	Asked   string        `json:"asked"`
	Members int           `json:"members"`
	Steps   []HowStep     `json:"steps"`
	Weakest int           `json:"weakest,omitempty"` // place of the weakest join in steps, from 1; 0: there is none
	Apart   []HowApart    `json:"apart,omitempty"`
	// Stale says that the members, computed again now, do not make one customer.
	Stale bool `json:"stale,omitempty"`
}

// HowStep is a set of equal records (Right empty), or two groups that became one.
type HowStep struct {
	Left    []string         `json:"left"`
	Right   []string         `json:"right,omitempty"`
	Decided bool             `json:"decided,omitempty"`
	Total   *matching.Weight `json:"total,omitempty"` // hundredths of a bit, as Needed
	Needed  *matching.Weight `json:"needed,omitempty"`
	A       string           `json:"a,omitempty"` // the two records with the most evidence for each other
	B       string           `json:"b,omitempty"`
	Pair    *matching.Why    `json:"pair,omitempty"`
}

// HowApart is a group that stayed apart.
type HowApart struct {
	Others []string             `json:"others"`
	Code   customer.Code        `json:"code,omitzero"` // their code
	Total  matching.Weight      `json:"total"`
	Reason matching.ApartReason `json:"reason"`
	Vetoes []string             `json:"vetoes,omitempty"`
}

// How tells how a customer came about: which groups of records joined at which evidence, in order, the
// weakest link, and what was kept apart in spite of its evidence.
func (d *Desk) How(ctx context.Context, who resolve.Who) (how *How, err error) {
	err = d.explain(ctx, access.ReadHistory, func(s *sight) error {
		x, code, err := s.replay(who)
		if err != nil {
			return err
		}
		how = teller(s.rules.Matcher, x, code).Tell(&x.Steps, x.Result.Cluster)
		how.Asked, how.Code = asked(who), code
		return s.maskHow(how)
	})
	return shown(ctx, d, how, err, access.ReadHistory, func(h *How) []customer.Code { return only(h.Code) })
}

// replay evaluates the component of an active code once more.
func (s *sight) replay(who resolve.Who) (*resolve.Replayed, customer.Code, error) {
	code, err := s.code(who)
	if err != nil {
		return nil, 0, err
	}
	row, err := s.tx.CodeAt(s.ctx, code)
	if err != nil {
		return nil, 0, err
	}
	if row.State != customer.CodeActive {
		return nil, 0, fmt.Errorf("%s is %s: %w; kartoteka show tells where it leads", name(who), row.State, ErrUnknown)
	}
	x, err := resolve.Replay(s.ctx, s.rules.Resolve, s.tx, row.Component)
	return x, code, err
}

func teller(m *matching.Ruleset, x *resolve.Replayed, code customer.Code) *Teller {
	t := &Teller{Matcher: m, Members: map[int32]bool{},
		Item:    func(i int32) *matching.Item { return x.Items[i] },
		Written: func(i int32) *customer.Standard { return x.Records[i].Standard },
		Name:    func(i int32) string { return x.Records[i].Ref.String() },
		Code:    func(i int32) customer.Code { return x.Records[i].Code }}
	for i := range x.Records {
		if x.Records[i].Code == code {
			t.Members[int32(i)] = true
		}
	}
	return t
}

// maskHow hides what the subject does not see: values, keys, and the groups of customers that are
// none of its.
func (s *sight) maskHow(h *How) error {
	for i := range h.Steps {
		s.maskWhy(h.Steps[i].Pair)
	}
	if s.bounded() {
		var codes []customer.Code
		for i := range h.Apart {
			codes = append(codes, h.Apart[i].Code)
		}
		seen, err := s.visible(codes)
		if err != nil {
			return err
		}
		h.Apart = slices.DeleteFunc(h.Apart, func(a HowApart) bool { return !seen[a.Code] })
	}
	if s.view.Shows(access.Members) {
		return nil
	}
	for i := range h.Steps {
		x := &h.Steps[i]
		x.Left, x.Right, x.A, x.B = hideEach(x.Left), hideEach(x.Right), hideAll(x.A), hideAll(x.B)
	}
	for i := range h.Apart {
		h.Apart[i].Others = hideEach(h.Apart[i].Others)
	}
	return nil
}

func hideEach(list []string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = access.Hidden
	}
	return out
}
