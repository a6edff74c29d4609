package main

import (
	"context"
	"errors"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
)

// planner makes and carries out the plans that people ask for at the workbench or by the API, beside all
// other work: a plan of a large base takes minutes.
type planner struct {
	worker *worker
	desk   *desk.Desk
	failed int // times in a row
	until  time.Time
}

// planRole is the role of whoever works on plans.
const planRole = "plans"

func newPlanner(a *app, h *hub) *planner { return &planner{worker: newWorker(a, h), desk: h.desk()} }

// run works until the context ends.
func (p *planner) run(ctx context.Context) error {
	return again(ctx, func() {
		if time.Now().Before(p.until) {
			return
		}
		switch err := p.step(ctx); {
		case err == nil:
			p.failed = 0
		case ctx.Err() == nil && !errors.Is(err, customer.ErrLeaseHeld):
			p.rest(ctx, err)
		}
	})
}

// longestRest is the longest time between two tries of a plan.
const longestRest = time.Minute

// restAfter is how long a plan rests that failed so often in a row.
func restAfter(failed int) time.Duration { return min(look<<min(failed, 10), longestRest) }

// rest lets a plan that failed be tried later, each time later, and tells those who look at it.
func (p *planner) rest(ctx context.Context, err error) {
	p.failed++
	wait := restAfter(p.failed)
	p.until = time.Now().Add(wait)
	p.worker.warn("a plan stopped and will go on", err)
	_ = p.desk.PlanRests(ctx, wait) // what is not told now is told after the next try
}

func (p *planner) step(ctx context.Context) error {
	waits, err := p.desk.PlanWaits(ctx)
	if err != nil || !waits {
		return err
	}
	return p.worker.hub.leased(ctx, planRole, holder(), func(ctx context.Context, _ customer.Lease) (int64, error) {
		return 0, p.desk.WorkPlan(ctx)
	})
}
