package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"kartoteka/customer"
	"kartoteka/store"
)

type auditCommand struct {
	List       auditListCommand       `cmd:"" help:"Tell who did what, when and why."`
	Verify     auditVerifyCommand     `cmd:"" help:"Walk the audit chain and name what was tampered with."`
	Visits     auditVisitsCommand     `cmd:"" help:"Tell who looked at whom, who signed in, and who changed accounts."`
	Checkpoint auditCheckpointCommand `cmd:"" help:"Sign where the audit chain ends, in a file outside the database."`
}

type auditListCommand struct {
	Actor  string `placeholder:"NAME" help:"Operations of that actor only."`
	Kind   string `placeholder:"KIND" help:"Operations of that kind only: resolve, merge, split, decide, repair, ..."`
	Code   string `placeholder:"CODE" help:"Operations that changed the code, or decided about it."`
	Since  string `placeholder:"TIME" help:"Operations since then: a date, a time like 2026-03-01T12:00:00Z, or how long ago, like 48h."`
	Before int64  `placeholder:"N" help:"Operations with lower numbers: the next page."`
	Limit  int    `default:"50" placeholder:"N" help:"At most that many, the latest first."`
}

func (*auditListCommand) Help() string {
	return `Lists operations, the latest first: number, time, actor, kind, how many changes of golden records came
of it and of which codes, and the reason that was given.

Example:

    $ kartoteka audit list --kind merge --since 24h
    $ kartoteka audit list --code 0458-4437-7832 --output json`
}

type auditListSummary struct {
	Operations int   `json:"operations"`
	Next       int64 `json:"next,omitempty"` // --before of the next page, if there is one
}

func (c *auditListCommand) run(ctx context.Context, a *app) (output, error) {
	filter, err := c.filter(time.Now())
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		var rows []customer.AuditRow
		err := h.InSnapshot(ctx, func(tx *store.Tx) (err error) {
			rows, err = tx.ListAudit(ctx, filter)
			return err
		})
		s := auditListSummary{Operations: len(rows)}
		if len(rows) == c.Limit {
			s.Next = rows[len(rows)-1].Operation
		}
		return output{summary: s, result: map[string]any{"operations": rows}, human: func(w io.Writer) error { return writeAudit(w, rows) }}, err
	})
}

func (c *auditListCommand) filter(now time.Time) (f store.AuditFilter, err error) {
	f = store.AuditFilter{Actor: c.Actor, Kind: c.Kind, Before: c.Before, Limit: c.Limit}
	f.Code, f.Since, err = auditBounds(c.Code, c.Since, c.Limit, now)
	return f, err
}

// auditBounds reads what every list of the audit can be narrowed by.
func auditBounds(code, since string, limit int, now time.Time) (of customer.Code, from time.Time, err error) {
	if limit < 1 || limit > 100_000 {
		return of, from, fmt.Errorf("%w: --limit is a number from 1 to 100000", errUsage)
	}
	if code != "" {
		if of, err = customer.ParseCode(code); err != nil {
			return of, from, fmt.Errorf("%w: --code: %w", errUsage, err)
		}
	}
	if since != "" {
		from, err = parseSince(since, now)
	}
	return of, from, err
}

// parseSince reads a moment: a date, a time, or how long ago.
func parseSince(text string, now time.Time) (time.Time, error) {
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: --since is a date like 2026-03-01, a time like 2026-03-01T12:00:00Z, or how long ago, like 48h", errUsage)
}

func writeAudit(w io.Writer, rows []customer.AuditRow) error { return table(w, "", rows, auditLine) }

func auditLine(r *customer.AuditRow) string {
	codes := ""
	for _, code := range r.Codes {
		codes += " " + code.String()
	}
	if r.Changes > int64(len(r.Codes)) && len(r.Codes) > 0 {
		codes += " ..."
	}
	return fmt.Sprintf("%d\t%s\t%s\t%s\t%d changes%s\t%s", r.Operation, r.At.Local().Format(time.DateTime), r.Actor, r.Kind, r.Changes, codes, r.Reason)
}
