package main

import (
	"context"
	"io"

	"kartoteka/customer"
	"kartoteka/desk"
)

type showCommand struct {
	Customer string `arg:"" placeholder:"CODE|SOURCE/KEY" help:"A personal code, with or without hyphens, or a source record."`
	AsOf     string `placeholder:"TIME" help:"As the hub knew it then: 2026-11-22, 2026-11-22 17:05 or 2026-11-22T17:05:00Z; without a zone UTC, a day is its end."`
	Lang     string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the words around the values: en, ru or uk."`
}

func (*showCommand) Help() string {
	return `Shows a customer: the golden record with where each value comes from, the source records behind it,
products, relations and consents, and what happened to the code. A retired code shows the one it leads to.
Exits with 2 if there is no such customer. With --as-of it shows what was known then: the code of then, its
records, its values.

Example:

    $ kartoteka show 4815-1623-4208
    $ kartoteka show crm/1042 --output json
    $ kartoteka show crm/1042 --as-of 2026-11-22`
}

// showResult is a customer with what it is described by.
type showResult struct {
	*desk.Customer
	portrait *customer.Portrait
}

func (c *showCommand) run(ctx context.Context, a *app) (output, error) {
	who, err := desk.ParseWho(c.Customer)
	if err != nil {
		return output{}, err
	}
	var o desk.CustomerOptions
	if c.AsOf != "" {
		if o.AsOf, err = desk.ParseMoment(c.AsOf); err != nil {
			return output{}, err
		}
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		shown, err := h.desk().Customer(ctx, who, o)
		if err != nil {
			return output{}, err
		}
		shown.Asked = c.Customer
		r := &showResult{shown, h.portrait()}
		summary := map[string]any{"code": r.Code, "state": r.State, "members": len(r.Members)}
		return output{summary: summary, result: r, human: func(w io.Writer) error { return writeShow(w, c.Lang, r) }}, nil
	})
}
