package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/store"
)

type eraseCommand struct {
	Code   string `arg:"" placeholder:"CODE" help:"Customer to erase."`
	Reason string `placeholder:"TEXT" help:"Why; kept with the operation. Without personal data, please."`
	DryRun bool   `help:"Count what would go, and erase nothing."`
	Leave  bool   `name:"leave-vacuum" help:"Do not vacuum the tables afterwards; the database does it by itself in time."`
}

func (*eraseCommand) Help() string {
	return `Forgets a customer: the source records of the code go with all their revisions, the golden record, pins,
consents, products, and rejected input that holds one of their values. The code answers "erased" from then on, the
feed withdraws it, and when a source delivers the same records again they are left out and counted as filtered.

Before anything is deleted, keyed hashes of the source keys are written to a journal in the state directory: after a
restore of the database from a backup the erasure is carried out again. Prints a receipt. What was exported to files
and what other systems keep is not the hub's to erase; the receipt says so.

Example:

    $ kartoteka erase 7438-1834-7093 --dry-run
    $ kartoteka erase 7438-1834-7093 --reason "request 2026-117"`
}

// eraseReceipt is what a person who asked may be given.
type eraseReceipt struct {
	Code      customer.Code           `json:"code"`
	DryRun    bool                    `json:"dry_run,omitempty"`
	Repeated  bool                    `json:"repeated,omitempty"` // it was erased before
	Operation int64                   `json:"operation,omitempty"`
	At        time.Time               `json:"at"`
	Actor     string                  `json:"actor"`
	Records   int                     `json:"records"`
	Sources   map[customer.Source]int `json:"sources"`
	Pins      int                     `json:"pins"`
	Consents  int                     `json:"consents"`
	Products  int                     `json:"products"`
	Rejects   int                     `json:"rejects"`
	Journal   string                  `json:"journal"`
	Remaining []string                `json:"remaining"` // what the hub cannot reach, or not at once
}

// remaining is what an erasure does not reach at once.
var remaining = []string{
	"files exported before, and the tables of consumers: they are told by the feed, as a tombstone and an event",
	"the golden and crosswalk topics until their compaction, within 24 hours",
	"free room in the database's files, where what was deleted can be read with a disk tool until the room is used again",
	"backups and the write-ahead log of the database until they are overwritten; after a restore the journal is applied again",
}

func (c *eraseCommand) run(ctx context.Context, a *app) (output, error) {
	code, err := customer.ParseCode(c.Code)
	if err != nil {
		return output{}, fmt.Errorf("%w: %w", errUsage, err)
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := errors.Join(h.loaded(), h.writable()); err != nil {
			return output{}, err
		}
		r, err := c.erase(ctx, h, code)
		if err == nil && !c.DryRun && !c.Leave {
			err = h.Sweep(ctx)
		}
		return output{summary: r, human: r.write}, err
	})
}

func (c *eraseCommand) erase(ctx context.Context, h *hub, code customer.Code) (*eraseReceipt, error) {
	r := &eraseReceipt{Code: code, DryRun: c.DryRun, At: time.Now().UTC().Truncate(time.Second), Actor: actor(), Journal: journalFile(h.state), Remaining: remaining}
	o := h.oblivion(code, c.Reason)
	if c.DryRun {
		o.Journal = func(customer.Code, []string) error { return nil }
	}
	err := h.InLane(ctx, func(tx *store.Tx) error {
		done, err := resolve.Erase(ctx, h.rules.rules, tx, o)
		if err != nil {
			return err
		}
		r.Repeated, r.Operation, r.Sources = done.Repeated, done.Operation, done.Sources
		r.Records, r.Pins, r.Consents, r.Products, r.Rejects = len(done.Live)+len(done.Former), done.Pins, done.Consents, done.Products, done.Rejects
		if c.DryRun {
			return errDryRun
		}
		return failpoint.Pass("erase.written")
	})
	if errors.Is(err, errDryRun) {
		return r, nil
	}
	return r, err
}

// oblivion is the order to erase a code.
func (h *hub) oblivion(code customer.Code, reason string) resolve.Oblivion {
	return resolve.Oblivion{Code: code, Actor: actor(), Reason: reason, Plain: h.plainKeys,
		Journal: func(code customer.Code, hashes []string) error { return writeJournal(h.state, code, hashes) }}
}

// plainKeys reports whether a source says that its keys are not personal.
func (h *hub) plainKeys(name customer.Source) bool {
	s := h.conf.Source(name)
	return s != nil && !s.SensitiveKey
}

func (r *eraseReceipt) write(w io.Writer) error {
	verb := "erased"
	switch {
	case r.Repeated:
		_, err := fmt.Fprintf(w, "%s was erased before; nothing was done now\n", r.Code)
		return err
	case r.DryRun:
		verb = "would erase"
	}
	if _, err := fmt.Fprintf(w, "%s %s by operation %d: %d source records, %d pins, %d consents, %d products, %d rejected rows\n",
		verb, r.Code, r.Operation, r.Records, r.Pins, r.Consents, r.Products, r.Rejects); err != nil {
		return err
	}
	for _, source := range slices.Sorted(maps.Keys(r.Sources)) {
		if _, err := fmt.Fprintf(w, "  %s: %d\n", source, r.Sources[source]); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(w, "not reached, or not at once:"); err != nil {
		return err
	}
	for _, what := range r.Remaining {
		if _, err := fmt.Fprintf(w, "  %s\n", what); err != nil {
			return err
		}
	}
	return nil
}
