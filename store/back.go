package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// SourceCode is a key of a source and its code; 0 if its record is gone.
type SourceCode struct {
	Key  string
	Code customer.Code
}

// SourceCodes returns the keys of a source behind a key, in the order of the index, at most limit.
func (s *Store) SourceCodes(ctx context.Context, source customer.Source, after string, limit int) ([]SourceCode, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT DISTINCT ON (r.source, r.key) r.key, coalesce(r.code, 0) FROM record r
		WHERE  r.source = (SELECT id FROM source WHERE name = $1) AND r.key > $2
		ORDER  BY r.source, r.key, r.incarnation DESC
		LIMIT  $3`, string(source), after, limit)
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c SourceCode, err error) {
		err = row.Scan(&c.Key, &c.Code)
		return c, err
	})
	return list, away(err)
}

// BackStatus is how far the personal codes of a source's records have returned to it.
type BackStatus struct {
	Source    customer.Source `json:"source"`
	Live      int64           `json:"live"`      // records that have a code
	Delivered int64           `json:"delivered"` // of them, whose present code was delivered
	Position  int64           `json:"position"`
	Lag       int64           `json:"lag"` // changes not looked at yet
}

// BackStatus counts what a role has delivered of a source: all live records but those that moved
// behind its position.
func (s *Store) BackStatus(ctx context.Context, role string, source customer.Source) (BackStatus, error) {
	b := BackStatus{Source: source}
	var waiting int64
	err := s.pool.QueryRow(ctx, `
		SELECT coalesce(c.position, 0), h.last_position - coalesce(c.position, 0),
		       (SELECT count(*) FROM record r WHERE r.source = o.id AND r.state = 'live' AND r.code IS NOT NULL),
		       CASE WHEN coalesce(c.position, 0) = 0 THEN 0 ELSE (
		           SELECT count(DISTINCT r.id)
		           FROM   change n, jsonb_array_elements(n.moved::jsonb) m
		           JOIN   record r ON r.id = (m->>'record')::bigint
		           WHERE  n.position > c.position AND n.moved <> '' AND r.source = o.id AND r.state = 'live' AND r.code IS NOT NULL) END
		FROM   hub h
		LEFT   JOIN source o ON o.name = $2
		LEFT   JOIN feed_cursor c ON c.name = $1`, role, string(source)).Scan(&b.Position, &b.Lag, &b.Live, &waiting)
	if b.Position > 0 {
		b.Delivered = b.Live - waiting
	}
	return b, away(err)
}

// ErasedCodes are the codes of all customers who were erased.
func (s *Store) ErasedCodes(ctx context.Context) ([]customer.Code, error) {
	rows, err := s.pool.Query(ctx, `SELECT code FROM golden WHERE state = 'erased' ORDER BY code`)
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[customer.Code])
	return list, away(err)
}
