package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Population shows all records that are live, or will be once what has landed is resolved, for a
// bulk run: each with its encoded Standard, and whether it waits. Gone are those that will not be
// live any more; another says that a landed revision is about somebody else.
func (tx *Tx) Population(ctx context.Context, another func(before, after *customer.Standard) bool,
	show func(rec customer.Record, standard []byte, waiting bool)) (gone []customer.Record, err error) {
	gone, err = tx.endIncarnations(ctx, another)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `
		SELECT r.id, s.name, r.key, r.landed, r.node, r.code, r.home, n.op, n.standard, r.landed > r.revision, b.standard
		FROM record r
		JOIN source s ON s.id = r.source
		JOIN body n ON n.record = r.id AND n.revision = r.landed
		LEFT JOIN body b ON b.record = r.id AND b.revision = r.revision AND n.op = 'delete'
		WHERE r.state = 'live' OR r.landed > r.revision`)
	if err != nil {
		return nil, scrub(err)
	}
	ended := map[customer.RecordID]bool{}
	for i := range gone {
		ended[gone[i].ID] = true
	}
	var rec customer.Record
	var node, code, home *int64
	var op customer.Op
	var standard, before []byte
	var waiting bool
	_, err = pgx.ForEachRow(rows, []any{&rec.ID, &rec.Ref.Source, &rec.Ref.Key, &rec.Revision, &node, &code, &home, &op, &standard, &waiting, &before}, func() error {
		rec.Node, rec.Code, rec.Home = orZero(node), customer.Code(orZero(code)), customer.Code(orZero(home))
		switch {
		case ended[rec.ID]:
		case op == customer.Delete:
			left := rec
			if before != nil {
				if left.Standard, err = tx.s.codec.Decode(before); err != nil {
					return fmt.Errorf("record %d: %w", rec.ID, err)
				}
			}
			gone = append(gone, left)
		default:
			show(rec, standard, waiting)
		}
		return nil
	})
	return gone, scrub(err)
}

// endIncarnations starts new incarnations where a landed revision is about somebody else; the
// records that ended are returned.
func (tx *Tx) endIncarnations(ctx context.Context, another func(before, after *customer.Standard) bool) ([]customer.Record, error) {
	rows, err := tx.Query(ctx, `
		SELECT r.id, s.name, r.key, r.landed, r.node, r.code, r.home, n.op, n.standard, b.standard
		FROM record r
		JOIN source s ON s.id = r.source
		JOIN body n ON n.record = r.id AND n.revision = r.landed
		JOIN body b ON b.record = r.id AND b.revision = r.revision
		WHERE r.landed > r.revision AND r.state = 'live' AND n.op = 'upsert' ORDER BY r.id`)
	if err != nil {
		return nil, scrub(err)
	}
	landed, err := pgx.CollectRows(rows, tx.scanLanded)
	if err != nil {
		return nil, scrub(err)
	}
	var gone []customer.Record
	for i := range landed {
		l := &landed[i]
		if !another(l.Before, l.Standard) {
			continue
		}
		if _, err := tx.Reincarnate(ctx, l.ID); err != nil {
			return nil, err
		}
		ended := l.Record
		ended.Standard, ended.Revision = l.Before, l.Revision-1
		gone = append(gone, ended)
	}
	return gone, nil
}
