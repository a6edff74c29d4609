package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/failpoint"
	"kartoteka/pipelines"
	"kartoteka/store"
)

// fenced is a hub that is written to only while a lease is its holder's.
type fenced struct {
	pipelines.Hub
	lease customer.Lease
}

func (f fenced) guard(ctx context.Context, do func(pipelines.Tx) error) func(pipelines.Tx) error {
	return func(tx pipelines.Tx) error {
		if t, ok := tx.(*store.Tx); ok {
			if err := t.Fence(ctx, f.lease); err != nil {
				return err
			}
		}
		return do(tx)
	}
}

// InTx implements pipelines.Hub.
func (f fenced) InTx(ctx context.Context, do func(pipelines.Tx) error) error {
	return f.Hub.InTx(ctx, f.guard(ctx, do))
}

// InLongLane implements pipelines.Hub. Turns are not fenced: anybody may resolve what has landed.
func (f fenced) InLongLane(ctx context.Context, do func(pipelines.Tx) error) error {
	return f.Hub.InLongLane(ctx, f.guard(ctx, do))
}

// under is a hub whose codes are changed only while a ruleset is in force.
type under struct {
	pipelines.Hub
	hash string
}

func (u under) guard(ctx context.Context, do func(pipelines.Tx) error) func(pipelines.Tx) error {
	return func(tx pipelines.Tx) error {
		if t, ok := tx.(*store.Tx); ok {
			if hash, err := t.RulesetHash(ctx); err != nil || hash != u.hash {
				return cmp.Or(err, desk.ErrRuleset)
			}
		}
		return do(tx)
	}
}

// InLane implements pipelines.Hub.
func (u under) InLane(ctx context.Context, do func(pipelines.Tx) error) error {
	return u.Hub.InLane(ctx, u.guard(ctx, do))
}

// InLongLane implements pipelines.Hub.
func (u under) InLongLane(ctx context.Context, do func(pipelines.Tx) error) error {
	return u.Hub.InLongLane(ctx, u.guard(ctx, do))
}

// isLost reports whether a lease went to another process.
func isLost(err error) bool { return errors.Is(err, customer.ErrLeaseLost) }

// leaseTime is how long a job of a process that died waits for another one.
const leaseTime = 30 * time.Second

// leased does a job while it holds a role; the job's context ends with the lease. The job tells how
// far it is done, as a position of the role; 0 leaves it.
func (h *hub) leased(ctx context.Context, role, holder string, job func(context.Context, customer.Lease) (int64, error)) error {
	lease, err := h.Take(ctx, role, holder, leaseTime)
	if err != nil {
		return err
	}
	working, cancel := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		h.renew(working, lease, cancel)
	}()
	var position int64
	if err = failpoint.Pass("job.taken"); err == nil {
		position, err = job(working, lease)
	}
	if cause := context.Cause(working); err != nil && ctx.Err() == nil && cause != nil {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	if err == nil {
		err = failpoint.Pass("job.done")
	}
	if err == nil && position > 0 {
		err = h.Advance(ctx, lease, position)
	}
	cancel(nil)
	<-renewed
	_ = h.Release(context.WithoutCancel(ctx), lease, err == nil) // else it runs out by itself
	return err
}

// loading does a job while it holds the leases of sources, for which it waits: of two loads of one
// source one comes after the other, and one that was left by a process that died is free at once.
func (h *hub) loading(ctx context.Context, a *app, sources []customer.Source, job func(context.Context, []customer.Lease) error) error {
	return h.loadingAll(ctx, a, slices.Compact(slices.Sorted(slices.Values(sources))), nil, job)
}

func (h *hub) loadingAll(ctx context.Context, a *app, sources []customer.Source, held []customer.Lease, job func(context.Context, []customer.Lease) error) error {
	if len(sources) == 0 {
		return job(ctx, held)
	}
	role, me := sourceRole(sources[0]), holder()
	for wait, told := 20*time.Millisecond, false; ; wait = min(2*wait, time.Second) {
		began := false
		err := h.leased(ctx, role, me, func(ctx context.Context, lease customer.Lease) (int64, error) {
			began = true
			return 0, h.loadingAll(ctx, a, sources[1:], append(held, lease), job)
		})
		if began || !errors.Is(err, customer.ErrLeaseHeld) {
			return err
		}
		if !told {
			told = true
			a.remark("source %s is being loaded by another process; waiting", sources[0])
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// sourceRole is the role of whoever loads a source.
func sourceRole(s customer.Source) string { return "source." + string(s) }

// renew keeps a lease until the context ends, which it brings about when the lease is lost.
func (h *hub) renew(ctx context.Context, lease customer.Lease, lost context.CancelCauseFunc) {
	tick := time.NewTicker(leaseTime / 3)
	defer tick.Stop()
	until := time.Now().Add(leaseTime)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		began := time.Now()
		err := h.Renew(ctx, lease, leaseTime)
		switch {
		case err == nil:
			until = began.Add(leaseTime)
		case time.Now().After(until) || isLost(err):
			lost(customer.ErrLeaseLost)
			return
		}
	}
}
