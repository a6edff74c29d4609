package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// InSnapshot runs f in a read-only transaction that sees one state of the hub throughout.
func (s *Store) InSnapshot(ctx context.Context, f func(*Tx) error) error {
	// REPEATABLE READ: what is shown together was true together. Nothing is written, so the
	// snapshot cannot be stale.
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return s.transact(ctx, s.pool, options, func(tx pgx.Tx) error { return f(&Tx{Tx: tx, s: s}) })
}

// RecordRow is where a source record stands.
type RecordRow struct {
	ID       customer.RecordID
	Ref      customer.Ref
	Kind     customer.Kind
	State    customer.RecordState
	Revision int
	Waiting  bool // a newer revision landed and is not resolved yet
	Code     customer.Code
}

const selectRecord = `SELECT r.id, s.name, r.key, r.kind, r.state, r.revision, r.landed > r.revision, coalesce(r.code, 0)
	FROM record r JOIN source s ON s.id = r.source `

func (tx *Tx) recordRows(ctx context.Context, where string, args ...any) ([]RecordRow, error) {
	rows, err := tx.Query(ctx, selectRecord+where, args...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r RecordRow, err error) {
		err = row.Scan(&r.ID, &r.Ref.Source, &r.Ref.Key, &r.Kind, &r.State, &r.Revision, &r.Waiting, &r.Code)
		return r, err
	})
	return list, scrub(err)
}

// RecordAt returns the newest incarnation of a source's key; [ErrUnknown] if the source never
// delivered it.
func (tx *Tx) RecordAt(ctx context.Context, ref customer.Ref) (RecordRow, error) {
	list, err := tx.recordRows(ctx, `WHERE s.name = $1 AND r.key = $2 ORDER BY r.incarnation DESC LIMIT 1`, string(ref.Source), ref.Key)
	if err == nil && len(list) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return RecordRow{}, err
	}
	return list[0], nil
}

// RecordsWithKey returns the live records with a key, whatever their source.
func (tx *Tx) RecordsWithKey(ctx context.Context, key string, limit int) ([]RecordRow, error) {
	return tx.recordRows(ctx, `WHERE r.source = ANY(ARRAY(SELECT id FROM source)) AND r.key = $1 AND r.state = 'live' ORDER BY s.name LIMIT $2`, key, limit)
}

// MembersOf returns the live records of a code by source and key, at most limit.
func (tx *Tx) MembersOf(ctx context.Context, code customer.Code, limit int) ([]RecordRow, error) {
	return tx.recordRows(ctx, `WHERE r.code = $1 AND r.state = 'live' ORDER BY s.name COLLATE "C", r.key COLLATE "C", r.id LIMIT $2`, int64(code), limit)
}

// StandardsOf returns the live records of codes with their standard values, at most limit of each code.
func (tx *Tx) StandardsOf(ctx context.Context, codes []customer.Code, limit int) ([]customer.Record, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	return tx.queryRecords(ctx, `SELECT `+recordColumns+`
		FROM unnest($1::bigint[]) AS c(code)
		JOIN LATERAL (SELECT * FROM record x WHERE x.code = c.code AND x.state = 'live' ORDER BY x.id LIMIT $2) r ON true
		JOIN source s ON s.id = r.source
		JOIN body b ON b.record = r.id AND b.revision = r.revision`, numbers(codes), limit)
}

// Documents returns golden records as they are stored.
func (tx *Tx) Documents(ctx context.Context, codes []customer.Code) (map[customer.Code]*customer.Document, error) {
	rows, err := tx.Query(ctx, `SELECT code, document FROM golden WHERE code = ANY($1)`, numbers(codes))
	if err != nil {
		return nil, scrub(err)
	}
	out := map[customer.Code]*customer.Document{}
	var code int64
	var text []byte
	_, err = pgx.ForEachRow(rows, []any{&code, &text}, func() error {
		d := &customer.Document{}
		out[customer.Code(code)] = d
		return json.Unmarshal(text, d)
	})
	return out, scrub(err)
}

// CodesOf tells to which active code each of the source records belongs; those that belong to
// none are left out.
func (tx *Tx) CodesOf(ctx context.Context, refs []customer.Ref) (map[customer.Ref]customer.Code, error) {
	out := map[customer.Ref]customer.Code{}
	if len(refs) == 0 {
		return out, nil
	}
	var sources, keys []string
	for _, r := range refs {
		sources, keys = append(sources, string(r.Source)), append(keys, r.Key)
	}
	rows, err := tx.Query(ctx, `SELECT s.name, r.key, r.code FROM unnest($1::text[], $2::text[]) AS n(source, key)
		JOIN source s ON s.name = n.source
		JOIN record r ON r.source = s.id AND r.key = n.key
		WHERE r.state = 'live' AND r.code IS NOT NULL`, sources, keys)
	if err != nil {
		return nil, scrub(err)
	}
	var ref customer.Ref
	var code int64
	_, err = pgx.ForEachRow(rows, []any{&ref.Source, &ref.Key, &code}, func() error {
		out[ref] = customer.Code(code)
		return nil
	})
	return out, scrub(err)
}

// Happening is one version of a code and the operation that brought it about.
type Happening struct {
	Version   int64               `json:"version"`
	Epoch     int64               `json:"epoch"`
	Position  int64               `json:"position"` // in the log of changes
	Kind      customer.ChangeKind `json:"kind"`
	At        time.Time           `json:"at"`
	Operation int64               `json:"operation"`
	By        string              `json:"by"` // kind of the operation: resolve, merge, split, decide, ...
	Actor     string              `json:"actor"`
	Reason    string              `json:"reason,omitempty"`
	Fields    []string            `json:"fields,omitempty"` // attributes that changed
	Successor customer.Code       `json:"successor,omitzero"`
}

// Happenings returns what happened to a code, the newest first.
func (tx *Tx) Happenings(ctx context.Context, code customer.Code, limit int) ([]Happening, error) {
	return tx.happenings(ctx, ``, code, limit)
}

// HappeningsUntil returns what had happened to a code at a time, the newest first.
func (tx *Tx) HappeningsUntil(ctx context.Context, code customer.Code, at time.Time, limit int) ([]Happening, error) {
	return tx.happenings(ctx, `AND c.at <= $3 `, code, limit, at)
}

func (tx *Tx) happenings(ctx context.Context, until string, code customer.Code, limit int, at ...any) ([]Happening, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.version, c.epoch, c.position, c.kind, c.at, c.operation, coalesce(o.kind, ''), coalesce(o.actor, ''), coalesce(o.reason, ''), c.fields, coalesce(c.successor, 0)
		FROM change c LEFT JOIN op o ON o.id = c.operation
		WHERE c.code = $1 `+until+`ORDER BY c.version DESC LIMIT $2`, append([]any{int64(code), limit}, at...)...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Happening, err error) {
		err = row.Scan(&h.Version, &h.Epoch, &h.Position, &h.Kind, &h.At, &h.Operation, &h.By, &h.Actor, &h.Reason, &h.Fields, &h.Successor)
		return h, err
	})
	return list, scrub(err)
}

// CodeAt returns a code's row; [ErrUnknown] if the hub never gave it.
func (tx *Tx) CodeAt(ctx context.Context, code customer.Code) (customer.CodeRow, error) {
	rows, err := tx.Codes(ctx, []customer.Code{code})
	if err != nil {
		return customer.CodeRow{}, err
	}
	for _, row := range rows {
		if row.Code == code {
			return row, nil
		}
	}
	return customer.CodeRow{}, fmt.Errorf("code %s: %w", code, ErrUnknown)
}

// RefsOf names source records, also those that are gone.
func (tx *Tx) RefsOf(ctx context.Context, ids []customer.RecordID) (map[customer.RecordID]customer.Ref, error) {
	out := map[customer.RecordID]customer.Ref{}
	list, err := tx.recordRows(ctx, `WHERE r.id = ANY($1)`, numbers(ids))
	for _, r := range list {
		out[r.ID] = r.Ref
	}
	return out, err
}
