package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Written is a source record with what its source delivered.
type Written struct {
	RecordRow
	Home     customer.Code
	Landed   time.Time // when the reading began that brought its present revision
	Raw      string    // JSON of column → text; "" if it is erased
	Standard *customer.Standard
}

// WrittenOf returns the live records of a code in the order of their numbers, behind one, at most limit.
func (tx *Tx) WrittenOf(ctx context.Context, code customer.Code, after customer.RecordID, limit int) ([]Written, error) {
	// MATERIALIZED: for a code of thousands of records the planner would walk through the records of all
	// customers in the order of their numbers instead, until it has met enough.
	return tx.written(ctx, `WHERE r.id IN (
		WITH own AS MATERIALIZED (SELECT id FROM record WHERE code = $1 AND state = 'live' AND id > $2)
		SELECT id FROM own ORDER BY id LIMIT $3) ORDER BY r.id`, int64(code), int64(after), limit)
}

// SomeOf returns live records of a source, the first by their keys, at most limit.
func (tx *Tx) SomeOf(ctx context.Context, source customer.Source, limit int) ([]Written, error) {
	return tx.written(ctx, `WHERE r.id IN (SELECT n.id FROM record n WHERE n.source = (SELECT id FROM source WHERE name = $1) AND n.state = 'live' ORDER BY n.key LIMIT $2) ORDER BY r.id`, string(source), limit)
}

// WrittenAt returns live records by their numbers.
func (tx *Tx) WrittenAt(ctx context.Context, ids []customer.RecordID) ([]Written, error) {
	return tx.written(ctx, `WHERE r.id = ANY($1) AND r.state = 'live' ORDER BY r.id`, numbers(ids))
}

func (tx *Tx) written(ctx context.Context, where string, args ...any) ([]Written, error) {
	rows, err := tx.Query(ctx, `SELECT r.id, s.name, r.key, r.kind, r.state, r.revision, r.landed > r.revision, coalesce(r.code, 0), coalesce(r.home, 0),
			u.started, coalesce(b.raw, ''), b.standard
		FROM record r JOIN source s ON s.id = r.source
		JOIN body b ON b.record = r.id AND b.revision = r.revision
		LEFT JOIN run u ON u.id = b.run `+where, args...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w Written, err error) {
		var landed *time.Time
		var standard []byte
		if err := row.Scan(&w.ID, &w.Ref.Source, &w.Ref.Key, &w.Kind, &w.State, &w.Revision, &w.Waiting, &w.Code, &w.Home, &landed, &w.Raw, &standard); err != nil {
			return w, err
		}
		if landed != nil {
			w.Landed = landed.UTC()
		}
		if standard != nil {
			w.Standard, err = tx.s.codec.Decode(standard)
		}
		return w, err
	})
	return list, scrub(err)
}
