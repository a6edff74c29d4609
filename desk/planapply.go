package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/store"
)

// Terms say up to where a plan may be carried out.
type Terms struct {
	Actor       string
	Why         string  // beside the plan's own reason
	Brake       float64 // percent of the codes that may be joined, split or removed
	Drift       float64 // percent of the codes that may have changed since it was made
	AcceptWorse bool    // carry out what lost on a labeled file
	Progress    func(stage string, done, total int)
}

// The shares of codes, in percent, above which a plan is refused unless told otherwise.
const (
	DefaultBrake = 5 // joined, split or removed by it
	DefaultDrift = 1 // changed since it was made
)

// Applied is what carrying out a plan did.
type Applied struct {
	Plan    string         `json:"plan"`
	Codes   int64          `json:"codes"` // active after it
	Changes customer.Tally `json:"changes"`
	Planned customer.Tally `json:"planned"`
	Resumed bool           `json:"resumed"`
}

// applying is a plan that is being carried out.
type applying struct {
	*Desk
	plan  *Plan
	terms Terms
	rules *Rules
}

// ApplyPlan carries a plan out in turns of the lane, as decided on the page of plans: stewards and readers
// go on, whatever else changes codes waits until it is through. What was cut off goes on when it is
// called again. It asks no policy: its callers do.
func (d *Desk) ApplyPlan(ctx context.Context, p *Plan, t Terms) (*Applied, error) {
	rules, err := d.rulesOfPlan(ctx, p)
	if err != nil {
		return nil, err
	}
	a := applying{d, p, t, rules}
	s := &Applied{Plan: p.ID, Planned: p.Tally}
	// First the lane is closed to all others; what is read after that stays as it is.
	err = d.options.Store.InLaneOf(ctx, p.ID, false, func(tx *store.Tx) error {
		if s.Resumed, err = a.allowed(ctx, tx); err != nil {
			return err
		}
		return tx.BeginApplying(ctx, p.ID, rules.Stored)
	})
	if err != nil {
		return nil, err
	}
	if err := failpoint.Pass("apply.begun"); err != nil {
		return nil, err
	}
	if err := a.carry(ctx); err != nil {
		return nil, err
	}
	return s, d.options.Store.InLaneOf(ctx, p.ID, false, func(tx *store.Tx) error { return a.finish(ctx, tx, s) })
}

// carry evaluates and writes.
func (a *applying) carry(ctx context.Context) error {
	var b resolve.Bulk
	err := a.options.Store.Snapshot(ctx, func(tx *store.Tx) error {
		_, population, err := a.livePopulation(ctx, tx)
		if err == nil {
			b, err = a.plan.bulk(ctx, tx, a.rules, population, a.terms.Actor, a.terms.Why, a.terms.Progress)
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := resolve.Carry(ctx, b, a.lane(true), a.lane(false)); err != nil {
		return fmt.Errorf("%w; nothing is lost: give the same command again, it goes on", err)
	}
	return nil
}

// lane runs pieces of the writing in the lane.
func (a *applying) lane(long bool) resolve.Transact {
	return func(ctx context.Context, f func(resolve.BulkBase) error) error {
		err := a.options.Store.InLaneOf(ctx, a.plan.ID, long, func(tx *store.Tx) error {
			now, err := tx.Applying(ctx)
			if err == nil && now.Plan != a.plan.ID {
				err = refused("begun", "another plan was begun meanwhile")
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
func (a *applying) allowed(ctx context.Context, tx *store.Tx) (resumed bool, err error) {
	p, t := a.plan, &a.terms
	row, err := tx.Hub(ctx)
	if err != nil {
		return false, err
	}
	now, err := tx.Applying(ctx)
	if err != nil || now.Plan == p.ID {
		return true, err
	}
	moved, bound := row.LastPosition-p.Position, int64(t.Drift/100*float64(p.Codes))
	switch churn := 100 * p.Churn(); {
	case row.RulesetHash != p.Before:
		return false, refused("ruleset", "it was made for the ruleset %s, the hub has %s now; make it again", p.Before, row.RulesetHash)
	case moved > bound:
		return false, refused("drift", "%d changes happened since it was made and --drift %g allows %d; make it again", moved, t.Drift, bound)
	case churn > t.Brake:
		return false, refused("brake", "the brake holds, it joins, splits or removes %.2f %% of the codes; look at it, and give --brake %.0f if it is right", churn, churn+1)
	case p.Worse() && !t.AcceptWorse:
		return false, refused("worse", "it loses on a labeled file; give --accept-worse if it is right nevertheless")
	}
	return false, nil
}

// rulesOfPlan makes the ruleset that was planned, of this program and configuration.
func (d *Desk) rulesOfPlan(ctx context.Context, p *Plan) (*Rules, error) {
	row, err := d.options.Store.Hub(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := d.options.Compile(store.Hub{Epoch: row.Epoch, Ruleset: p.Ruleset.Text, Model: p.Ruleset.Model})
	if err == nil && rules.Hash != p.After {
		err = refused("program", "this program and configuration give another ruleset than was planned; use those of the plan, or make it again")
	}
	return rules, err
}

// finish opens the lane again, counts, and notes that the ruleset came into force.
func (a *applying) finish(ctx context.Context, tx *store.Tx, s *Applied) error {
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
	if err := a.keep(ctx, tx, s); err != nil {
		return err
	}
	return tx.EndApplying(ctx)
}

// keep writes the plan down as applied, also one that came from a file. Its model is the hub's now.
func (a *applying) keep(ctx context.Context, tx *store.Tx, s *Applied) error {
	document, err := json.Marshal(a.plan.Told())
	if err != nil {
		return err
	}
	result, err := json.Marshal(s)
	if err != nil {
		return err
	}
	at := a.options.Now().UTC()
	row, err := tx.PlanNamed(ctx, a.plan.ID)
	known := err == nil
	if errors.Is(err, ErrUnknown) {
		row, err = customer.PlanRow{By: a.plan.Actor, Person: a.plan.Actor, Reason: a.plan.Reason, Name: a.plan.ID, Approver: a.terms.Actor, Approved: &at}, nil
	}
	if err != nil {
		return err
	}
	row.State, row.Document, row.Result, row.Fault, row.Detail, row.Finished = customer.PlanApplied, string(document), string(result), "", "", &at
	if known {
		return tx.SavePlan(ctx, &row)
	}
	return tx.AddPlan(ctx, &row)
}
