package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/pipelines"
)

type schedulesCommand struct{}

func (*schedulesCommand) Help() string {
	return `Shows what kartoteka serve does by itself: when each is due next, by the company's clock, and what came of
it last. One process of all that serve a database does it, once each time.

Example:

    $ kartoteka schedules
    $ kartoteka schedules --output json`
}

// scheduleLine is one job as it is shown.
type scheduleLine struct {
	Name     string                   `json:"name"`
	Every    string                   `json:"every"`
	Missed   string                   `json:"missed"`
	Next     time.Time                `json:"next"`
	Running  bool                     `json:"running,omitempty"`
	Outcome  customer.ScheduleOutcome `json:"outcome,omitempty"` // of the last time
	Due      *time.Time               `json:"due,omitempty"`
	Started  *time.Time               `json:"started,omitempty"`
	Finished *time.Time               `json:"finished,omitempty"`
	Attempts int                      `json:"attempts,omitempty"`
	Detail   string                   `json:"detail,omitempty"`
}

func (*schedulesCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		lines, err := h.scheduleLines(ctx, a, time.Now())
		return output{summary: map[string]int{"schedules": len(lines)}, result: map[string]any{"schedules": lines},
			human: func(w io.Writer) error { return writeSchedules(w, lines) }}, err
	})
}

// scheduleLines lists the configured jobs, with what the database knows of them.
func (h *hub) scheduleLines(ctx context.Context, a *app, now time.Time) ([]scheduleLine, error) {
	work, err := newWorker(a, h).jobs()
	if err != nil {
		return nil, err
	}
	watch, err := newWatch(a, h).jobs()
	if err != nil {
		return nil, err
	}
	rows, err := h.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]customer.ScheduleRow{}
	for _, row := range rows {
		known[row.Name] = row
	}
	var lines []scheduleLine
	for _, j := range append(work, watch...) {
		lines = append(lines, lineOf(&j, known[j.Name], now, h.conf))
	}
	return lines, nil
}

func lineOf(j *scheduled, row customer.ScheduleRow, now time.Time, conf *config.Config) scheduleLine {
	zone, err := conf.Zone()
	if err != nil {
		zone = time.UTC
	}
	l := scheduleLine{Name: j.Name, Every: j.every, Missed: "run", Next: row.Next, Running: row.Running, Outcome: row.Outcome, Attempts: row.Attempts, Detail: row.Detail}
	if j.Skip {
		l.Missed = "skip"
	}
	switch {
	case row.Name == "" || row.Spec != j.Spec: // nobody has served with it yet
		if l.Next = now; !j.AtOnce {
			l.Next = j.Times.Next(now)
		}
	case row.Retry.After(row.Next):
		l.Next = row.Retry
	}
	l.Next = l.Next.In(zone)
	for _, x := range []struct {
		from time.Time
		into **time.Time
	}{{row.Due, &l.Due}, {row.Started, &l.Started}, {row.Finished, &l.Finished}} {
		if !x.from.IsZero() {
			at := x.from.In(zone)
			*x.into = &at
		}
	}
	return l
}

func writeSchedules(w io.Writer, lines []scheduleLine) error {
	return table(w, "", lines, (*scheduleLine).text)
}

func (l *scheduleLine) text() string {
	last := "never yet"
	switch {
	case l.Running:
		last = "running since " + l.Started.Format(time.DateTime)
	case l.Finished != nil:
		last = fmt.Sprintf("%s %s", l.Outcome, l.Finished.Format(time.DateTime))
	}
	if l.Detail != "" && !l.Running {
		last += " (" + l.Detail + ")"
	}
	return fmt.Sprintf("%s\t%s\tnext %s\t%s", l.Name, l.Every, l.Next.Format("2006-01-02 15:04:05 MST"), last)
}

// scheduled is a job and how its times were written.
type scheduled struct {
	pipelines.Job
	every string
}

// schedule makes a job of a configured schedule; none if it is off.
func (h *hub) schedule(name string, t config.Timed, do func(context.Context, customer.Lease) (string, error)) ([]scheduled, error) {
	if t.Every == "" {
		return nil, nil
	}
	zone, err := h.conf.Zone()
	if err != nil {
		return nil, err
	}
	times, err := config.ParseSchedule(t.Every, zone)
	if err != nil {
		return nil, fmt.Errorf("schedule of %s: %w", name, err)
	}
	_, err = time.ParseDuration(t.Every)
	return []scheduled{{every: t.Every, Job: pipelines.Job{Name: name, Spec: t.Every + " " + zone.String(), Times: times, Skip: t.Skip, AtOnce: err == nil, Do: do}}}, nil
}

// scheduler does jobs when they are due.
func (h *hub) scheduler(a *app, jobs []scheduled) *pipelines.Scheduler {
	me, log := holder(), a.logger()
	s := &pipelines.Scheduler{Board: h.Store, Now: time.Now, Code: func(err error) string {
		_, code := exitOf(err)
		return code
	}, Hold: func(ctx context.Context, role string, do func(context.Context, customer.Lease) error) error {
		return h.leased(ctx, role, me, func(ctx context.Context, lease customer.Lease) (int64, error) { return 0, do(ctx, lease) })
	}, Told: func(job string, outcome customer.ScheduleOutcome, took time.Duration, err error) {
		switch outcome {
		case customer.ScheduleDone:
			a.remark("%s: done in %s", job, took.Round(time.Millisecond))
		case customer.ScheduleSkipped:
			log.Warn("was missed and is skipped", "job", job)
		case customer.ScheduleFailed:
			log.Error("failed", "job", job, "error", err)
		}
	}}
	for _, j := range jobs {
		s.Jobs = append(s.Jobs, j.Job)
	}
	return s
}

// jobs lists what the worker does when it is due: sources, and maintenance.
func (w *worker) jobs() ([]scheduled, error) {
	var out []scheduled
	for i := range w.hub.conf.Sources {
		s := &w.hub.conf.Sources[i]
		part, err := w.hub.schedule(sourceRole(s.Name), config.Timed{Every: s.Every, Skip: s.SkipMissed}, func(ctx context.Context, lease customer.Lease) (string, error) {
			return w.load(ctx, s, lease)
		})
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	maintain, err := w.hub.schedule("maintain", w.hub.conf.Schedules.Maintain, func(ctx context.Context, lease customer.Lease) (string, error) {
		return "", w.maintain(ctx, lease)
	})
	return append(out, maintain...), err
}
