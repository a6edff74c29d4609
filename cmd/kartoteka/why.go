package main

import (
	"context"
	"fmt"
	"io"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
)

type whyCommand struct {
	A    string `arg:"" placeholder:"A" help:"A code or SOURCE/KEY."`
	B    string `arg:"" placeholder:"B" help:"The other code or SOURCE/KEY."`
	Lang string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the explanation: en, ru or uk."`
}

func (*whyCommand) Help() string {
	return `Explains why two source records are, or are not, one customer: what each comparison found, how likely
that is for one customer (m) and for two strangers (u), and how the weights add up. Of codes the two records
with the most evidence for each other are explained.

Example:

    $ kartoteka why crm/1042 billing/77
    $ kartoteka why 4815-1623-4208 2100-0000-0019 --lang ru`
}

// whyResult is the explanation of the strongest pair.
type whyResult struct{ *desk.Why }

func (c *whyCommand) run(ctx context.Context, a *app) (output, error) {
	return a.aboutTwo(ctx, c.A, c.B, func(h *hub, x, y resolve.Who) (output, error) {
		why, err := h.desk().Why(ctx, x, y)
		if err != nil {
			return output{}, err
		}
		return (&whyResult{why}).output(c.Lang, h.rules.conf.Portrait), nil
	})
}

// aboutTwo opens the hub to tell of two records or codes.
func (a *app) aboutTwo(ctx context.Context, left, right string, tell func(*hub, resolve.Who, resolve.Who) (output, error)) (output, error) {
	x, err := desk.ParseWho(left)
	if err != nil {
		return output{}, err
	}
	y, err := desk.ParseWho(right)
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		a.remarkRuleset(h)
		return tell(h, x, y)
	})
}

func (r *whyResult) output(lang string, p *customer.Portrait) output {
	summary := map[string]any{"same_code": r.SameCode}
	if r.Pair != nil {
		summary["total"], summary["link"] = bits(r.Pair.Total), bits(r.Pair.Link)
	}
	return output{summary: summary, result: r, human: func(w io.Writer) error {
		l := phrases.Lang(lang)
		if _, err := fmt.Fprintf(w, "%s/%s — %s/%s\n", r.A.Source, r.A.Key, r.B.Source, r.B.Key); err != nil {
			return err
		}
		if r.Pair == nil {
			_, err := fmt.Fprintln(w, l.Sentence("why.kinds"))
			return err
		}
		return writeWhy(w, lang, p, r.Pair, r.closing(l)...)
	}}
}

// closing tells what became of the pair.
func (r *whyResult) closing(l phrases.Lang) []string {
	var out []string
	for _, d := range r.Decisions {
		out = append(out, l.Sentence("why.decision."+string(d.Kind)))
	}
	if r.Weakest != nil {
		out = append(out, l.Sentence("why.cluster", phrases.Of("unit.bit", bits(*r.Weakest))))
	}
	switch {
	case r.A.Code == 0 || r.B.Code == 0:
		return append(out, l.Sentence("why.no_code"))
	case r.SameCode:
		return append(out, l.Sentence("why.conclusion", phrases.Key("why.verdict.same"))+"; "+l.Sentence("why.in_code", r.A.Code))
	}
	return append(out, l.Sentence("why.conclusion", phrases.Key("why.verdict.different"))+"; "+l.Sentence("why.in_codes", r.A.Code, r.B.Code))
}
