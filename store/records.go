package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"kartoteka/customer"
)

// recordColumns are read by scanRecord; b is the body of the resolved revision.
const recordColumns = `r.id, s.name, r.key, r.revision, r.node, r.code, r.home, b.standard`

const fromRecords = ` FROM record r
	JOIN source s ON s.id = r.source
	JOIN body b ON b.record = r.id AND b.revision = r.revision
	WHERE r.state = 'live'`

func (tx *Tx) queryRecords(ctx context.Context, sql string, args ...any) ([]customer.Record, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, scrub(err)
	}
	return pgx.CollectRows(rows, tx.scanRecord)
}

func (tx *Tx) scanRecord(row pgx.CollectableRow) (customer.Record, error) {
	var rec customer.Record
	var standard []byte
	var node, code, home *int64
	if err := row.Scan(&rec.ID, &rec.Ref.Source, &rec.Ref.Key, &rec.Revision, &node, &code, &home, &standard); err != nil {
		return rec, err
	}
	rec.Node, rec.Code, rec.Home = orZero(node), customer.Code(orZero(code)), customer.Code(orZero(home))
	s, err := tx.s.codec.Decode(standard)
	if err != nil {
		return rec, fmt.Errorf("record %d: %w", rec.ID, err)
	}
	rec.Standard = s
	return rec, nil
}

func orZero(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// Records implements resolve.Base.
func (tx *Tx) Records(ctx context.Context, ids []customer.RecordID) ([]customer.Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return tx.queryRecords(ctx, `SELECT `+recordColumns+fromRecords+` AND r.id = ANY($1)`, numbers(ids))
}

// Members implements resolve.Base.
func (tx *Tx) Members(ctx context.Context, components []customer.Code) ([]customer.Record, error) {
	if len(components) == 0 {
		return nil, nil
	}
	return tx.queryRecords(ctx, `SELECT `+recordColumns+fromRecords+`
		AND r.code IN (SELECT code FROM golden WHERE code = ANY($1) AND component = code
			UNION ALL SELECT code FROM golden WHERE component = ANY($1) AND component <> code)`, numbers(components))
}

// ContentOf implements resolve.Base. A node that has a code holds live records only.
func (tx *Tx) ContentOf(ctx context.Context, nodes []int64) (map[int64]*customer.Standard, error) {
	out := make(map[int64]*customer.Standard, len(nodes))
	if len(nodes) == 0 {
		return out, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT n.node, b.standard FROM unnest($1::bigint[]) AS n(node)
		CROSS JOIN LATERAL (
			SELECT standard FROM record r JOIN body b ON b.record = r.id AND b.revision = r.revision
			WHERE r.node = n.node AND r.code IS NOT NULL LIMIT 1) b`, nodes)
	if err != nil {
		return nil, scrub(err)
	}
	var node int64
	var standard pgtype.DriverBytes // valid until the next row
	_, err = pgx.ForEachRow(rows, []any{&node, &standard}, func() (err error) {
		if out[node], err = tx.s.codec.Decode(standard); err != nil {
			return fmt.Errorf("node of a record: %w", err)
		}
		return nil
	})
	return out, scrub(err)
}

// OfNodes implements resolve.Base.
func (tx *Tx) OfNodes(ctx context.Context, nodes []int64, all bool) ([]customer.Record, error) {
	switch {
	case len(nodes) == 0:
		return nil, nil
	case all:
		return tx.queryRecords(ctx, `SELECT `+recordColumns+fromRecords+` AND r.node = ANY($1)`, nodes)
	}
	// The body is joined where its record is found: a planner that guesses many nodes would read all bodies.
	return tx.queryRecords(ctx, `SELECT f.* FROM unnest($1::bigint[]) AS n(node)
		CROSS JOIN LATERAL (SELECT `+recordColumns+fromRecords+` AND r.node = n.node AND r.code IS NOT NULL LIMIT 1) f`, nodes)
}

// Decisions implements resolve.Base.
func (tx *Tx) Decisions(ctx context.Context, ids []customer.RecordID) ([]customer.Decision, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return tx.decisions(ctx, `AND d.id IN (SELECT decision FROM decision_record WHERE record = ANY($1))`, numbers(ids))
}

// AllDecisions returns every active decision.
func (tx *Tx) AllDecisions(ctx context.Context) ([]customer.Decision, error) {
	return tx.decisions(ctx, ``)
}

func (tx *Tx) decisions(ctx context.Context, where string, args ...any) ([]customer.Decision, error) {
	rows, err := tx.Query(ctx, selectDecisions+`WHERE d.revoked IS NULL `+where+`
		GROUP BY d.id, g.decision ORDER BY d.id`, args...)
	if err != nil {
		return nil, scrub(err)
	}
	return pgx.CollectRows(rows, scanDecision)
}

const selectDecisions = `SELECT d.id, d.kind, d.operation,
		coalesce(array_agg(m.record ORDER BY m.record) FILTER (WHERE NOT m.right_side), '{}'),
		coalesce(array_agg(m.record ORDER BY m.record) FILTER (WHERE m.right_side), '{}'),
		coalesce(array_agg(coalesce(m.revision, 0) ORDER BY m.record) FILTER (WHERE d.kind = 'granted'), '{}'),
		g.purpose, g.channel, g.address, g.at
	FROM decision d JOIN decision_record m ON m.decision = d.id LEFT JOIN consent_grant g ON g.decision = d.id `

func scanDecision(row pgx.CollectableRow) (d customer.Decision, err error) {
	var left, right, revisions []int64
	var purpose, channel, address *string
	var at *time.Time
	if err = row.Scan(&d.ID, &d.Kind, &d.Operation, &left, &right, &revisions, &purpose, &channel, &address, &at); err != nil {
		return d, err
	}
	d.Left, d.Right = recordIDs(left), recordIDs(right)
	if purpose != nil {
		d.Grant = &customer.Grant{Consent: customer.Consent{Purpose: *purpose, Channel: *channel, Address: *address, Given: true, At: at.UTC()}, Records: d.Left}
		for _, r := range revisions {
			d.Grant.Revisions = append(d.Grant.Revisions, int(r))
		}
	}
	return d, nil
}

// Reincarnate implements resolve.Base: the landed revision moves to a new record of the same key.
func (tx *Tx) Reincarnate(ctx context.Context, id customer.RecordID) (customer.RecordID, error) {
	var next int64
	err := tx.QueryRow(ctx, `
		INSERT INTO record (id, source, key, incarnation, kind, state, revision, landed, fingerprint, run)
		SELECT nextval('record_id'), source, key, incarnation + 1, kind, 'pending', 0, 1, fingerprint, run FROM record WHERE id = $1
		RETURNING id`, int64(id)).Scan(&next)
	if err != nil {
		return 0, scrub(err)
	}
	if _, err := tx.Exec(ctx, `UPDATE body SET record = $2, revision = 1 FROM record r
		WHERE r.id = $1 AND body.record = $1 AND body.revision = r.landed`, int64(id), next); err != nil {
		return 0, scrub(err)
	}
	// What had landed in between and was never resolved stays with the old incarnation, as superseded.
	_, err = tx.Exec(ctx, `UPDATE record SET landed = landed - 1 WHERE id = $1`, int64(id))
	return customer.RecordID(next), scrub(err)
}

// Waiting returns up to limit landed revisions that are not resolved yet, oldest record first.
func (tx *Tx) Waiting(ctx context.Context, limit int) ([]customer.Landed, error) {
	return tx.WaitingAfter(ctx, 0, limit)
}

// WaitingAfter is Waiting from the record after one on.
func (tx *Tx) WaitingAfter(ctx context.Context, after customer.RecordID, limit int) ([]customer.Landed, error) {
	// MATERIALIZED: the planner takes a third of all records for waiting, and would join them all.
	rows, err := tx.Query(ctx, `
		WITH r AS MATERIALIZED (SELECT * FROM record WHERE landed > revision AND id > $2 ORDER BY id LIMIT $1)
		SELECT r.id, s.name, r.key, r.landed, r.node, r.code, r.home, n.op, n.standard, b.standard, r.revision
		FROM r
		JOIN source s ON s.id = r.source
		JOIN body n ON n.record = r.id AND n.revision = r.landed
		LEFT JOIN body b ON b.record = r.id AND b.revision = CASE WHEN r.state = 'live' THEN r.revision END
		ORDER BY r.id`, limit, int64(after))
	if err != nil {
		return nil, scrub(err)
	}
	return pgx.CollectRows(rows, tx.scanLanded)
}

// StillWaiting returns those of the landed revisions that are still the newest ones and still not
// resolved, with the nodes and codes that their records have now.
func (tx *Tx) StillWaiting(ctx context.Context, landed []customer.Landed) ([]customer.Landed, error) {
	ids, revisions, resolved := make([]int64, len(landed)), make([]int32, len(landed)), make([]int32, len(landed))
	place := make(map[customer.RecordID]int, len(landed))
	for i := range landed {
		l := &landed[i]
		ids[i], revisions[i], resolved[i] = int64(l.ID), int32(l.Revision), int32(l.Resolved)
		place[l.ID] = i
	}
	rows, err := tx.Query(ctx, `
		SELECT r.id, r.node, r.code, r.home, r.state = 'live' FROM unnest($1::bigint[], $2::integer[], $3::integer[]) AS n(id, landed, revision)
		JOIN record r ON r.id = n.id AND r.landed = n.landed AND r.revision = n.revision AND r.landed > r.revision
		ORDER BY r.id`, ids, revisions, resolved)
	if err != nil {
		return nil, scrub(err)
	}
	out := make([]customer.Landed, 0, len(landed))
	var id int64
	var node, code, home *int64
	var live bool
	_, err = pgx.ForEachRow(rows, []any{&id, &node, &code, &home, &live}, func() error {
		l := landed[place[customer.RecordID(id)]]
		l.Node, l.Code, l.Home = orZero(node), customer.Code(orZero(code)), customer.Code(orZero(home))
		if live == (l.Before != nil) {
			out = append(out, l)
		}
		return nil
	})
	return out, scrub(err)
}

func (tx *Tx) scanLanded(row pgx.CollectableRow) (customer.Landed, error) {
	var l customer.Landed
	var news, before []byte
	var node, code, home *int64
	if err := row.Scan(&l.ID, &l.Ref.Source, &l.Ref.Key, &l.Revision, &node, &code, &home, &l.Op, &news, &before, &l.Resolved); err != nil {
		return l, err
	}
	l.Node, l.Code, l.Home = orZero(node), customer.Code(orZero(code)), customer.Code(orZero(home))
	var err error
	if before != nil {
		if l.Before, err = tx.s.codec.Decode(before); err != nil {
			return l, fmt.Errorf("record %d: %w", l.ID, err)
		}
	}
	if l.Op == customer.Delete {
		l.Standard = l.Before
		return l, nil
	}
	if l.Standard, err = tx.s.codec.Decode(news); err != nil {
		return l, fmt.Errorf("record %d: %w", l.ID, err)
	}
	return l, nil
}

// numbers turns typed numbers into the plain ones that pgx sends as an array.
func numbers[T ~int64](list []T) []int64 {
	out := make([]int64, len(list))
	for i, x := range list {
		out[i] = int64(x)
	}
	return out
}

func recordIDs(list []int64) []customer.RecordID {
	out := make([]customer.RecordID, len(list))
	for i, x := range list {
		out[i] = customer.RecordID(x)
	}
	return out
}
