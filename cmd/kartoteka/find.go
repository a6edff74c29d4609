package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/standardize"
	"kartoteka/store"
)

type findCommand struct {
	Text  []string `arg:"" placeholder:"TEXT" help:"What is known: name, phone, e-mail, date of birth, number, code or key, in any order."`
	Limit int      `default:"20" help:"How many customers to show at most."`
}

func (*findCommand) Help() string {
	return `Looks for a customer by what is known, written as people write it: several words are compared as one
customer, the best answers come first. The score is the evidence of what agrees, in bits. Finds by
surname, by surname and given name, phone, e-mail, date of birth with a name, numbers of documents,
words of a company's name, personal code, and the key of a source.

Example:

    $ kartoteka find Иванов Пётр 8-901-123-45-67
    $ kartoteka find 7707083893 --output json`
}

type findSummary struct {
	Found int `json:"found"`
}

type findResult struct {
	Asked string    `json:"asked"`
	Hits  []findHit `json:"hits"`
}

type findHit struct {
	Code    customer.Code   `json:"code"`
	Kind    customer.Kind   `json:"kind,omitempty"`
	Score   float64         `json:"score"` // bits
	Source  customer.Source `json:"source,omitempty"`
	Key     string          `json:"key,omitempty"`
	Values  []namedValue    `json:"values,omitempty"`
	Records int             `json:"records,omitempty"`
	named   bool            // by its code or key
}

type namedValue struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

func (c *findCommand) run(ctx context.Context, a *app) (output, error) {
	text := strings.TrimSpace(strings.Join(c.Text, " "))
	if text == "" || c.Limit < 1 {
		return output{}, fmt.Errorf("%w: say what is known of the customer; --limit is at least 1", errUsage)
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		r := &findResult{Asked: text, Hits: []findHit{}}
		if err := h.InSnapshot(ctx, func(tx *store.Tx) error { return r.find(ctx, h, tx, c) }); err != nil {
			return output{}, err
		}
		return output{summary: findSummary{len(r.Hits)}, result: r, human: r.write}, nil
	})
}

// find collects what the text names and what it describes.
func (r *findResult) find(ctx context.Context, h *hub, tx *store.Tx, c *findCommand) error {
	found := map[customer.Code]findHit{}
	if err := findNamed(ctx, tx, append([]string{r.Asked}, c.Text...), found); err != nil {
		return err
	}
	z := standardize.New(h.rules.conf.Portrait, h.rules.company)
	for _, asked := range z.Ask(r.Asked) {
		hits, err := resolve.Search(ctx, h.rules.rules, tx, resolve.Question{Known: &asked.Known, Variants: asked.Variants}, c.Limit)
		if err != nil {
			return err
		}
		for _, hit := range hits {
			one := found[hit.Code]
			one.Code, one.Score, one.Source, one.Key = hit.Code, max(one.Score, bits(hit.Score)), hit.Record.Ref.Source, hit.Record.Ref.Key
			found[hit.Code] = one
		}
	}
	for _, one := range found {
		r.Hits = append(r.Hits, one)
	}
	slices.SortFunc(r.Hits, func(x, y findHit) int {
		return cmp.Or(-compareBool(x.named, y.named), cmp.Compare(y.Score, x.Score), cmp.Compare(x.Code, y.Code))
	})
	r.Hits = r.Hits[:min(len(r.Hits), c.Limit)]
	return r.describe(ctx, h, tx)
}

func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}

// findNamed looks the words up as codes, SOURCE/KEY and keys.
func findNamed(ctx context.Context, tx *store.Tx, words []string, found map[customer.Code]findHit) error {
	for _, word := range words {
		if code, err := customer.ParseCode(word); err == nil {
			row, err := tx.Codes(ctx, []customer.Code{code})
			if err != nil {
				return err
			}
			for _, c := range row {
				if c.State == customer.CodeActive { // the code itself, or the one it leads to
					found[c.Code] = findHit{Code: c.Code, named: true}
				}
			}
		}
		records, err := tx.RecordsWithKey(ctx, word, 20)
		if err != nil {
			return err
		}
		if source, key, is := strings.Cut(word, "/"); is {
			row, err := tx.RecordAt(ctx, customer.Ref{Source: customer.Source(source), Key: key})
			switch {
			case err == nil:
				records = append(records, row)
			case !errors.Is(err, store.ErrUnknown):
				return err
			}
		}
		for _, rec := range records {
			if rec.Code != 0 {
				found[rec.Code] = findHit{Code: rec.Code, Source: rec.Ref.Source, Key: rec.Ref.Key, named: true}
			}
		}
	}
	return nil
}

// shownValues is how many attributes describe a hit.
const shownValues = 5

// describe adds the first golden values.
func (r *findResult) describe(ctx context.Context, h *hub, tx *store.Tx) error {
	var codes []customer.Code
	for _, hit := range r.Hits {
		codes = append(codes, hit.Code)
	}
	documents, err := tx.Documents(ctx, codes)
	if err != nil {
		return err
	}
	for i := range r.Hits {
		hit := &r.Hits[i]
		d := documents[hit.Code]
		if d == nil {
			continue
		}
		hit.Kind, hit.Records = d.Kind, d.MemberCount
		for _, a := range h.rules.conf.Portrait.Of(d.Kind) {
			if values := d.Attributes[a.Name]; len(values) > 0 && len(hit.Values) < shownValues {
				hit.Values = append(hit.Values, namedValue{a.Name, values[0].Value})
			}
		}
	}
	return nil
}

func (r *findResult) write(w io.Writer) error {
	if len(r.Hits) == 0 {
		_, err := fmt.Fprintln(w, "nobody found; try fewer words, or a phone or number alone")
		return err
	}
	tw := tabwriter.NewWriter(w, 2, 4, 2, ' ', 0)
	for _, hit := range r.Hits {
		var values []string
		for _, v := range hit.Values {
			values = append(values, v.Value)
		}
		score := ""
		if hit.Score > 0 {
			score = fmt.Sprintf("%.1f", hit.Score)
		}
		_, _ = fmt.Fprintf(tw, "%s\t%s\t%s\n", hit.Code, score, strings.Join(values, "  "))
	}
	return tw.Flush()
}
