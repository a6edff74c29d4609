package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Enlist implements pipelines.Board.
func (s *Store) Enlist(ctx context.Context, name, spec string, next time.Time) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO schedule (name, spec, next) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, next = excluded.next, retry = NULL, attempts = 0
		WHERE schedule.spec <> excluded.spec`, name, spec, next)
	return scheduleError(name, err)
}

// Schedules implements pipelines.Board.
func (s *Store) Schedules(ctx context.Context) ([]customer.ScheduleRow, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT s.name, s.spec, s.next, s.retry, s.running AND l.owner <> '' AND l.until > clock_timestamp(), s.due, s.started, s.finished, s.outcome, s.attempts, s.detail
		FROM schedule s LEFT JOIN lease l ON l.name = s.name ORDER BY s.name`)
	if err != nil {
		return nil, scheduleError("", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r customer.ScheduleRow, err error) {
		var retry, due, started, finished *time.Time
		var running *bool
		err = row.Scan(&r.Name, &r.Spec, &r.Next, &retry, &running, &due, &started, &finished, &r.Outcome, &r.Attempts, &r.Detail)
		r.Retry, r.Due, r.Started, r.Finished = orNever(retry), orNever(due), orNever(started), orNever(finished)
		r.Running = running != nil && *running
		return r, err
	})
	return list, scheduleError("", err)
}

func orNever(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// Begin implements pipelines.Board.
func (s *Store) Begin(ctx context.Context, l customer.Lease, due time.Time) (begun bool, err error) {
	err = s.InTx(ctx, func(tx *Tx) error {
		if err := tx.Fence(ctx, l); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `UPDATE schedule SET running = true, due = $2, started = clock_timestamp(), finished = NULL, attempts = attempts + 1
			WHERE name = $1 AND next = $2`, l.Role, due)
		begun = done.RowsAffected() == 1
		return err
	})
	return begun, scheduleError(l.Role, err)
}

// Finish implements pipelines.Board.
func (s *Store) Finish(ctx context.Context, l customer.Lease, due time.Time, f customer.ScheduleRow) error {
	var retry *time.Time
	if !f.Retry.IsZero() {
		retry = &f.Retry
	}
	err := s.InTx(ctx, func(tx *Tx) error {
		if err := tx.Fence(ctx, l); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE schedule SET running = false, due = $2, finished = clock_timestamp(), outcome = $3, detail = $4, next = $5, retry = $6,
				attempts = CASE WHEN $5 = $2 THEN attempts ELSE 0 END, started = CASE WHEN $3 = 'skipped' THEN NULL ELSE started END
			WHERE name = $1 AND next = $2`, l.Role, due, string(f.Outcome), f.Detail, f.Next, retry)
		return err
	})
	return scheduleError(l.Role, err)
}

func scheduleError(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("schedule %s: %w", name, away(err))
}
