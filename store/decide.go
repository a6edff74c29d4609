package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Decided implements resolve.Judges.
func (tx *Tx) Decided(ctx context.Context, request string) (operation int64, err error) {
	err = tx.QueryRow(ctx, `SELECT id FROM op WHERE request = $1`, request).Scan(&operation)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return operation, scrub(err)
}

// Judge implements resolve.Judges: the decisions are one audit row of their own; what follows
// from them is written by the turn after it.
func (tx *Tx) Judge(ctx context.Context, decisions []customer.Decision, op customer.Operation, request string) (int64, error) {
	n, err := tx.number(ctx, &customer.Effects{Operations: []customer.Operation{op}})
	if err != nil {
		return 0, scrub(err)
	}
	batch := &pgx.Batch{}
	queueOperations(batch, n)
	id := n.operations[0].id
	if request != "" {
		batch.Queue(`UPDATE op SET request = $2 WHERE id = $1`, id, request)
	}
	for _, d := range decisions {
		batch.Queue(`WITH d AS (INSERT INTO decision (kind, operation) VALUES ($1, $2) RETURNING id)
			INSERT INTO decision_record (decision, record, right_side)
			SELECT d.id, n.record, false FROM d, unnest($3::bigint[]) AS n(record)
			UNION ALL
			SELECT d.id, n.record, true FROM d, unnest($4::bigint[]) AS n(record)`, string(d.Kind), id, numbers(d.Left), numbers(d.Right))
	}
	return id, scrub(tx.SendBatch(ctx, batch).Close())
}
