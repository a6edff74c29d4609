package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"kartoteka/desk"
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
	Asked string       `json:"asked"`
	Hits  []desk.Found `json:"hits"`
}

func (c *findCommand) run(ctx context.Context, a *app) (output, error) {
	text := strings.TrimSpace(strings.Join(c.Text, " "))
	if text == "" || c.Limit < 1 {
		return output{}, fmt.Errorf("%w: say what is known of the customer; --limit is at least 1", errUsage)
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		hits, err := h.desk().Search(ctx, desk.Question{Text: text, Limit: c.Limit})
		if err != nil {
			return output{}, err
		}
		r := &findResult{Asked: text, Hits: hits}
		return output{summary: findSummary{len(r.Hits)}, result: r, human: r.write}, nil
	})
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
