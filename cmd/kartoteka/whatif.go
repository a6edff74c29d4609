package main

import (
	"context"
	"io"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
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
type whatifResult struct{ *desk.WhatIf }

func (c *supposition) supposed() desk.Supposition {
	return desk.Supposition{Set: c.Set, Unset: c.Unset}
}

func (c *whatifCommand) run(ctx context.Context, a *app) (output, error) {
	return a.aboutTwo(ctx, c.A, c.B, func(h *hub, x, y resolve.Who) (output, error) {
		w, err := h.desk().WhatIf(ctx, x, y, c.supposed())
		if err != nil {
			return output{}, err
		}
		return (&whatifResult{w}).output(c.Lang, h.rules.conf.Portrait), nil
	})
}

func (r *whatifResult) output(lang string, p *customer.Portrait) output {
	return output{summary: map[string]any{"total": bits(r.After.Total), "link": bits(r.After.Link), "match": r.After.Same(), "turns": r.Turns},
		result: r, human: func(w io.Writer) error { return writeWhatif(w, lang, p, r) }}
}
