package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// ErrInUse says that another process is connected to the database.
var ErrInUse = errors.New("another process uses the database")

// Empty makes the database that of a new hub whose secrets the caller knows: 32 bytes, half for
// the numbering of codes, half for the keys of the crosswalk. It is for demonstrations: everything
// is gone, and the store must be opened again. It refuses a database that another process uses.
func (s *Store) Empty(ctx context.Context, secrets []byte) error {
	if err := s.Clear(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	_, err := s.pool.Exec(ctx, `INSERT INTO hub (permutation_key, crosswalk_key) VALUES ($1, $2)`, secrets[:16], secrets[16:32])
	return away(err)
}

// alone waits a moment for connections to end, its own idle ones too.
func (s *Store) alone(ctx context.Context) error {
	for range 20 {
		s.pool.Reset()
		s.readers.Reset()
		var others int
		err := s.pool.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others)
		if err != nil || others == 0 {
			return away(err)
		}
		pause(ctx, 50*time.Millisecond)
	}
	return ErrInUse
}

// RawOf returns records as their sources delivered them: JSON of column → text.
func (tx *Tx) RawOf(ctx context.Context, ids []customer.RecordID) (map[customer.RecordID]string, error) {
	rows, err := tx.Query(ctx, `SELECT r.id, b.raw FROM record r JOIN body b ON b.record = r.id AND b.revision = r.revision
		WHERE r.id = ANY($1) AND b.raw IS NOT NULL`, numbers(ids))
	if err != nil {
		return nil, scrub(err)
	}
	out := map[customer.RecordID]string{}
	var id customer.RecordID
	var raw string
	_, err = pgx.ForEachRow(rows, []any{&id, &raw}, func() error {
		out[id] = raw
		return nil
	})
	return out, scrub(err)
}

// TaskOf returns the open question about two codes, nil if there is none.
func (tx *Tx) TaskOf(ctx context.Context, a, b customer.Code) (*customer.Task, error) {
	rows, err := tx.Query(ctx, `SELECT kind, code, other, records, weight FROM task
		WHERE state = 'open' AND code = $1 AND other = $2 ORDER BY id LIMIT 1`, int64(min(a, b)), int64(max(a, b)))
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t customer.Task, err error) {
		err = row.Scan(&t.Kind, &t.Code, &t.Other, &t.Records, &t.Weight)
		return t, err
	})
	if err != nil || len(list) == 0 {
		return nil, scrub(err)
	}
	return &list[0], nil
}
