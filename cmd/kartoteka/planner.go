package main

import (
	"context"
	"errors"

	"kartoteka/customer"
	"kartoteka/desk"
)

// planner makes and carries out the plans that people ask for at the workbench or by the API, beside all
// other work: a plan of a large base takes minutes.
type planner struct {
	worker *worker
	desk   *desk.Desk
}

// planRole is the role of whoever works on plans.
const planRole = "plans"

func newPlanner(a *app, h *hub) *planner { return &planner{newWorker(a, h), h.desk()} }

// run works until the context ends.
func (p *planner) run(ctx context.Context) error {
	return again(ctx, func() {
		if err := p.step(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, customer.ErrLeaseHeld) {
			p.worker.warn("a plan stopped and will go on", err)
		}
	})
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
