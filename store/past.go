package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// VersionAt returns the version that a code had at a time; [ErrUnknown] if it was not given yet.
func (tx *Tx) VersionAt(ctx context.Context, code customer.Code, at time.Time) (version int64, err error) {
	err = tx.QueryRow(ctx, `SELECT version FROM change WHERE code = $1 AND at <= $2 ORDER BY version DESC LIMIT 1`, int64(code), at).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("code %s at %s: %w; it was given later, if at all", code, at.Format(time.RFC3339), ErrUnknown)
	}
	return version, scrub(err)
}

// Past returns a code as it was in a version, from what is kept by reference.
func (tx *Tx) Past(ctx context.Context, code customer.Code, version int64) (*customer.Past, error) {
	changes, err := tx.changes(ctx, `WHERE code = $1 AND version <= $2 ORDER BY version`, int64(code), version)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 || changes[len(changes)-1].Version != version {
		return nil, fmt.Errorf("version %d of code %s: %w", version, code, ErrUnknown)
	}
	p := &customer.Past{Change: changes[len(changes)-1]}
	if err := tx.QueryRow(ctx, `SELECT c.hash, h.refs FROM change c LEFT JOIN history h ON h.code = c.code AND h.version = c.version
		WHERE c.code = $1 AND c.version = $2`, int64(code), version).Scan(&p.Hash, &p.History); err != nil {
		return nil, scrub(err)
	}
	if !p.Active() {
		return p, nil
	}
	members := customer.MembersAfter(code, changes)
	for _, step := range []func() error{
		func() error { return tx.pastMembers(ctx, p, slices.Sorted(maps.Keys(members))) },
		func() error { return tx.pastPins(ctx, p) },
		func() error { return tx.pastGrants(ctx, p, members) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("version %d of code %s: %w", version, code, scrub(err))
		}
	}
	return p, nil
}

// pastMembers reads the records with the revision that was in force: that of their last step, the
// first one if they took none.
func (tx *Tx) pastMembers(ctx context.Context, p *customer.Past, ids []customer.RecordID) error {
	rows, err := tx.Query(ctx, `
		SELECT r.id, s.name, r.key, m.revision, r.home, b.standard
		FROM record r JOIN source s ON s.id = r.source
		CROSS JOIN LATERAL (SELECT coalesce((SELECT x.revision FROM move x WHERE x.record = r.id AND x.operation <= $2
			ORDER BY x.operation DESC LIMIT 1), 1) AS revision) m
		LEFT JOIN body b ON b.record = r.id AND b.revision = m.revision
		WHERE r.id = ANY($1) ORDER BY r.id`, numbers(ids), p.Change.Operation)
	if err != nil {
		return err
	}
	var rec customer.Record
	var home *int64
	var standard []byte
	_, err = pgx.ForEachRow(rows, []any{&rec.ID, &rec.Ref.Source, &rec.Ref.Key, &rec.Revision, &home, &standard}, func() (err error) {
		rec.Code, rec.Home, rec.Standard = p.Change.Code, customer.Code(orZero(home)), nil
		if standard == nil {
			p.Erased++
		} else if rec.Standard, err = tx.s.codec.Decode(standard); err != nil {
			return fmt.Errorf("record %d: %w", rec.ID, err)
		}
		p.Members = append(p.Members, rec)
		return nil
	})
	return err
}

func (tx *Tx) pastPins(ctx context.Context, p *customer.Past) (err error) {
	var pins []byte
	if err := tx.QueryRow(ctx, `SELECT json_agg(json_build_object('id', p.id, 'attribute', p.attribute, 'operation', p.operation, 'value', p.value::json)
			ORDER BY p.operation, p.id)
		FROM pin p WHERE p.code = $1 AND p.operation <= $2 AND (p.revoked IS NULL OR p.revoked > $2)`,
		int64(p.Change.Code), p.Change.Operation).Scan(&pins); err != nil {
		return err
	}
	p.Pins, err = decodePins(p.Change.Code, pins)
	return err
}

func (tx *Tx) pastGrants(ctx context.Context, p *customer.Past, members map[customer.RecordID]bool) error {
	rows, err := tx.Query(ctx, selectDecisions+`WHERE d.kind = 'granted' AND d.operation <= $2 AND (d.revoked IS NULL OR d.revoked > $2)
			AND d.id IN (SELECT decision FROM decision_record WHERE record = ANY($1))
		GROUP BY d.id, g.decision ORDER BY d.id`, numbers(slices.Sorted(maps.Keys(members))), p.Change.Operation)
	if err != nil {
		return err
	}
	decisions, err := pgx.CollectRows(rows, scanDecision)
	for _, d := range decisions {
		if d.Grant != nil {
			p.Grants = append(p.Grants, *d.Grant)
		}
	}
	return err
}

// CodeOfRecordAt returns the code that a source's key belonged to at a time, by the incarnation of
// then; [ErrUnknown] if it belonged to none.
func (tx *Tx) CodeOfRecordAt(ctx context.Context, ref customer.Ref, at time.Time) (customer.Code, error) {
	rows, err := tx.Query(ctx, `SELECT r.id, coalesce(r.home, 0) FROM record r JOIN source s ON s.id = r.source
		WHERE s.name = $1 AND r.key = $2 ORDER BY r.incarnation DESC`, string(ref.Source), ref.Key)
	if err != nil {
		return 0, scrub(err)
	}
	list, err := collect(rows, func(r *customer.Record) []any { return []any{&r.ID, &r.Home} })
	if err != nil {
		return 0, scrub(err)
	}
	for i := range list {
		if code, err := tx.codeAt(ctx, &list[i], at); err != nil || code != 0 {
			return code, err
		}
	}
	return 0, fmt.Errorf("the record of %s at %s: %w", ref.Source, at.Format(time.RFC3339), ErrUnknown)
}

// codeAt is the target of the record's last step before a time, else its first code, if it had it.
func (tx *Tx) codeAt(ctx context.Context, rec *customer.Record, at time.Time) (customer.Code, error) {
	var code int64
	err := tx.QueryRow(ctx, `SELECT coalesce(m.to_code, 0) FROM move m JOIN op o ON o.id = m.operation
		WHERE m.record = $1 AND o.at <= $2 ORDER BY m.operation DESC LIMIT 1`, int64(rec.ID), at).Scan(&code)
	if err == nil || !errors.Is(err, pgx.ErrNoRows) || rec.Home == 0 {
		return customer.Code(code), scrub(err)
	}
	changes, err := tx.changes(ctx, `WHERE code = $1 AND at <= $2 ORDER BY version`, int64(rec.Home), at)
	for i := range changes {
		if slices.ContainsFunc(changes[i].Moved, func(m customer.Moved) bool { return m.Record == rec.ID && m.To == rec.Home }) {
			return rec.Home, nil
		}
	}
	return 0, err
}
