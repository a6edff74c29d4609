package desk

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"kartoteka/customer"
	"kartoteka/store"
)

// PlanWaits reports whether a plan is to be made or carried out.
func (d *Desk) PlanWaits(ctx context.Context) (bool, error) {
	waits := false
	err := d.options.Store.InSnapshot(ctx, func(tx *store.Tx) error {
		_, err := tx.NextPlan(ctx)
		if waits = err == nil; errors.Is(err, ErrUnknown) {
			err = nil
		}
		return err
	})
	return waits, err
}

// WorkPlan makes or carries out the plan that waits longest, if there is one. One process does so at a
// time: its caller holds a lease. What was cut off goes on at the next call.
func (d *Desk) WorkPlan(ctx context.Context) error {
	var row customer.PlanRow
	err := d.options.Store.InSnapshot(ctx, func(tx *store.Tx) (err error) {
		row, err = tx.NextPlan(ctx)
		return err
	})
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	progress := d.progress(ctx, row.ID)
	if row.State == customer.PlanApproved {
		err = d.carryPlan(ctx, &row, progress)
	} else {
		err = d.workOut(ctx, &row, progress)
	}
	if err == nil || ctx.Err() != nil || store.Temporary(err) && !errors.Is(err, ErrPlan) {
		return err // the next call tries again
	}
	return d.failPlan(ctx, row.ID, err)
}

// PlanRests tells those who look at the plan that is worked on that it failed and is tried again after a time.
func (d *Desk) PlanRests(ctx context.Context, wait time.Duration) error {
	var row customer.PlanRow
	err := d.options.Store.InSnapshot(ctx, func(tx *store.Tx) (err error) {
		row, err = tx.NextPlan(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return d.options.Store.PlanProgress(ctx, row.ID, StageRests, int64(wait/time.Second), 0)
}

// StageRests is the stage of a plan that failed for a reason that may pass; what is done is then the seconds until
// it is tried again.
const StageRests = "rests"

// progress tells how far the work is, every half second at most.
func (d *Desk) progress(ctx context.Context, id int64) func(string, int, int) {
	var mu sync.Mutex
	var last time.Time
	stage := ""
	return func(now string, done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if at := d.options.Now(); now != stage || at.Sub(last) > time.Second/2 {
			stage, last = now, at
			_ = d.options.Store.PlanProgress(ctx, id, now, int64(done), int64(total)) // what is not told now is told later
		}
	}
}

// workOut computes what a plan would do.
func (d *Desk) workOut(ctx context.Context, row *customer.PlanRow, progress func(string, int, int)) error {
	p, err := d.MakePlan(ctx, PlanOrder{Change: Change{Settings: row.Settings, Train: row.Train}, Actor: row.By, Reason: row.Reason, Progress: progress, Curve: true})
	if err != nil {
		return err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return d.options.Store.InTx(ctx, func(tx *store.Tx) error {
		now, err := tx.PlanAt(ctx, row.ID, true)
		if err != nil || now.State != customer.PlanAsked { // given up meanwhile
			return err
		}
		now.State, now.Name, now.Document = customer.PlanReady, p.ID, string(text)
		return tx.SavePlan(ctx, &now)
	})
}

// carryPlan carries a plan out.
func (d *Desk) carryPlan(ctx context.Context, row *customer.PlanRow, progress func(string, int, int)) error {
	p, err := readPlanText(row.Document)
	if err != nil {
		return err
	}
	_, err = d.ApplyPlan(ctx, p, Terms{Actor: row.Approver, Why: row.Why, Brake: row.Brake, Drift: DefaultDrift, Progress: progress})
	return err
}

// failPlan notes why a plan failed. One that is being carried out stays so: until it is through, nobody
// else changes codes.
func (d *Desk) failPlan(ctx context.Context, id int64, why error) error {
	return d.options.Store.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.PlanAt(ctx, id, true)
		if err != nil || row.State != customer.PlanAsked && row.State != customer.PlanApproved {
			return err
		}
		if now, err := tx.Applying(ctx); err != nil || now.Plan != "" && now.Plan == row.Name {
			return errors.Join(why, err)
		}
		at := d.options.Now().UTC()
		var r *Refusal
		row.Fault, row.Detail, row.Finished = "failed", why.Error(), &at
		if errors.As(why, &r) {
			row.Fault = r.Fault
		}
		row.State = customer.PlanFailed
		return tx.SavePlan(ctx, &row)
	})
}
