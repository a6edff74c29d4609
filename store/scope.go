package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Scope says whose customers are read; the zero one nobody's.
type Scope struct {
	Who      string            // the subject, whose own proposals are read whatever they are about
	Everyone bool              // all customers
	Sources  []customer.Source // else those that have a live record of one of these
}

// InScope is [Store.InSnapshot] under a role that reads no row beyond the scope, whatever is asked: the
// policies of the tables leave the others out. Without the role ([Store.Wall]) it reads everything.
func (s *Store) InScope(ctx context.Context, scope Scope, f func(*Tx) error) error {
	if s.wall.Missing != "" {
		return s.InSnapshot(ctx, f)
	}
	// Everything in one message: BEGIN comes first, so that both settings end with the transaction, also
	// behind a pooler that gives the connection to somebody else then.
	begin := `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE ` + pgx.Identifier{s.wall.Role}.Sanitize()
	if scope.Everyone {
		begin += `; SET LOCAL kartoteka.sources = '*'`
	}
	return s.transact(ctx, s.readers, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error {
		t := &Tx{Tx: tx, s: s}
		if !scope.Everyone && len(scope.Sources) > 0 {
			if err := t.limit(ctx, scope); err != nil {
				return err
			}
		}
		return f(t)
	})
}

// limit names the sources by their numbers; those that there are none of leave nobody.
func (tx *Tx) limit(ctx context.Context, scope Scope) error {
	_, err := tx.Exec(ctx, `SELECT set_config('kartoteka.who', $1, true),
		set_config('kartoteka.sources', (SELECT coalesce(array_agg(id), '{}')::text FROM source WHERE name = ANY($2)), true)`, scope.Who, words(scope.Sources))
	return scrub(err)
}
