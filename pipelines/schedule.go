package pipelines

import (
	"context"
	"errors"
	"time"

	"kartoteka/customer"
)

// Board keeps when jobs are due, for all processes that serve one database.
type Board interface {
	// Enlist makes a job known that is due next then; one that is known keeps its time unless its
	// specification changed.
	Enlist(ctx context.Context, name, spec string, next time.Time) error
	// Schedules returns all jobs that are known.
	Schedules(ctx context.Context) ([]customer.ScheduleRow, error)
	// Begin notes, within a transaction that the lease fences, that the job runs for a time at which it
	// is due; false if it is not due then any more.
	Begin(ctx context.Context, l customer.Lease, due time.Time) (bool, error)
	// Finish notes Outcome, Detail, Next and Retry in the same way; a Next that is still due leaves it due.
	Finish(ctx context.Context, l customer.Lease, due time.Time, f customer.ScheduleRow) error
}

// Timetable says when something is due next, after a moment.
type Timetable interface{ Next(time.Time) time.Time }

// Job is something that is due from time to time; one process of all does it.
type Job struct {
	Name   string // its role
	Spec   string // identifies the timetable
	Times  Timetable
	Skip   bool // what was missed, or failed, is not caught up
	AtOnce bool // due at once when it becomes known
	// Do does it while the lease holds; the context ends with the lease. Detail holds numbers, no values.
	Do func(ctx context.Context, l customer.Lease) (detail string, err error)
}

// Scheduler does jobs when they are due: each due time once in the cluster, as long as it succeeds. A
// job that fails is tried again, one whose process died at once by the next one; what was missed while
// nobody served is done once, or skipped.
type Scheduler struct {
	Board Board
	Jobs  []Job
	// Hold does something while it holds the lease of a role, or returns customer.ErrLeaseHeld.
	Hold func(ctx context.Context, role string, do func(context.Context, customer.Lease) error) error
	Now  func() time.Time
	// Told, if not nil, is told of each job that was done, failed or was skipped.
	Told func(job string, outcome customer.ScheduleOutcome, took time.Duration, err error)
	// Code names an error without saying what it is about: it is kept.
	Code func(error) string

	enlisted bool
}

const (
	// missedAfter is how late somebody has to be for a time to count as missed.
	missedAfter = time.Minute
	// retryLeast and retryMost bound the time after which a failed job is tried again.
	retryLeast, retryMost = 15 * time.Second, time.Hour
)

// Step does what is due now, one job after the other. An error is about the board: jobs that fail do
// not fail the step.
func (s *Scheduler) Step(ctx context.Context) error {
	if err := s.enlist(ctx); err != nil {
		return err
	}
	rows, err := s.Board.Schedules(ctx)
	if err != nil {
		return err
	}
	for i := range s.Jobs {
		j := &s.Jobs[i]
		row := rowOf(rows, j.Name)
		if row == nil || !s.due(row) {
			continue
		}
		err := s.Hold(ctx, j.Name, func(ctx context.Context, l customer.Lease) error { return s.attempt(ctx, j, l) })
		if err != nil && !errors.Is(err, customer.ErrLeaseHeld) && !errors.Is(err, customer.ErrLeaseLost) {
			return err
		}
	}
	return nil
}

func (s *Scheduler) enlist(ctx context.Context) error {
	if s.enlisted {
		return nil
	}
	for i := range s.Jobs {
		j := &s.Jobs[i]
		next := s.Now()
		if !j.AtOnce {
			next = j.Times.Next(next)
		}
		if err := s.Board.Enlist(ctx, j.Name, j.Spec, next); err != nil {
			return err
		}
	}
	s.enlisted = true
	return nil
}

func rowOf(rows []customer.ScheduleRow, name string) *customer.ScheduleRow {
	for i := range rows {
		if rows[i].Name == name {
			return &rows[i]
		}
	}
	return nil
}

func (s *Scheduler) due(row *customer.ScheduleRow) bool {
	now := s.Now()
	return !now.Before(row.Next) && !now.Before(row.Retry)
}

// attempt does a job whose lease is held; another process may have been quicker.
func (s *Scheduler) attempt(ctx context.Context, j *Job, l customer.Lease) error {
	rows, err := s.Board.Schedules(ctx)
	if err != nil {
		return err
	}
	row := rowOf(rows, j.Name)
	if row == nil || !s.due(row) || row.Spec != j.Spec {
		return nil
	}
	began := s.Now()
	if j.Skip && row.Attempts == 0 && began.Sub(row.Next) > missedAfter {
		s.tell(j, customer.ScheduleSkipped, 0, nil)
		return s.Board.Finish(ctx, l, row.Next, customer.ScheduleRow{Outcome: customer.ScheduleSkipped, Next: j.Times.Next(began)})
	}
	if begun, err := s.Board.Begin(ctx, l, row.Next); err != nil || !begun {
		return err
	}
	detail, err := j.Do(ctx, l)
	if ctx.Err() != nil && err != nil {
		return err // the process ends, or the lease went: whoever comes next does it
	}
	f := customer.ScheduleRow{Outcome: customer.ScheduleDone, Detail: detail, Next: j.Times.Next(began)}
	if err != nil {
		s.failed(&f, j, row, err)
	}
	s.tell(j, f.Outcome, s.Now().Sub(began), err)
	return s.Board.Finish(ctx, l, row.Next, f)
}

// failed leaves a job due, for later, unless what failed is to be skipped.
func (s *Scheduler) failed(f *customer.ScheduleRow, j *Job, row *customer.ScheduleRow, err error) {
	f.Outcome = customer.ScheduleFailed
	if f.Detail == "" && s.Code != nil {
		f.Detail = s.Code(err)
	}
	if !j.Skip {
		f.Next, f.Retry = row.Next, s.Now().Add(min(retryLeast<<min(row.Attempts, 10), retryMost))
	}
}

func (s *Scheduler) tell(j *Job, outcome customer.ScheduleOutcome, took time.Duration, err error) {
	if s.Told != nil {
		s.Told(j.Name, outcome, took, err)
	}
}
