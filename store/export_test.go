package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// RewriteChain computes all audit rows again, as somebody would who may write everything in the
// database: afterwards the chain is whole.
func (tx *Tx) RewriteChain(ctx context.Context) error {
	rows, err := tx.Query(ctx, auditColumns+` ORDER BY id`)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, scanAudit)
	if err != nil {
		return err
	}
	var head []byte
	for i := range list {
		head = list[i].hashAfter(head, list[i].id)
		if _, err := tx.Exec(ctx, `UPDATE op SET hash = $2 WHERE id = $1`, list[i].id, head); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE hub SET chain_head = $1, last_operation = $2`, head, len(list))
	return err
}
