package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Unweighed is a possible match of two customers who changed since it was weighed by all their records.
type Unweighed struct {
	ID       int64
	Codes    [2]customer.Code
	Weight   int32   // of the strongest pair, hundredths of a bit
	Loss     float64 // by that pair alone
	Versions string
}

// Unweighed lists what is to be weighed, the dearest first, and keeps it from others until the
// transaction ends.
func (tx *Tx) Unweighed(ctx context.Context, limit int) ([]Unweighed, error) {
	rows, err := tx.Query(ctx, `
		SELECT t.id, t.code, t.other, t.weight, CASE t.weighed WHEN '' THEN t.loss ELSE t.pair_loss END, a.version || ':' || b.version
		FROM task t JOIN golden a ON a.code = t.code JOIN golden b ON b.code = t.other
		WHERE t.state = 'open' AND t.kind = 'possible_match' AND t.weighed <> a.version || ':' || b.version
		ORDER BY t.loss DESC LIMIT $1 FOR UPDATE OF t SKIP LOCKED`, limit)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (u Unweighed, err error) {
		err = row.Scan(&u.ID, &u.Codes[0], &u.Codes[1], &u.Weight, &u.Loss, &u.Versions)
		return u, err
	})
	return list, scrub(err)
}

// Weighed keeps what all records of both customers say, and what is expected to be lost by that.
func (tx *Tx) Weighed(ctx context.Context, u *Unweighed, together int32, loss float64) error {
	_, err := tx.Exec(ctx, `UPDATE task SET together = $2, loss = $3, pair_loss = $4, weighed = $5 WHERE id = $1`, u.ID, together, loss, u.Loss, u.Versions)
	return scrub(err)
}
