package desk

import (
	"context"
	"fmt"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/standardize"
)

// Supposition is what is supposed of the first of two records.
type Supposition struct {
	Set   []string `json:"set,omitempty"`   // ATTRIBUTE=VALUE, as a person would write it, instead of its own
	Unset []string `json:"unset,omitempty"` // attributes of which it had no value
}

// WhatIf compares a pair as it is and as supposed.
type WhatIf struct {
	A       WhyRecord       `json:"a,omitzero"`
	B       WhyRecord       `json:"b,omitzero"`
	Changes []Supposed      `json:"changes,omitempty"`
	Before  matching.Why    `json:"before"`
	After   matching.Why    `json:"after"`
	Turns   bool            `json:"turns"`
	Flips   []matching.Flip `json:"flips"` // of the pair as supposed
}

// Supposed is one attribute as it is and as supposed, in standard form.
type Supposed struct {
	Attribute string   `json:"attribute"`
	Before    []string `json:"before"`
	After     []string `json:"after"`
}

// WhatIf tells what would become of the verdict on two records if one of them said something else, and,
// for each attribute, the smallest single change that would turn it. It changes nothing. What the subject
// sees by a hint only it cannot suppose: the verdict would tell whether a guess is right.
func (d *Desk) WhatIf(ctx context.Context, a, b resolve.Who, c Supposition) (*WhatIf, error) {
	w := &WhatIf{}
	return w, d.explain(ctx, access.ReadHistory, func(s *sight) error {
		left, err := s.members(a)
		if err != nil {
			return err
		}
		right, err := s.members(b)
		if err != nil {
			return err
		}
		return w.read(s, c, left, right)
	})
}

func (w *WhatIf) read(s *sight, c Supposition, left, right []weighed) error {
	a, b := strongest(s.rules.Matcher, left, right)
	if a == nil {
		return invalid("both name one record; name two")
	}
	if a.item.Kind != b.item.Kind {
		return fmt.Errorf("%w: one is about %s, the other about %s", ErrKinds, a.item.Kind.An(), b.item.Kind.An())
	}
	w.A, w.B = s.whyRecord(a), s.whyRecord(b)
	if err := s.supposer().Compare(w, c, Known{a.Standard, a.item}, Known{b.Standard, b.item}); err != nil {
		return err
	}
	s.maskWhy(&w.Before)
	s.maskWhy(&w.After)
	return nil
}

// supposer supposes things of records of the hub.
func (s *sight) supposer() *Supposer {
	return &Supposer{Matcher: s.rules.Matcher, Portrait: s.rules.Portrait, Standardizer: standardize.New(s.rules.Portrait, s.rules.Company),
		Open: func(kind customer.Kind, attribute string) bool { return s.view.Of(kind, attribute) == access.Whole },
		Generic: func(shared []matching.Shared) (func(uint64) bool, error) {
			keys := make([]uint64, len(shared))
			for i := range shared {
				keys[i] = shared[i].Key
			}
			generic, err := s.tx.Generic(s.ctx, keys)
			return func(k uint64) bool { return generic[k] }, err
		}}
}
