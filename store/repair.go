package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Reattach implements resolve.Repairable.
func (tx *Tx) Reattach(ctx context.Context, ids []customer.RecordID) (left []customer.Move, err error) {
	tx.mending = true
	const logged = `SELECT r.id, r.state, CASE WHEN m.record IS NULL THEN r.home ELSE m.to_code END AS code FROM record r
		LEFT JOIN LATERAL (SELECT record, to_code FROM move WHERE record = r.id ORDER BY operation DESC LIMIT 1) m ON true
		WHERE r.id = ANY($1)`
	if _, err := tx.Exec(ctx, `
		UPDATE record SET code = said.code
		FROM (SELECT l.id, g.code FROM (`+logged+`) l
			LEFT JOIN golden g ON l.state = 'live' AND g.state = 'active' AND g.code = l.code) said
		WHERE record.id = said.id AND record.code IS DISTINCT FROM said.code`, numbers(ids)); err != nil {
		return nil, scrub(err)
	}
	rows, err := tx.Query(ctx, `SELECT id, code FROM (`+logged+`) l WHERE state <> 'live' AND code IS NOT NULL`, numbers(ids))
	if err != nil {
		return nil, scrub(err)
	}
	left, err = collect(rows, func(m *customer.Move) []any { return []any{&m.Record, &m.From} })
	return left, scrub(err)
}

// Lead implements resolve.Repairable. An active code leads nowhere. The document that the audit chain covers tells most surely
// where a code leads; then the change that retired it.
func (tx *Tx) Lead(ctx context.Context, codes []customer.Code) error {
	rows, err := tx.Query(ctx, `
		SELECT g.code, coalesce(g.successor, 0), coalesce(c.successor, 0), sha256(convert_to(g.document, 'UTF8')) = c.hash, g.document
		FROM golden g JOIN change c ON c.code = g.code AND c.version = g.version
		WHERE g.code = ANY($1) AND g.state = 'retired'`, numbers(codes))
	if err != nil {
		return scrub(err)
	}
	type lead struct {
		code, now, logged customer.Code
		covered           bool
		document          []byte
	}
	list, err := collect(rows, func(l *lead) []any { return []any{&l.code, &l.now, &l.logged, &l.covered, &l.document} })
	if err != nil {
		return scrub(err)
	}
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE golden SET successor = NULL WHERE code = ANY($1) AND state = 'active' AND successor IS NOT NULL`, numbers(codes))
	for _, l := range list {
		to := l.logged
		if l.covered {
			var d customer.Document
			if err := json.Unmarshal(l.document, &d); err != nil {
				return fmt.Errorf("document of code %s: %w", l.code, err)
			}
			to = d.Successor
		}
		if to != l.now {
			batch.Queue(`UPDATE golden SET successor = nullif($2::bigint, 0) WHERE code = $1`, int64(l.code), int64(to))
		}
	}
	return scrub(tx.SendBatch(ctx, batch).Close())
}

// CloseVoidTasks closes the open tasks about codes that are not active, and returns how many.
func (tx *Tx) CloseVoidTasks(ctx context.Context) (int64, error) {
	done, err := tx.Exec(ctx, `UPDATE task SET state = 'obsolete', reason = 'repair' WHERE state = 'open' AND EXISTS (
		SELECT FROM (VALUES (task.code), (task.other)) AS x(code) LEFT JOIN golden g ON g.code = x.code
		WHERE x.code IS NOT NULL AND g.state IS DISTINCT FROM 'active')`)
	return done.RowsAffected(), scrub(err)
}

// RewriteFacts writes the consents, relations and products of records again; those of records that
// are not live go.
func (tx *Tx) RewriteFacts(ctx context.Context, ids []customer.RecordID) error {
	records, err := tx.Records(ctx, ids)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, table := range []string{"consent", "relation", "product"} {
		batch.Queue(`DELETE FROM `+table+` WHERE record = ANY($1)`, numbers(ids))
	}
	for i := range records {
		queueFactsOf(batch, records[i].ID, records[i].Standard)
	}
	return scrub(tx.SendBatch(ctx, batch).Close())
}

// ReturnCursors puts each source back to the position that its runs have landed.
func (tx *Tx) ReturnCursors(ctx context.Context) (int64, error) {
	done, err := tx.Exec(ctx, `UPDATE source SET cursor = r.cursor_to FROM (`+lastPositions+`) r WHERE r.source = source.id AND source.cursor <> r.cursor_to`)
	return done.RowsAffected(), scrub(err)
}
