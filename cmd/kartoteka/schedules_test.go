package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/pipelines"
	"kartoteka/store"
)

// clock is moved by the test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// ranFor notes for which due times a job ran.
type ranFor struct {
	mu   sync.Mutex
	runs []time.Time
	fail bool
	on   *store.Store
}

func (r *ranFor) do(ctx context.Context, l customer.Lease) (string, error) {
	rows, err := r.on.Schedules(ctx)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, row := range rows {
		if row.Name == l.Role {
			r.runs = append(r.runs, row.Due)
		}
	}
	if r.fail {
		return "", errors.New("on purpose")
	}
	return "fine", nil
}

// schedulerOf is one process of several that serve a database.
func schedulerOf(t *testing.T, d *door, c *clock, every string, skip bool, r *ranFor) *pipelines.Scheduler {
	t.Helper()
	s := d.store()
	h := &hub{Store: s}
	times, err := config.ParseSchedule(every, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if r.on == nil {
		r.on = s
	}
	out := h.scheduler(&app{err: os.Stderr, globals: globals{Quiet: true}}, []scheduled{{Job: pipelines.Job{Name: "job", Spec: every, Times: times, Skip: skip, Do: r.do}}})
	out.Now = c.Now
	return out
}

func stepBoth(t *testing.T, schedulers ...*pipelines.Scheduler) {
	t.Helper()
	var wg sync.WaitGroup
	for _, s := range schedulers {
		wg.Go(func() {
			if err := s.Step(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// Two processes, one database: each due time is run for once, whoever is first.
func TestTwoSchedulersRunEachTimeOnce(t *testing.T) {
	t.Parallel()
	d, r, c := openDoor(t), &ranFor{}, &clock{now: time.Date(2026, 3, 4, 12, 0, 30, 0, time.UTC)}
	a, b := schedulerOf(t, d, c, "*/10 * * * *", false, r), schedulerOf(t, d, c, "*/10 * * * *", false, r)
	for range 40 { // until 13:38
		stepBoth(t, a, b)
		stepBoth(t, b, a)
		c.move(150 * time.Second)
	}
	if len(r.runs) != 9 {
		t.Fatalf("%d runs: %v", len(r.runs), r.runs)
	}
	for i, due := range r.runs {
		if want := time.Date(2026, 3, 4, 12, 10*(i+1), 0, 0, time.UTC); !due.Equal(want) {
			t.Errorf("run %d for %s, want %s", i, due, want)
		}
	}
}

func TestMissedTimes(t *testing.T) {
	t.Parallel()
	for _, skip := range []bool{false, true} {
		t.Run(fmt.Sprint(skip), func(t *testing.T) {
			t.Parallel()
			d, r, c := openDoor(t), &ranFor{}, &clock{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
			s := schedulerOf(t, d, c, "17 3 * * *", skip, r)
			stepBoth(t, s)
			c.move(5 * 24 * time.Hour) // nobody served for five nights
			stepBoth(t, s)
			stepBoth(t, s)
			want := 1
			if skip {
				want = 0
			}
			if len(r.runs) != want {
				t.Errorf("%d runs for what was missed, want %d", len(r.runs), want)
			}
			c.move(15*time.Hour + 17*time.Minute) // on time
			stepBoth(t, s)
			if len(r.runs) != want+1 {
				t.Errorf("%d runs on time, want %d", len(r.runs)-want, 1)
			}
		})
	}
}

func TestFailedJobIsTriedAgain(t *testing.T) {
	t.Parallel()
	d, r, c := openDoor(t), &ranFor{fail: true}, &clock{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
	a, b := schedulerOf(t, d, c, "17 3 * * *", false, r), schedulerOf(t, d, c, "17 3 * * *", false, r)
	stepBoth(t, a)
	c.move(15*time.Hour + 17*time.Minute)
	stepBoth(t, a, b)
	stepBoth(t, a, b) // not at once
	if len(r.runs) != 1 {
		t.Fatalf("%d runs", len(r.runs))
	}
	c.move(20 * time.Second)
	stepBoth(t, a, b)
	c.move(20 * time.Second) // the second pause is longer
	stepBoth(t, a, b)
	if len(r.runs) != 2 || !r.runs[0].Equal(r.runs[1]) {
		t.Fatalf("%v", r.runs)
	}
	r.fail = false
	c.move(time.Minute)
	stepBoth(t, a, b)
	c.move(time.Minute)
	stepBoth(t, a, b)
	rows, err := r.on.Schedules(t.Context())
	if err != nil || len(r.runs) != 3 || rows[0].Outcome != customer.ScheduleDone || rows[0].Attempts != 0 || !rows[0].Next.Equal(time.Date(2026, 3, 6, 3, 17, 0, 0, time.UTC)) {
		t.Errorf("%v %d %+v", err, len(r.runs), rows)
	}
}

// A process that died while it did a job leaves it due; one that only stood still is fenced off.
func TestPausedJobIsFenced(t *testing.T) {
	t.Parallel()
	d, c := openDoor(t), &clock{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
	times, err := config.ParseSchedule("10m", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	a, b := d.store(), d.store()
	paused, resumed := make(chan struct{}), make(chan struct{})
	job := func(do func(context.Context, customer.Lease) (string, error)) []pipelines.Job {
		return []pipelines.Job{{Name: "job", Spec: "10m", Times: times, AtOnce: true, Do: do}}
	}
	// The first one's lease is short and never renewed: that is what a pause looks like from outside.
	first := &pipelines.Scheduler{Board: a, Now: c.Now, Hold: func(ctx context.Context, role string, do func(context.Context, customer.Lease) error) error {
		l, err := a.Take(ctx, role, "a", 30*time.Millisecond)
		if err != nil {
			return err
		}
		return do(ctx, l)
	}, Jobs: job(func(ctx context.Context, l customer.Lease) (string, error) {
		close(paused)
		<-resumed
		return "", moveCursor(ctx, a, l, "old")
	})}
	second := &pipelines.Scheduler{Board: b, Now: c.Now, Hold: func(ctx context.Context, role string, do func(context.Context, customer.Lease) error) error {
		l, err := b.Take(ctx, role, "b", time.Hour)
		if err != nil {
			return err
		}
		return errors.Join(do(ctx, l), b.Release(ctx, l, true))
	}, Jobs: job(func(ctx context.Context, l customer.Lease) (string, error) { return "", moveCursor(ctx, b, l, "new") })}
	ended := make(chan error)
	go func() { ended <- first.Step(t.Context()) }()
	<-paused
	for done := false; !done; {
		if err := second.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows, err := b.Schedules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		done = rows[0].Outcome == customer.ScheduleDone
		time.Sleep(5 * time.Millisecond)
	}
	close(resumed)
	if err := <-ended; err != nil {
		t.Errorf("the paused one: %v", err) // a lost lease is no error of the step
	}
	var cursor string
	var runs int
	d.query(`SELECT cursor, (SELECT count(*) FROM run) FROM source`, &cursor, &runs)
	if cursor != "new" || runs != 1 {
		t.Errorf("position %q after %d runs", cursor, runs)
	}
}

func moveCursor(ctx context.Context, s *store.Store, l customer.Lease, to string) error {
	return s.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.Fence(ctx, l); err != nil {
			return err
		}
		run, err := tx.BeginRun(ctx, "crm", true, "")
		if err != nil {
			return err
		}
		return tx.SaveCursor(ctx, run, to)
	})
}

// Serve verifies, signs and backs up by itself, and says so.
func TestServeLooksAfterItself(t *testing.T) {
	t.Parallel()
	d := messyDoor(t)
	to := filepath.Join(d.dir, "backups")
	d.file("kartoteka.yaml", "version: 1\nschedules:\n  verify: 1s\n  checkpoint: {every: 1s, missed: skip}\n  maintain: off\n  backup: {every: 2s, to: "+to+", keep: 1}\n")
	p, address := d.serving()
	var body string
	until := time.Now().Add(60 * time.Second)
	for ; time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		if _, body = fetch(t, address+"/metrics"); strings.Contains(body, `kartoteka_invariant_violations{invariant="I1"} 0`) &&
			strings.Contains(body, `kartoteka_schedule_finished_time_seconds{outcome="done",schedule="checkpoint"}`) &&
			strings.Contains(body, `kartoteka_schedule_finished_time_seconds{outcome="done",schedule="backup"}`) {
			break
		}
	}
	if !time.Now().Before(until) {
		t.Errorf("nothing was done:\n%s\n%s", grep(body, "kartoteka_sched", "kartoteka_inv"), &p.err)
	}
	d.change(`UPDATE record SET code = NULL WHERE id = (SELECT min(id) FROM record WHERE state = 'live')`)
	for ; time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		if _, body = fetch(t, address+"/metrics"); strings.Contains(body, `kartoteka_invariant_violations{invariant="I1"} 1`) {
			break
		}
	}
	if !time.Now().Before(until) {
		t.Errorf("the violation is not told:\n%s", grep(body, "kartoteka_inv"))
	}
	text := d.ok("schedules", "-q")
	for _, word := range []string{"verify", "checkpoint", "backup", "next ", "done "} {
		if !strings.Contains(text, word) {
			t.Errorf("lacks %q:\n%s", word, text)
		}
	}
	p.signal(syscall.SIGTERM)
	if code := p.wait(); code != exitOK {
		t.Errorf("exit %d:\n%s", code, &p.err)
	}
	if s, _ := auditVerified(d, exitOK); s.Checkpoints == 0 {
		t.Errorf("%+v", s)
	}
	if found, err := filepath.Glob(filepath.Join(to, "hub-*", manifestName)); err != nil || len(found) != 1 {
		t.Errorf("%v %v", found, err)
	}
}

func grep(text string, words ...string) string {
	var out []string
	for line := range strings.Lines(text) {
		for _, w := range words {
			if strings.Contains(line, w) {
				out = append(out, line)
			}
		}
	}
	return strings.Join(out, "")
}
