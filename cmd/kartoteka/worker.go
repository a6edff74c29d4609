package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/pipelines"
	"kartoteka/resolve"
	"kartoteka/store"
)

// worker does what a serving hub does by itself, one thing after the other: it resolves what has
// landed and nobody works on, loads sources that are due, and maintains the hub at night.
type worker struct {
	app       *app
	hub       *hub
	desk      *desk.Desk
	log       *slog.Logger
	waiting   store.Waiting // at the last look
	scheduler *pipelines.Scheduler
	warned    string // what was said last, so that it is said once
}

// look is how often the worker looks for work.
const look = time.Second

func newWorker(a *app, h *hub) *worker {
	return &worker{app: a, hub: h, desk: h.desk(), log: a.logger()}
}

// run works until the context ends; only a schedule that makes no sense ends it before.
func (w *worker) run(ctx context.Context) error {
	jobs, err := w.jobs()
	if err != nil {
		return err
	}
	w.scheduler = w.hub.scheduler(w.app, jobs)
	return again(ctx, func() {
		if err := w.step(ctx); err != nil && ctx.Err() == nil {
			w.warn("work stopped and will start again", err)
		}
	})
}

// again does something once a look until the context ends.
func again(ctx context.Context, do func()) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			do()
		}
	}
}

// warn says each thing once.
func (w *worker) warn(what string, err error) {
	if text := what + err.Error(); text != w.warned {
		w.warned = text
		w.log.Warn(what, "error", err)
	}
}

// step does what there is to do now.
func (w *worker) step(ctx context.Context) error {
	if err := w.hub.testify(ctx); err != nil {
		return err
	}
	if err := w.ready(ctx); err != nil {
		return err
	}
	if err := w.desk.CarryOut(ctx); err != nil {
		return err
	}
	if err := w.desk.Weigh(ctx); err != nil {
		return err
	}
	if err := w.scheduler.Step(ctx); err != nil {
		return err
	}
	return w.resolve(ctx)
}

// ready follows the ruleset of the database: the first load fixes it, a plan that is applied changes it.
func (w *worker) ready(ctx context.Context) error {
	row, err := w.hub.Hub(ctx)
	if err != nil {
		return err
	}
	if row.RulesetHash != w.hub.row.RulesetHash || row.Epoch != w.hub.row.Epoch {
		if err := w.hub.compile(ctx); err != nil {
			return err
		}
	}
	return w.hub.writable()
}

// load loads a configured source.
func (w *worker) load(ctx context.Context, s *config.Source, lease customer.Lease) (detail string, err error) {
	in, err := w.app.sourceInput(w.hub.conf, s)
	if err != nil {
		return "", err
	}
	j := &loadJob{app: w.app, hub: w.hub, inputs: []*pipelines.Input{in}, meter: w.app.newMeter(), leases: []customer.Lease{lease}}
	defer j.meter.stop()
	if w.hub.rules == nil {
		err = j.do(ctx)
	} else {
		err = j.loadThrough(ctx, lanes{w.hub.Store}) // without the report, which reads everything
	}
	if err == nil && len(j.result.Held) > 0 {
		w.log.Warn("the brake held: more rows are gone than it allows, and nothing was deleted", "source", s.Name)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d read, %d accepted, %d rejected", j.result.Counts.Read, j.result.Counts.Accepted, j.result.Counts.Rejected), nil
}

// maintain counts closed keys and shared values again.
func (w *worker) maintain(ctx context.Context, lease customer.Lease) error {
	if w.hub.rules == nil {
		return nil
	}
	h := fenced{under{lanes{w.hub.Store}, w.hub.row.RulesetHash}, lease}
	return h.InLongLane(ctx, func(tx pipelines.Tx) error {
		_, err := resolve.Maintain(ctx, w.hub.rules.rules, tx)
		return err
	})
}

// resolve gives codes to what has landed, if it has waited for a look without anybody working on it:
// who loads resolves its own.
func (w *worker) resolve(ctx context.Context) error {
	if w.hub.rules == nil {
		return nil
	}
	now, err := w.hub.Waiting(ctx)
	idle := now == w.waiting
	w.waiting = now
	if err != nil || !idle || now.First == 0 {
		return err
	}
	n, err := w.hub.CountWaiting(ctx)
	if err != nil {
		return err
	}
	l := pipelines.Loader{Hub: under{lanes{w.hub.Store}, w.hub.row.RulesetHash}, Rules: w.hub.rules.rules, Company: w.hub.rules.company,
		Actor: "hub", Workers: runtime.GOMAXPROCS(0)}
	return l.Resolve(ctx, &pipelines.Result{Counts: customer.Counts{Accepted: n}})
}
