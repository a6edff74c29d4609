package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/store"
)

type applyCommand struct {
	Plan        string  `arg:"" placeholder:"PLAN" help:"File that kartoteka plan wrote."`
	Brake       float64 `default:"5" placeholder:"PERCENT" help:"Refuse a plan that joins, splits or removes more of the codes."`
	Drift       float64 `default:"1" placeholder:"PERCENT" help:"Refuse a plan after which more of the codes changed in the meantime."`
	AcceptWorse bool    `help:"Carry out a plan that lost on a labeled file."`
}

func (*applyCommand) Help() string {
	return `Carries out a plan in turns of the lane: stewards and readers go on, whatever else changes codes waits
until it is through. A run that was cut off goes on when the same command is given again. A plan is refused if the
hub has another ruleset than it was made for, if too much changed since, if it changes too many codes, or if this
program and its configuration would not give the ruleset that was planned.

Example:

    $ kartoteka apply next.json
    $ kartoteka apply next.json --brake 20`
}

type applySummary struct {
	ID      string         `json:"plan"`
	Codes   int64          `json:"codes"` // active after it
	Changes customer.Tally `json:"changes"`
	Planned customer.Tally `json:"planned"`
	Resumed bool           `json:"resumed"`
	Seconds float64        `json:"seconds"`
}

func (c *applyCommand) run(ctx context.Context, a *app) (output, error) {
	p, err := readPlan(c.Plan)
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		start := time.Now()
		m := a.newMeter()
		s, err := c.apply(ctx, h, p, m)
		m.stop()
		if err != nil {
			return output{}, err
		}
		s.Seconds = time.Since(start).Seconds()
		return output{summary: s, human: func(w io.Writer) error { return s.write(w) }}, nil
	})
}

func (c *applyCommand) apply(ctx context.Context, h *hub, p *plan, m *meter) (*applySummary, error) {
	rules, err := p.compile(h)
	if err != nil {
		return nil, err
	}
	s := &applySummary{ID: p.ID, Planned: p.Tally}
	var b resolve.Bulk
	// First the lane is closed to all others; what is read after that stays as it is.
	err = h.InLaneOf(ctx, p.ID, false, func(tx *store.Tx) error {
		if s.Resumed, err = c.allowed(ctx, tx, p); err != nil {
			return err
		}
		return tx.BeginApplying(ctx, p.ID, rules.stored)
	})
	if err != nil {
		return nil, err
	}
	if err := failpoint.Pass("apply.begun"); err != nil {
		return nil, err
	}
	err = h.Snapshot(ctx, func(tx *store.Tx) error {
		population, err := livePopulation(ctx, h, tx)
		if err == nil {
			b, err = p.bulk(ctx, tx, rules, population, m)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := resolve.Carry(ctx, b, c.lane(h, p, true), c.lane(h, p, false)); err != nil {
		return nil, fmt.Errorf("%w; nothing is lost: give the same command again, it goes on", err)
	}
	return s, h.InLaneOf(ctx, p.ID, false, func(tx *store.Tx) error { return s.finish(ctx, tx) })
}

// lane runs pieces of the writing in the lane.
func (c *applyCommand) lane(h *hub, p *plan, long bool) resolve.Transact {
	return func(ctx context.Context, f func(resolve.BulkBase) error) error {
		err := h.InLaneOf(ctx, p.ID, long, func(tx *store.Tx) error {
			now, err := tx.Applying(ctx)
			if err == nil && now.Plan != p.ID {
				err = fmt.Errorf("%w: another plan was begun meanwhile", errPlan)
			}
			if err != nil {
				return err
			}
			return f(tx)
		})
		return cmp.Or(err, failpoint.Pass("apply.turn"))
	}
}

// allowed refuses what nobody has looked at.
func (c *applyCommand) allowed(ctx context.Context, tx *store.Tx, p *plan) (resumed bool, err error) {
	row, err := tx.Hub(ctx)
	if err != nil {
		return false, err
	}
	now, err := tx.Applying(ctx)
	if err != nil || now.Plan == p.ID {
		return true, err
	}
	moved, bound := row.LastPosition-p.Position, int64(c.Drift/100*float64(p.Codes))
	switch churn := 100 * p.churn(); {
	case row.RulesetHash != p.Before:
		return false, fmt.Errorf("%w: it was made for the ruleset %s, the hub has %s now; make it again", errPlan, p.Before, row.RulesetHash)
	case moved > bound:
		return false, fmt.Errorf("%w: %d changes happened since it was made and --drift %g allows %d; make it again", errPlan, moved, c.Drift, bound)
	case churn > c.Brake:
		return false, fmt.Errorf("%w: the brake holds, it joins, splits or removes %.2f %% of the codes; look at it, and give --brake %.0f if it is right", errPlan, churn, churn+1)
	case p.worse() && !c.AcceptWorse:
		return false, fmt.Errorf("%w: it loses on a labeled file; give --accept-worse if it is right nevertheless", errPlan)
	}
	return false, nil
}

// compile makes the ruleset that was planned, of this program and configuration.
func (p *plan) compile(h *hub) (*ruleset, error) {
	extra, err := readStored(p.Ruleset.Text)
	if err != nil {
		return nil, err
	}
	model, err := readModelText(p.Ruleset.Model)
	if err != nil {
		return nil, err
	}
	rules, err := compileRuleset(h.conf, extra, model, h.row.Epoch)
	if err == nil && rules.stored.Hash != p.After {
		err = fmt.Errorf("%w: this program and configuration give another ruleset than was planned; use those of the plan, or make it again", errPlan)
	}
	return rules, err
}

// finish opens the lane again and counts.
func (s *applySummary) finish(ctx context.Context, tx *store.Tx) error {
	now, err := tx.Applying(ctx)
	if err != nil {
		return err
	}
	if s.Changes, err = tx.TallySince(ctx, now.From); err != nil {
		return err
	}
	if s.Codes, err = tx.CountCodes(ctx); err != nil {
		return err
	}
	return tx.EndApplying(ctx)
}

func (s *applySummary) write(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "applied plan %s in %.1f s: %d customers\n", s.ID, s.Seconds, s.Codes); err != nil {
		return err
	}
	if err := writeTally(w, &s.Changes); err != nil {
		return err
	}
	said := "as planned\n"
	if s.Changes != s.Planned {
		said = "not all as planned, because the hub changed since the plan was made\n"
	}
	_, err := io.WriteString(w, said)
	return err
}
