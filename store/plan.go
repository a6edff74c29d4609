package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// ErrApplying says that a plan is being carried out, and that nobody else changes codes until it
// is through; the same call may succeed later.
var ErrApplying = errors.New("a plan is being applied; if that was cut off, run kartoteka apply with the same plan again")

// Snapshot runs f in a transaction that only reads, and sees one state throughout.
func (s *Store) Snapshot(ctx context.Context, f func(*Tx) error) error {
	return s.transact(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error { return f(&Tx{Tx: tx, s: s}) })
}

// Applying is the plan that is being carried out.
type Applying struct {
	Plan string // "" if none is
	From int64  // position of the change log at which it began
}

// Applying tells which plan is being carried out.
func (tx *Tx) Applying(ctx context.Context) (a Applying, err error) {
	err = tx.QueryRow(ctx, `SELECT applying, applying_from FROM hub`).Scan(&a.Plan, &a.From)
	return a, scrub(err)
}

// BeginApplying puts a plan's ruleset in force and keeps everybody else from changing codes until
// [Store.EndApplying]; a plan that goes on keeps the position at which it began.
func (tx *Tx) BeginApplying(ctx context.Context, plan string, r customer.Ruleset) error {
	if err := tx.FixRuleset(ctx, r); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE hub SET applying_from = CASE WHEN applying = $1 THEN applying_from ELSE last_position END, applying = $1`, plan)
	return scrub(err)
}

// EndApplying lets everybody go on.
func (tx *Tx) EndApplying(ctx context.Context) error {
	_, err := tx.Exec(ctx, `UPDATE hub SET applying = '', applying_from = 0`)
	return scrub(err)
}

// InLaneOf is InLane for the process that carries out a plan; long, it may think for minutes.
func (s *Store) InLaneOf(ctx context.Context, plan string, long bool, f func(*Tx) error) error {
	idle := s.patience
	if long {
		idle = 0
	}
	return s.inLane(ctx, idle, plan, f)
}

// checkApplying refuses whoever is not carrying out the plan that is being applied, and everybody
// while it is not confirmed that the database is an older state.
func (tx *Tx) checkApplying(ctx context.Context, plan string) error {
	var applying, restored string
	err := tx.QueryRow(ctx, `SELECT applying, restored FROM hub`).Scan(&applying, &restored)
	switch {
	case err != nil:
		return scrub(err)
	case restored != "" && plan != confirming:
		return fmt.Errorf("%s: %w", restored, ErrRestored)
	case applying != "" && plan == "":
		return ErrApplying
	}
	return nil
}

// Decidable refuses, as the lane does, while somebody else carries out a plan or the database may be an older state.
func (tx *Tx) Decidable(ctx context.Context) error { return tx.checkApplying(ctx, "") }

// TallySince counts what the change log says since a position.
func (tx *Tx) TallySince(ctx context.Context, position int64) (t customer.Tally, err error) {
	rows, err := tx.Query(ctx, `SELECT kind, coalesce(successor, 0), fields FROM change WHERE position > $1`, position)
	if err != nil {
		return t, scrub(err)
	}
	var c customer.Change
	if _, err = pgx.ForEachRow(rows, []any{&c.Kind, &c.Successor, &c.Fields}, func() error {
		t.Count(&c)
		return nil
	}); err != nil {
		return t, scrub(err)
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM move WHERE operation IN (SELECT operation FROM change WHERE position > $1)`, position).Scan(&t.Moved)
	return t, scrub(err)
}

// CountCodes counts the active codes.
func (tx *Tx) CountCodes(ctx context.Context) (n int64, err error) {
	if err = tx.QueryRow(ctx, `SELECT count(*) FROM golden WHERE state = 'active'`).Scan(&n); err != nil {
		err = fmt.Errorf("codes: %w", scrub(err))
	}
	return n, err
}
