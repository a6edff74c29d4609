package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/store"
)

type auditVisitsCommand struct {
	Who    string `placeholder:"WHO" help:"Visits of that one only: local:LOGIN, oidc:NUMBER, token:NUMBER."`
	Act    string `placeholder:"ACT" help:"Visits of that kind only: customer.read, customer.reveal, sign_in, account.roles, ..."`
	Code   string `placeholder:"CODE" help:"Visits at which that customer was shown."`
	Since  string `placeholder:"TIME" help:"Visits since then: a date, a time like 2026-03-01T12:00:00Z, or how long ago, like 48h."`
	Before int64  `placeholder:"N" help:"Visits with lower numbers: the next page."`
	Limit  int    `default:"50" placeholder:"N" help:"At most that many, the latest first."`
}

func (*auditVisitsCommand) Help() string {
	return `Lists visits, the latest first: who was shown which customers over HTTP, which masked values were revealed and
why, who signed in and out, and who changed accounts and tokens.

Example:

    $ kartoteka audit visits --code 0458-4437-7832
    $ kartoteka audit visits --act customer.reveal --since 24h --output json`
}

func (c *auditVisitsCommand) run(ctx context.Context, a *app) (output, error) {
	filter, err := c.filter(time.Now())
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		visits, err := h.Visits(ctx, filter)
		if err != nil {
			return output{}, err
		}
		if visits == nil {
			visits = []customer.Visit{}
		}
		s := map[string]int64{"visits": int64(len(visits))}
		if len(visits) == c.Limit {
			s["next"] = visits[len(visits)-1].ID
		}
		return output{summary: s, result: map[string]any{"visits": visits}, human: func(w io.Writer) error { return writeVisits(w, visits) }}, nil
	})
}

func (c *auditVisitsCommand) filter(now time.Time) (f store.VisitFilter, err error) {
	f = store.VisitFilter{Who: c.Who, Act: c.Act, Before: c.Before, Limit: c.Limit}
	f.Code, f.Since, err = auditBounds(c.Code, c.Since, c.Limit, now)
	return f, err
}

func writeVisits(w io.Writer, visits []customer.Visit) error {
	return table(w, "VISIT\tAT\tWHO\tACT\tCUSTOMERS\tREVEALED\tREASON", visits, visitLine)
}

func visitLine(v *customer.Visit) string {
	codes := make([]string, 0, 4)
	for _, code := range v.Codes[:min(len(v.Codes), 3)] {
		codes = append(codes, code.String())
	}
	if more := len(v.Codes) - len(codes); more > 0 {
		codes = append(codes, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s\t%s", v.ID, v.At.Local().Format(time.DateTime), v.Who, v.Act, strings.Join(codes, " "), strings.Join(v.Fields, ", "), v.Reason)
}
