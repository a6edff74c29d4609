package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// AuditFilter chooses operations; what is zero is no condition.
type AuditFilter struct {
	Actor  string
	Kind   string
	Code   customer.Code // that it changed, or decided about
	Since  time.Time
	Before int64 // operations with lower numbers
	Limit  int   // at most that many
}

// ListAudit returns operations that a filter chooses, the latest first.
func (tx *Tx) ListAudit(ctx context.Context, f AuditFilter) ([]customer.AuditRow, error) {
	var since *time.Time
	if !f.Since.IsZero() {
		since = &f.Since
	}
	rows, err := tx.Query(ctx, `
		WITH chosen AS MATERIALIZED (
			SELECT id, at, kind, actor, reason FROM op
			WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR kind = $2) AND ($4::timestamptz IS NULL OR at >= $4) AND ($5::bigint = 0 OR id < $5)
				AND ($3::bigint = 0 OR id IN (SELECT operation FROM change WHERE code = $3
					UNION SELECT operation FROM pin WHERE code = $3 UNION SELECT operation FROM keeper WHERE code = $3))
			ORDER BY id DESC LIMIT $6)
		SELECT o.id, o.at, o.kind, o.actor, o.reason, c.n, c.codes
		FROM chosen o CROSS JOIN LATERAL (
			SELECT count(*) AS n, (array_agg(DISTINCT code))[1:5] AS codes FROM change WHERE operation = o.id) c
		ORDER BY o.id DESC`, f.Actor, f.Kind, int64(f.Code), since, f.Before, f.Limit)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a customer.AuditRow, err error) {
		var codes []int64
		err = row.Scan(&a.Operation, &a.At, &a.Kind, &a.Actor, &a.Reason, &a.Changes, &codes)
		for _, c := range codes {
			a.Codes = append(a.Codes, customer.Code(c))
		}
		return a, err
	})
	return list, scrub(err)
}

// AuditHash returns the hash that an operation's row has, nil if it is not there.
func (tx *Tx) AuditHash(ctx context.Context, operation int64) (hash []byte, err error) {
	err = tx.QueryRow(ctx, `SELECT hash FROM op WHERE id = $1`, operation).Scan(&hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return hash, scrub(err)
}
