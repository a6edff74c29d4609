package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/standardize"
	"kartoteka/store"
)

// supposition is what is supposed of the first of two records.
type supposition struct {
	Set   []string `sep:"none" placeholder:"ATTRIBUTE=VALUE" help:"Suppose that A had this value, as a person would write it, instead of its own; may repeat."`
	Unset []string `placeholder:"ATTRIBUTE" help:"Suppose that A had no such value; may repeat."`
	Lang  string   `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the explanation: en, ru or uk."`
}

type whatifCommand struct {
	A string `arg:"" placeholder:"A" help:"A code or SOURCE/KEY; what is supposed is about it."`
	B string `arg:"" placeholder:"B" help:"The other code or SOURCE/KEY."`
	supposition
}

func (*whatifCommand) Help() string {
	return `Tells what would become of the verdict on two records if one of them said something else, and, for each
attribute, the smallest single change that would turn the verdict. Changes nothing. Of codes it takes the
two records with the most evidence for each other.

Example:

    $ kartoteka whatif crm/1042 billing/77
    $ kartoteka whatif crm/1042 billing/77 --set "birth_date=12.04.1985" --unset email --lang ru`
}

// whatifResult compares a pair as it is and as supposed.
type whatifResult struct {
	A       whyRecord       `json:"a,omitzero"`
	B       whyRecord       `json:"b,omitzero"`
	Changes []supposed      `json:"changes,omitempty"`
	Before  matching.Why    `json:"before"`
	After   matching.Why    `json:"after"`
	Turns   bool            `json:"turns"`
	Flips   []matching.Flip `json:"flips"` // of the pair as supposed
}

// supposed is one attribute as it is and as supposed, in standard form.
type supposed struct {
	Attribute string   `json:"attribute"`
	Before    []string `json:"before"`
	After     []string `json:"after"`
}

// supposer supposes things of records of one ruleset.
type supposer struct {
	matcher  *matching.Ruleset
	portrait *customer.Portrait
	z        *standardize.Standardizer
	generic  func(shared []matching.Shared) (func(uint64) bool, error)
}

// known is a record ready to be compared.
type known struct {
	standard *customer.Standard
	item     *matching.Item
}

func (c *whatifCommand) run(ctx context.Context, a *app) (output, error) {
	r := &whatifResult{}
	return a.aboutTwo(ctx, c.A, c.B,
		func(h *hub, tx *store.Tx, who []reference) error { return c.suppose(ctx, h, tx, who, r) },
		func(h *hub) output { return r.output(c.Lang, h.rules.conf.Portrait) })
}

func (c *whatifCommand) suppose(ctx context.Context, h *hub, tx *store.Tx, who []reference, r *whatifResult) error {
	left, err := membersNamed(ctx, tx, h.rules.matcher, &who[0])
	if err != nil {
		return err
	}
	right, err := membersNamed(ctx, tx, h.rules.matcher, &who[1])
	if err != nil {
		return err
	}
	a, b := strongest(h.rules.matcher, left, right)
	if a == nil {
		return fmt.Errorf("%w: both name one record; name two", errUsage)
	}
	if a.item.Kind != b.item.Kind {
		return fmt.Errorf("%w: one is about a %s, the other about a %s; kinds are never compared", errInput, a.item.Kind, b.item.Kind)
	}
	r.A, r.B = whyRecordOf(a), whyRecordOf(b)
	s := &supposer{h.rules.matcher, h.rules.conf.Portrait, standardize.New(h.rules.conf.Portrait, h.rules.company),
		func(shared []matching.Shared) (func(uint64) bool, error) {
			keys := make([]uint64, len(shared))
			for i := range shared {
				keys[i] = shared[i].Key
			}
			generic, err := tx.Generic(ctx, keys)
			return func(k uint64) bool { return generic[k] }, err
		}}
	return s.compare(r, &c.supposition, known{a.Standard, a.item}, known{b.Standard, b.item})
}

// compare fills the result.
func (s *supposer) compare(r *whatifResult, c *supposition, a, b known) error {
	r.Before = s.matcher.ExplainWritten(a.item, b.item, a.standard, b.standard)
	changed, err := s.change(r, c, a.standard)
	if err != nil {
		return err
	}
	after := known{changed, s.matcher.Item(changed)}
	generic, err := s.generic(after.item.Shared)
	if err != nil {
		return err
	}
	matching.MarkGeneric(after.item, generic)
	r.After = s.matcher.ExplainWritten(after.item, b.item, after.standard, b.standard)
	r.Turns = r.Before.Same() != r.After.Same()
	r.Flips = s.matcher.Flips(after.item, b.item)
	return nil
}

// change gives the record as supposed.
func (s *supposer) change(r *whatifResult, c *supposition, now *customer.Standard) (*customer.Standard, error) {
	mapped := customer.Mapped{Kind: now.Kind}
	touched := map[customer.AttributeID]bool{}
	for _, text := range c.Set {
		name, value, is := strings.Cut(text, "=")
		if !is || strings.TrimSpace(value) == "" {
			return nil, fmt.Errorf("%w: write --set ATTRIBUTE=VALUE; to take a value away, --unset ATTRIBUTE", errUsage)
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
	fresh, _ := s.z.Row(&mapped)
	out := *now
	out.Values = nil
	for i := range s.portrait.Attributes {
		id := customer.AttributeID(i)
		before, after := now.Of(id), now.Of(id)
		if touched[id] {
			after = fresh.Of(id)
			r.Changes = append(r.Changes, supposed{s.portrait.Attributes[i].Name, supposedTexts(before), supposedTexts(after)})
		}
		out.Values = append(out.Values, after...)
	}
	return &out, nil
}

// supposedTexts shows values in standard form, those that have none as they are written.
func supposedTexts(values []customer.Value) []string {
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

func (s *supposer) attribute(kind customer.Kind, name string) (customer.AttributeID, error) {
	id, is := s.portrait.Lookup(kind, strings.TrimSpace(name))
	if !is || s.portrait.Attribute(id).Type.IsFact() {
		var names []string
		for _, a := range s.portrait.Of(kind) {
			if !a.Type.IsFact() {
				names = append(names, a.Name)
			}
		}
		return 0, fmt.Errorf("%w: a %s has no attribute of this name; it has %s", errUsage, kind, strings.Join(names, ", "))
	}
	return id, nil
}

func (r *whatifResult) output(lang string, p *customer.Portrait) output {
	return output{summary: map[string]any{"total": bits(r.After.Total), "link": bits(r.After.Link), "match": r.After.Same(), "turns": r.Turns},
		result: r, human: func(w io.Writer) error { return writeWhatif(w, lang, p, r) }}
}
