package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/store"
)

type decideCommand struct {
	Kind      string   `arg:"" enum:"same,different" placeholder:"same|different" help:"What is decided."`
	Customers []string `arg:"" name:"customer" placeholder:"CODE|SOURCE/KEY" help:"Two or more source records, or codes, which stand for all their records."`
	Reason    string   `placeholder:"TEXT" help:"Why; kept with the decision. Without personal data, please."`
	Request   string   `placeholder:"ID" help:"An id of your own: a decision sent twice is made once."`
	DryRun    bool     `help:"Show what would change and change nothing."`
}

func (*decideCommand) Help() string {
	return `Decides that records are one customer (same), or that no two of those named are (different). A
decision outranks the machine until it is revoked. One that contradicts decisions made before is
refused, and the chain that contradicts is named.

Example:

    $ kartoteka decide same crm/1042 billing/77 --reason "same passport, seen by the branch"
    $ kartoteka decide different crm/1042 crm/1043 --dry-run`
}

type decideSummary struct {
	Operation int64 `json:"operation"`
	Repeated  bool  `json:"repeated"` // the request was carried out before
	Created   int   `json:"codes_created"`
	Merged    int   `json:"codes_merged"`
	Split     int   `json:"codes_split"`
	Changes   int   `json:"changes"`
}

type decideResult struct {
	DryRun bool               `json:"dry_run,omitempty"`
	Kind   string             `json:"kind"`
	Moved  []movedResult      `json:"moved"` // records of those named whose code changed
	Codes  []customer.Code    `json:"codes"` // of those named, after it
	places []resolvedCustomer // before
}

type movedResult struct {
	Source customer.Source `json:"source"`
	Key    string          `json:"key"`
	From   customer.Code   `json:"from"`
	To     customer.Code   `json:"to"`
}

// resolvedCustomer is one of those named with its live records.
type resolvedCustomer struct{ records []store.RecordRow }

// maxDecided is how many records of one code a decision may name.
const maxDecided = 10_000

func (c *decideCommand) run(ctx context.Context, a *app) (output, error) {
	who, err := parseReferences(c.Customers)
	if err != nil {
		return output{}, err
	}
	if len(who) < 2 {
		return output{}, fmt.Errorf("%w: name at least two customers", errUsage)
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := errors.Join(h.loaded(), h.writable()); err != nil {
			return output{}, err
		}
		r := &decideResult{DryRun: c.DryRun, Kind: c.Kind}
		var done resolve.Decided
		err := h.InLane(ctx, func(tx *store.Tx) (err error) {
			if done, err = c.decide(ctx, h, tx, who, r); err != nil {
				return err
			}
			if c.DryRun {
				return errDryRun
			}
			return failpoint.Pass("decide.written")
		})
		if err == nil {
			err = failpoint.Pass("decide.committed")
		}
		if err != nil && !errors.Is(err, errDryRun) {
			return output{}, err
		}
		s := decideSummary{done.Operation, done.Repeated, done.Outcome.Created, done.Outcome.Merged, done.Outcome.Split, done.Outcome.Changes}
		return output{summary: s, result: r, human: func(w io.Writer) error { return r.write(w, &s) }}, nil
	})
}

// decide works in the lane: what is named is looked up there, so that nothing moves in between.
func (c *decideCommand) decide(ctx context.Context, h *hub, tx *store.Tx, who []reference, r *decideResult) (resolve.Decided, error) {
	if c.Request != "" { // first, because codes may have gone by the decision itself
		if op, err := tx.Decided(ctx, c.Request); err != nil || op != 0 {
			return resolve.Decided{Operation: op, Repeated: true}, err
		}
	}
	o := resolve.Order{Kind: customer.DecisionKind(c.Kind), Actor: actor(), Reason: c.Reason, Request: c.Request}
	for i := range who {
		side, err := liveRecords(ctx, tx, &who[i])
		if err != nil {
			return resolve.Decided{}, err
		}
		var ids []customer.RecordID
		for _, rec := range side {
			ids = append(ids, rec.ID)
		}
		o.Sides = append(o.Sides, ids)
		r.places = append(r.places, resolvedCustomer{side})
	}
	done, err := resolve.Decide(ctx, h.rules.rules, tx, o)
	if err != nil {
		return done, err
	}
	return done, r.compare(ctx, tx)
}

// liveRecords gives the record, or all records of the code, that a reference names.
func liveRecords(ctx context.Context, tx *store.Tx, who *reference) ([]store.RecordRow, error) {
	row, err := who.record(ctx, tx)
	switch {
	case err != nil:
		return nil, err
	case row != nil && row.State != customer.RecordLive:
		return nil, fmt.Errorf("%s is %s: %w", who, row.State, resolve.ErrUndecidable)
	case row != nil:
		return []store.RecordRow{*row}, nil
	}
	code, err := tx.CodeAt(ctx, who.code)
	switch {
	case err != nil:
		return nil, err
	case code.State != customer.CodeActive && code.Successor != 0:
		return nil, fmt.Errorf("%s is %s: %w; its customer has code %s now", who, code.State, resolve.ErrUndecidable, code.Successor)
	case code.State != customer.CodeActive:
		return nil, fmt.Errorf("%s is %s: %w", who, code.State, resolve.ErrUndecidable)
	}
	rows, err := tx.MembersOf(ctx, who.code, maxDecided+1)
	if len(rows) > maxDecided {
		return nil, fmt.Errorf("%s has more than %d records: %w; name single records", who, maxDecided, resolve.ErrUndecidable)
	}
	return rows, err
}

// compare finds out where the named records went.
func (r *decideResult) compare(ctx context.Context, tx *store.Tx) error {
	var refs []customer.Ref
	for _, p := range r.places {
		for _, rec := range p.records {
			refs = append(refs, rec.Ref)
		}
	}
	now, err := tx.CodesOf(ctx, refs)
	seen := map[customer.Code]bool{}
	for _, p := range r.places {
		for _, rec := range p.records {
			to := now[rec.Ref]
			if to != rec.Code {
				r.Moved = append(r.Moved, movedResult{rec.Ref.Source, rec.Ref.Key, rec.Code, to})
			}
			if !seen[to] {
				seen[to] = true
				r.Codes = append(r.Codes, to)
			}
		}
	}
	return err
}

func (r *decideResult) write(w io.Writer, s *decideSummary) error {
	if s.Repeated {
		_, err := fmt.Fprintf(w, "this request was carried out before, as operation %d; nothing was done now\n", s.Operation)
		return err
	}
	verb := "decided"
	if r.DryRun {
		verb = "would decide"
	}
	if _, err := fmt.Fprintf(w, "%s %s: %d codes made, %d joined into others, %d split, %d changes\n", verb, r.Kind, s.Created, s.Merged, s.Split, s.Changes); err != nil {
		return err
	}
	for _, m := range r.Moved {
		if _, err := fmt.Fprintf(w, "  %s/%s: %s → %s\n", m.Source, m.Key, m.From, m.To); err != nil {
			return err
		}
	}
	return nil
}
