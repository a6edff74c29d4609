package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/pipelines"
	"kartoteka/resolve"
	"kartoteka/store"
)

// worker does what a serving hub does by itself, one thing after the other: it resolves what has
// landed and nobody works on, loads sources that are due, and maintains the hub at night.
type worker struct {
	app     *app
	hub     *hub
	log     *slog.Logger
	holder  string
	waiting store.Waiting // at the last look
	jobs    []*job
	warned  string // what was said last, so that it is said once
}

// job is something that is due from time to time; one process of all that serve a database does it.
type job struct {
	role     string
	schedule config.Schedule
	atOnce   bool // due at once if it was never done
	due      time.Time
	failures int
	do       func(context.Context, customer.Lease) error
}

const (
	// look is how often the worker looks for work.
	look = time.Second
	// night is when the hub is maintained, by the company's clock.
	night = "17 3 * * *"
	// retryLeast and retryMost bound the time after which a failed job is tried again.
	retryLeast, retryMost = 15 * time.Second, time.Hour
)

func newWorker(a *app, h *hub) *worker {
	return &worker{app: a, hub: h, log: a.logger(), holder: holder()}
}

// run works until the context ends; only a schedule that makes no sense ends it before.
func (w *worker) run(ctx context.Context) error {
	if err := w.plan(time.Now()); err != nil {
		return err
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := w.step(ctx); err != nil && ctx.Err() == nil {
			w.warn("work stopped and will start again", err)
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

// plan lists the jobs with their first times.
func (w *worker) plan(now time.Time) error {
	conf := w.hub.conf
	for i := range conf.Sources {
		s := &conf.Sources[i]
		schedule, err := conf.Schedule(s)
		if err != nil {
			return fmt.Errorf("sources.%s.every: %w", s.Name, err)
		}
		if schedule == nil {
			continue
		}
		_, err = time.ParseDuration(s.Every)
		w.jobs = append(w.jobs, &job{role: sourceRole(s.Name), schedule: schedule, atOnce: err == nil, due: now,
			do: func(ctx context.Context, lease customer.Lease) error { return w.load(ctx, s, lease) }})
	}
	zone, err := time.LoadLocation(conf.TimeZone)
	if err != nil {
		return fmt.Errorf("company.time_zone: %w", err)
	}
	nightly, err := config.ParseSchedule(night, zone)
	if err != nil {
		return err
	}
	w.jobs = append(w.jobs, &job{role: "maintain", schedule: nightly, due: now, do: w.maintain})
	return nil
}

// step does what there is to do now.
func (w *worker) step(ctx context.Context) error {
	if err := w.ready(ctx); err != nil {
		return err
	}
	for _, j := range w.jobs {
		if now := time.Now(); !now.Before(j.due) {
			w.attempt(ctx, j, now)
		}
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

// attempt does a job that may be due: the role's position is when it was begun last.
func (w *worker) attempt(ctx context.Context, j *job, now time.Time) {
	err := w.hub.leased(ctx, j.role, w.holder, func(ctx context.Context, lease customer.Lease) (int64, error) {
		if j.due = j.next(lease.Position, now); j.due.After(now) {
			return 0, nil // not yet, or another process was quicker
		}
		if err := j.do(ctx, lease); err != nil {
			return 0, err
		}
		j.due = j.schedule.Next(now)
		w.app.remark("%s: done in %s", j.role, time.Since(now).Round(time.Millisecond))
		return now.UnixMilli(), nil
	})
	switch {
	case err == nil:
		j.failures = 0
	case errors.Is(err, customer.ErrLeaseHeld):
		j.due = now.Add(look)
	default:
		j.due = now.Add(min(retryLeast<<min(j.failures, 10), retryMost))
		j.failures++
		if ctx.Err() == nil {
			w.log.Error("failed and will be tried again", "job", j.role, "at", j.due.Format(time.TimeOnly), "error", err)
		}
	}
}

// next tells when a job is due that was begun last at a position of its role.
func (j *job) next(position int64, now time.Time) time.Time {
	switch {
	case position > 0:
		return j.schedule.Next(time.UnixMilli(position))
	case j.atOnce:
		return now
	}
	return j.schedule.Next(now)
}

// load loads a configured source.
func (w *worker) load(ctx context.Context, s *config.Source, lease customer.Lease) error {
	in, err := w.app.sourceInput(w.hub.conf, s)
	if err != nil {
		return err
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
	return err
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
