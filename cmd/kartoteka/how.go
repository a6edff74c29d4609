package main

import (
	"context"
	"io"

	"kartoteka/customer"
	"kartoteka/desk"
)

type howCommand struct {
	Customer string `arg:"" placeholder:"CODE|SOURCE/KEY" help:"A personal code, with or without hyphens, or a source record."`
	Lang     string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the explanation: en, ru or uk."`
}

func (*howCommand) Help() string {
	return `Tells how a customer came about: which groups of records joined at which evidence, in order, the
weakest link, what a person decided, and what was kept apart in spite of its evidence.

Example:

    $ kartoteka how 4815-1623-4208
    $ kartoteka how crm/1042 --lang ru`
}

func (c *howCommand) run(ctx context.Context, a *app) (output, error) {
	who, err := desk.ParseWho(c.Customer)
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		a.remarkRuleset(h)
		how, err := h.desk().How(ctx, who)
		if err != nil {
			return output{}, err
		}
		how.Asked = c.Customer
		return howOutput(how, c.Lang, h.rules.conf.Portrait), nil
	})
}

func howOutput(r *desk.How, lang string, p *customer.Portrait) output {
	summary := map[string]any{"members": r.Members, "steps": len(r.Steps), "apart": len(r.Apart)}
	if r.Code != 0 {
		summary["code"] = r.Code
	}
	return output{summary: summary, result: r, human: func(w io.Writer) error { return writeHow(w, lang, p, r.Kind, r) }}
}
