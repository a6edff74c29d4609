package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"kartoteka/desk"
)

type historyCommand struct {
	Customer string `arg:"" placeholder:"CODE|SOURCE/KEY" help:"A personal code, or a source record, which stands for its present code."`
	Limit    int    `default:"20" help:"How many versions to tell, the newest; 0 for all."`
	AsOf     string `placeholder:"TIME" help:"Until when; the default is now."`
}

func (*historyCommand) Help() string {
	return `Tells what happened to a code, the newest first: when, by whom, why, in which operation, which records came
and went, and which values changed, from what to what. Values are not kept twice: they are read from the
source records of then; what was erased since is not shown.

Example:

    $ kartoteka history 4815-1623-4208
    $ kartoteka history crm/1042 --limit 0 --output json`
}

type historyResult struct{ *desk.History }

func (c *historyCommand) run(ctx context.Context, a *app) (output, error) {
	who, err := desk.ParseWho(c.Customer)
	if err != nil {
		return output{}, err
	}
	o := desk.HistoryOptions{Limit: c.Limit}
	if c.AsOf != "" {
		if o.Until, err = desk.ParseMoment(c.AsOf); err != nil {
			return output{}, err
		}
	}
	if c.Limit < 0 {
		return output{}, fmt.Errorf("%w: --limit is a number of versions, or 0 for all", errUsage)
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		told, err := h.desk().History(ctx, who, o)
		if err != nil {
			return output{}, err
		}
		r := &historyResult{told}
		return output{summary: map[string]any{"code": r.Code, "versions": len(r.Versions)}, result: r, human: r.write}, nil
	})
}

func (r *historyResult) write(w io.Writer) error {
	var b strings.Builder
	for i := range r.Versions {
		v := &r.Versions[i]
		fmt.Fprintf(&b, "%d  %s  %s", v.Version, v.At.Format("2006-01-02 15:04:05.000000"), v.Kind)
		if v.Successor != 0 {
			fmt.Fprintf(&b, " → %s", v.Successor)
		}
		fmt.Fprintf(&b, "  operation %d (%s)\n", v.Operation, strings.Join(filled(v.By, v.Actor, v.Reason), ", "))
		for _, m := range v.Came {
			fmt.Fprintf(&b, "   + %s/%s", m.Source, m.Key)
			if m.From != 0 {
				fmt.Fprintf(&b, " from %s", m.From)
			}
			b.WriteString("\n")
		}
		for _, m := range v.Went {
			fmt.Fprintf(&b, "   - %s/%s", m.Source, m.Key)
			if m.To != 0 {
				fmt.Fprintf(&b, " to %s", m.To)
			}
			b.WriteString("\n")
		}
		writeValueChanges(&b, v)
	}
	_, err := io.WriteString(w, trimLines(b.String()))
	return err
}

func writeValueChanges(b *strings.Builder, v *desk.Version) {
	for _, c := range v.Values {
		fmt.Fprintf(b, "   %s: ", c.Attribute)
		if len(c.Before) > 0 {
			fmt.Fprintf(b, "%s → ", strings.Join(c.Before, "; "))
		}
		b.WriteString(orText(strings.Join(c.After, "; "), "none"))
		if !c.Observed.IsZero() {
			fmt.Fprintf(b, "  (true since %s)", c.Observed.Format(time.DateOnly))
		}
		b.WriteString("\n")
	}
	if !v.Exact {
		b.WriteString("   (values by reference: the rules changed since, or content was erased)\n")
	}
}
