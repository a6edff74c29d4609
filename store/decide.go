package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Requested implements resolve.Desk.
func (tx *Tx) Requested(ctx context.Context, request string) (operation int64, intent []byte, err error) {
	err = tx.QueryRow(ctx, `SELECT id, intent FROM op WHERE request = $1`, request).Scan(&operation, &intent)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil, nil
	}
	return operation, intent, scrub(err)
}

// NextOperation implements resolve.Desk; the lane keeps it true.
func (tx *Tx) NextOperation(ctx context.Context) (next int64, err error) {
	err = tx.QueryRow(ctx, `SELECT last_operation + 1 FROM hub`).Scan(&next)
	return next, scrub(err)
}

// Operated implements resolve.Desk.
func (tx *Tx) Operated(ctx context.Context, operation int64) (customer.Operated, error) {
	out := customer.Operated{Operation: operation}
	err := tx.QueryRow(ctx, `SELECT kind, actor, reason, at FROM op WHERE id = $1`, operation).Scan(&out.Kind, &out.Actor, &out.Reason, &out.At)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return out, fmt.Errorf("operation %d: %w", operation, customer.ErrUnknown)
	case err != nil:
		return out, scrub(err)
	}
	out.Changes, err = tx.changes(ctx, `WHERE operation = $1 ORDER BY position`, operation)
	return out, err
}

// ChangesOf implements resolve.Desk.
func (tx *Tx) ChangesOf(ctx context.Context, code customer.Code) ([]customer.Change, error) {
	return tx.changes(ctx, `WHERE code = $1 ORDER BY version`, int64(code))
}

func (tx *Tx) changes(ctx context.Context, where string, args ...any) ([]customer.Change, error) {
	rows, err := tx.Query(ctx, `SELECT position, code, version, epoch, kind, operation, coalesce(successor, 0), fields, moved, at FROM change `+where, args...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c customer.Change, err error) {
		var moved string
		if err = row.Scan(&c.Position, &c.Code, &c.Version, &c.Epoch, &c.Kind, &c.Operation, &c.Successor, &c.Fields, &moved, &c.At); err != nil || moved == "" {
			return c, err
		}
		return c, json.Unmarshal([]byte(moved), &c.Moved)
	})
	return list, scrub(err)
}

// DecidedBy implements resolve.Desk.
func (tx *Tx) DecidedBy(ctx context.Context, operation int64) (out customer.InForce, err error) {
	if out.Decisions, err = tx.decisions(ctx, `AND d.operation = $1`, operation); err != nil {
		return out, err
	}
	rows, err := tx.Query(ctx, `SELECT id, code, attribute, operation FROM pin WHERE operation = $1 AND revoked IS NULL ORDER BY id`, operation)
	if err != nil {
		return out, scrub(err)
	}
	if out.Pins, err = collect(rows, func(p *customer.Pin) []any { return []any{&p.ID, &p.Code, &p.Attribute, &p.Operation} }); err != nil {
		return out, scrub(err)
	}
	rows, err = tx.Query(ctx, `SELECT code, operation FROM keeper WHERE operation = $1 AND revoked IS NULL ORDER BY code`, operation)
	if err != nil {
		return out, scrub(err)
	}
	out.Keepers, err = collect(rows, func(k *customer.Keeper) []any { return []any{&k.Code, &k.Operation} })
	return out, scrub(err)
}

// Locate implements resolve.Desk: of a key that was given to several customers, the newest counts.
func (tx *Tx) Locate(ctx context.Context, refs []customer.Ref) ([]customer.Located, error) {
	var sources, keys []string
	for _, r := range refs {
		sources, keys = append(sources, string(r.Source)), append(keys, r.Key)
	}
	rows, err := tx.Query(ctx, `SELECT n.source, n.key, coalesce(r.id, 0), coalesce(r.kind, ''), coalesce(r.state, ''), coalesce(r.code, 0)
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n(source, key, place)
		LEFT JOIN source s ON s.name = n.source
		LEFT JOIN LATERAL (SELECT * FROM record x WHERE x.source = s.id AND x.key = n.key ORDER BY x.incarnation DESC LIMIT 1) r ON true
		ORDER BY n.place`, sources, keys)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := collect(rows, func(l *customer.Located) []any {
		return []any{&l.Ref.Source, &l.Ref.Key, &l.ID, &l.Kind, &l.State, &l.Code}
	})
	return list, scrub(err)
}
