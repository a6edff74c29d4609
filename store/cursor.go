package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// cursor reads a query piece by piece, so that several run side by side in one transaction and
// none of them holds all its rows in memory.
type cursor[T any] struct {
	tx    *Tx
	fetch string
	scan  pgx.RowToFunc[T]
	page  []T
	at    int
	name  string
	last  bool // nothing comes behind the page
}

func openCursor[T any](ctx context.Context, tx *Tx, name, sql string, rows int, scan pgx.RowToFunc[T]) (*cursor[T], error) {
	_, err := tx.Exec(ctx, "DECLARE "+name+" NO SCROLL CURSOR FOR "+sql)
	return &cursor[T]{tx: tx, fetch: fmt.Sprintf("FETCH FORWARD %d FROM %s", rows, name), scan: scan, name: name}, err
}

// peek shows the next row, nil at the end.
func (c *cursor[T]) peek(ctx context.Context) (*T, error) {
	if c.at < len(c.page) {
		return &c.page[c.at], nil
	}
	if c.last {
		return nil, nil
	}
	rows, err := c.tx.Query(ctx, c.fetch)
	if err != nil {
		return nil, err
	}
	c.at = 0
	if c.page, err = pgx.CollectRows(rows, c.scan); err != nil || len(c.page) == 0 {
		return nil, err
	}
	return &c.page[0], nil
}

// close lets the name be used again. An error of the transaction is told by what comes next.
func (c *cursor[T]) close(ctx context.Context) { _, _ = c.tx.Exec(ctx, "CLOSE "+c.name) }

// take goes on behind the row that peek showed.
func (c *cursor[T]) take() { c.at++ }
