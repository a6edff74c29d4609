package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
)

type rematchCommand struct {
	Model  string `placeholder:"FILE" xor:"model" help:"Model to use from now on."`
	Train  bool   `xor:"model" help:"Train a new model on the records of the hub."`
	Reason string `placeholder:"TEXT" help:"Why; kept with the operation."`
	DryRun bool   `help:"Count what would change and change nothing."`
}

func (*rematchCommand) Help() string {
	return `Computes who is who and every golden record again under the ruleset that this program and
configuration give, and makes it the hub's. Codes follow their records: a code stays with the
customer that most of its records went to. Without --model or --train the hub keeps its model, or takes
the one that the configuration names. Values stay as they were read; where the new program reads them
otherwise, load the sources again after it.

Example:

    $ kartoteka rematch --dry-run
    $ kartoteka rematch --train --reason "four times as many customers as at first"`
}

type rematchSummary struct {
	Records  int     `json:"records"`
	Created  int     `json:"codes_created"`
	Joined   int     `json:"codes_joined"` // retired into others
	Split    int     `json:"codes_split"`
	Restored int64   `json:"codes_restored"`
	Values   int64   `json:"codes_with_changed_values"`
	Events   int     `json:"events"`
	Tasks    int     `json:"tasks"`
	Codes    int64   `json:"codes_total"`
	Seconds  float64 `json:"seconds"`
}

type rematchResult struct {
	DryRun bool   `json:"dry_run,omitempty"`
	Before string `json:"ruleset_before"`
	After  string `json:"ruleset_after"`
}

func (c *rematchCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		start := time.Now()
		m := a.newMeter()
		s, r := rematchSummary{}, rematchResult{DryRun: c.DryRun}
		err := h.InLongLane(ctx, func(tx *store.Tx) error { return c.rematch(ctx, h, tx, m, &s, &r) })
		m.stop()
		if err != nil && !errors.Is(err, errDryRun) {
			return output{}, err
		}
		s.Seconds = time.Since(start).Seconds()
		return output{summary: s, result: r, human: func(w io.Writer) error { return s.write(w, c.DryRun) }}, nil
	})
}

// rematch works in one transaction: the new ruleset is there with its outcome, or not at all.
func (c *rematchCommand) rematch(ctx context.Context, h *hub, tx *store.Tx, m *meter, s *rematchSummary, r *rematchResult) error {
	row, err := tx.Hub(ctx)
	if err != nil {
		return err
	}
	if row.RulesetHash != h.row.RulesetHash {
		return fmt.Errorf("%w: another process changed the ruleset meanwhile; run it again", errSurroundings)
	}
	population := resolve.NewColumns(h.rules.conf.Portrait)
	gone, err := tx.Population(ctx, h.rules.rules.AnotherPerson, func(rec customer.Record, standard []byte, waiting bool) {
		population.Add(rec, standard, waiting)
	})
	if err != nil {
		return err
	}
	rules, err := c.ruleset(h, population)
	if err != nil {
		return err
	}
	decisions, err := tx.AllDecisions(ctx)
	if err != nil {
		return err
	}
	outcome, err := resolve.Whole(ctx, tx, resolve.Bulk{Rules: rules.rules, Population: population, Gone: gone, Decisions: decisions, Rebuild: true,
		Operation: resolve.Operation{Kind: "rematch", Actor: actor(), Reason: c.Reason},
		Progress:  func(stage string, done, total int) { m.show(stage, int64(done), int64(total)) }})
	if err != nil {
		return err
	}
	if err := tx.FixRuleset(ctx, rules.stored); err != nil {
		return err
	}
	r.Before, r.After = row.RulesetHash, rules.stored.Hash
	s.Records, s.Created, s.Joined, s.Split, s.Events, s.Tasks = population.Len(), outcome.Created, outcome.Merged, outcome.Split, outcome.Changes, outcome.Tasks
	if s.Restored, s.Values, s.Codes, err = tx.ChangedSince(ctx, row.LastPosition); err != nil {
		return err
	}
	if c.DryRun {
		return errDryRun
	}
	return nil
}

// ruleset compiles what the program and the configuration give, with the model that was asked for.
func (c *rematchCommand) ruleset(h *hub, population *resolve.Columns) (*ruleset, error) {
	extra, err := readStored(h.row.Ruleset)
	if err != nil {
		return nil, err
	}
	model, err := readModel(c.Model, h.conf)
	switch {
	case err != nil:
		return nil, err
	case c.Train:
		extra.Expect = max(10_000, 4*int64(population.Len()))
		model, err = trainOn(h, population)
	case model == nil:
		model, err = matching.ReadModel([]byte(h.row.Model))
	}
	if err != nil {
		return nil, err
	}
	return compileRuleset(h.conf, extra, model, h.row.Epoch)
}

// trainOn learns from all records, in an order that does not depend on the database.
func trainOn(h *hub, population *resolve.Columns) (*matching.Model, error) {
	type place struct {
		ref customer.Ref
		at  int
	}
	order := make([]place, population.Len())
	var rec resolve.Record
	for i := range order {
		if err := population.Read(i, &rec); err != nil {
			return nil, err
		}
		order[i] = place{rec.Ref, i}
	}
	slices.SortFunc(order, func(x, y place) int {
		return cmp.Or(cmp.Compare(x.ref.Source, y.ref.Source), cmp.Compare(x.ref.Key, y.ref.Key), cmp.Compare(x.at, y.at))
	})
	trainer := matching.NewTrainer(h.rules.conf.Portrait, h.rules.conf.Matching)
	for _, p := range order {
		if err := population.Read(p.at, &rec); err != nil {
			return nil, err
		}
		trainer.Add(rec.Standard)
	}
	return trainer.Model(matching.Shipped()), nil
}

func (s *rematchSummary) write(w io.Writer, dry bool) error {
	verb := "rematched"
	if dry {
		verb = "would rematch"
	}
	_, err := fmt.Fprintf(w, `%s %d records in %.1f s: %d customers
codes     %d made, %d joined into others, %d split, %d restored
values    changed for %d customers
events    %d
questions %d
`, verb, s.Records, s.Seconds, s.Codes, s.Created, s.Joined, s.Split, s.Restored, s.Values, s.Events, s.Tasks)
	return err
}
