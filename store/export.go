package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Crossing is one line of the crosswalk: which code a source record belongs to.
type Crossing struct {
	Ref   customer.Ref
	Code  customer.Code
	State customer.CodeState
}

// Crosswalk calls f for each live record that has a code, by source and key.
func (tx *Tx) Crosswalk(ctx context.Context, f func(Crossing) error) error {
	// Sorted as bytes, so that two exports of one state are equal wherever they are made.
	rows, err := tx.Query(ctx, `SELECT s.name, r.key, r.code, g.state
		FROM record r JOIN source s ON s.id = r.source JOIN golden g ON g.code = r.code
		WHERE r.state = 'live' ORDER BY s.name COLLATE "C", r.key COLLATE "C", r.id`)
	if err != nil {
		return scrub(err)
	}
	var c Crossing
	var code int64
	_, err = pgx.ForEachRow(rows, []any{&c.Ref.Source, &c.Ref.Key, &code, &c.State}, func() error {
		c.Code = customer.Code(code)
		return f(c)
	})
	return scrub(err)
}

// EachGolden calls f for each active golden record, by code.
func (tx *Tx) EachGolden(ctx context.Context, f func(document []byte) error) error {
	rows, err := tx.Query(ctx, `SELECT document FROM golden WHERE state = 'active' ORDER BY code`)
	if err != nil {
		return scrub(err)
	}
	var document []byte
	_, err = pgx.ForEachRow(rows, []any{&document}, func() error { return f(document) })
	return scrub(err)
}

// Rejected is input that could not become a record, with when and whence.
type Rejected struct {
	customer.Reject
	ID  int64
	Run int64
	At  time.Time
}

// Rejects calls f for each reject, oldest first; raw says whether the input itself is wanted.
func (tx *Tx) Rejects(ctx context.Context, raw bool, f func(*Rejected) error) error {
	rows, err := tx.Query(ctx, `SELECT j.id, j.run, u.started, s.name, j.place, j.field, j.code, j.reason, CASE WHEN $1 THEN j.raw ELSE ''::bytea END
		FROM reject j JOIN run u ON u.id = j.run JOIN source s ON s.id = j.source ORDER BY j.id`, raw)
	if err != nil {
		return scrub(err)
	}
	var r Rejected
	var place string
	_, err = pgx.ForEachRow(rows, []any{&r.ID, &r.Run, &r.At, &r.Source, &place, &r.Field, &r.Code, &r.Reason, &r.Raw}, func() error {
		r.Place = customer.Place{}
		if err := json.Unmarshal([]byte(place), &r.Place); err != nil {
			return fmt.Errorf("reject %d: %w", r.ID, err)
		}
		return f(&r)
	})
	return scrub(err)
}
