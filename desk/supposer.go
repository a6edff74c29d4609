package desk

import (
	"strings"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/standardize"
)

// Supposer supposes things of records of one ruleset.
type Supposer struct {
	Matcher      *matching.Ruleset
	Portrait     *customer.Portrait
	Standardizer *standardize.Standardizer
	// Generic tells which shared values weigh nothing.
	Generic func(shared []matching.Shared) (func(uint64) bool, error)
	// Open, if not nil, tells of which attributes something may be supposed.
	Open func(kind customer.Kind, attribute string) bool
}

// Known is a record ready to be compared.
type Known struct {
	Standard *customer.Standard
	Item     *matching.Item
}

// Compare fills the result.
func (s *Supposer) Compare(r *WhatIf, c Supposition, a, b Known) error {
	r.Before = s.Matcher.ExplainWritten(a.Item, b.Item, a.Standard, b.Standard)
	changed, err := s.change(r, c, a.Standard)
	if err != nil {
		return err
	}
	after := Known{changed, s.Matcher.Item(changed)}
	generic, err := s.Generic(after.Item.Shared)
	if err != nil {
		return err
	}
	matching.MarkGeneric(after.Item, generic)
	r.After = s.Matcher.ExplainWritten(after.Item, b.Item, after.Standard, b.Standard)
	r.Turns = r.Before.Same() != r.After.Same()
	r.Flips = s.Matcher.Flips(after.Item, b.Item)
	return nil
}

// change gives the record as supposed.
func (s *Supposer) change(r *WhatIf, c Supposition, now *customer.Standard) (*customer.Standard, error) {
	mapped := customer.Mapped{Kind: now.Kind}
	touched := map[customer.AttributeID]bool{}
	for _, text := range c.Set {
		name, value, is := strings.Cut(text, "=")
		if !is || strings.TrimSpace(value) == "" {
			return nil, invalid("write --set ATTRIBUTE=VALUE; to take a value away, --unset ATTRIBUTE")
		}
		id, err := s.attribute(now.Kind, name)
		if err != nil {
			return nil, err
		}
		touched[id] = true
		mapped.Values = append(mapped.Values, customer.RawValue{Attribute: id, Text: value})
	}
	for _, name := range c.Unset {
		id, err := s.attribute(now.Kind, name)
		if err != nil {
			return nil, err
		}
		touched[id] = true
	}
	return s.supposed(r, now, &mapped, touched), nil
}

// supposed is the record with the touched attributes replaced.
func (s *Supposer) supposed(r *WhatIf, now *customer.Standard, mapped *customer.Mapped, touched map[customer.AttributeID]bool) *customer.Standard {
	fresh, _ := s.Standardizer.Row(mapped)
	out := *now
	out.Values = nil
	for i := range s.Portrait.Attributes {
		id := customer.AttributeID(i)
		before, after := now.Of(id), now.Of(id)
		if touched[id] {
			after = fresh.Of(id)
			r.Changes = append(r.Changes, Supposed{s.Portrait.Attributes[i].Name, standardTexts(before), standardTexts(after)})
		}
		out.Values = append(out.Values, after...)
	}
	return &out
}

// standardTexts shows values in standard form, those that have none as they are written.
func standardTexts(values []customer.Value) []string {
	out := []string{}
	for i := range values {
		text := values[i].Standard
		if text == "" {
			text = values[i].Raw
		}
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (s *Supposer) attribute(kind customer.Kind, name string) (customer.AttributeID, error) {
	name = strings.TrimSpace(name)
	id, is := s.Portrait.Lookup(kind, name)
	if is && !s.Portrait.Attribute(id).Type.IsFact() && s.open(kind, name) {
		return id, nil
	}
	var names []string
	for _, a := range s.Portrait.Of(kind) {
		if !a.Type.IsFact() && s.open(kind, a.Name) {
			names = append(names, a.Name)
		}
	}
	return 0, invalid("%s has no attribute of this name; it has %s", kind.An(), strings.Join(names, ", "))
}

func (s *Supposer) open(kind customer.Kind, attribute string) bool {
	return s.Open == nil || s.Open(kind, attribute)
}
