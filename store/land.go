package store

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// MaxKey is how many bytes a source key may have.
const MaxKey = 1000

// Land keeps rows as new revisions that wait to be resolved. A row whose content is the newest
// already is unchanged; a deletion of what is not there is too. With seen, also unchanged records
// are marked as seen by the run, so that a snapshot knows what is absent. What was erased does not
// come back: the run counts such rows.
func (tx *Tx) Land(ctx context.Context, r *Run, rows []customer.Incoming, seen bool) (accepted, unchanged int64, err error) {
	if err := tx.apart(ctx, r.SourceID); err != nil {
		return 0, 0, scrub(err)
	}
	if rows, err = tx.withoutErased(ctx, r, rows); err != nil {
		return 0, 0, err
	}
	known, err := tx.knownKeys(ctx, r, rows)
	if err != nil {
		return 0, 0, err
	}
	l := &landing{tx: tx, run: r, known: known}
	for i := range rows {
		if err := l.row(&rows[i]); err != nil {
			return 0, 0, err
		}
	}
	if err := l.write(ctx, seen); err != nil {
		return 0, 0, scrub(err)
	}
	return l.accepted, l.unchanged, nil
}

// knownKey is the newest incarnation of a key.
type knownKey struct {
	id          int64 // 0 until it has one
	landed      int32
	fingerprint int64
	deleted     bool // its newest revision deletes it
	touched     bool
	fresh       bool
	ofRun       bool // its newest revision came in this run
}

func (tx *Tx) knownKeys(ctx context.Context, r *Run, rows []customer.Incoming) (map[string]*knownKey, error) {
	keys := make([]string, len(rows))
	for i := range rows {
		keys[i] = rows[i].Ref.Key
	}
	found, err := tx.Query(ctx, `
		SELECT DISTINCT ON (r.key) r.key, r.id, r.landed, r.fingerprint, b.op = 'delete', b.run = $3
		FROM record r JOIN body b ON b.record = r.id AND b.revision = r.landed
		WHERE r.source = $1 AND r.key = ANY($2) ORDER BY r.key, r.incarnation DESC`, r.SourceID, keys, r.ID)
	if err != nil {
		return nil, scrub(err)
	}
	known := make(map[string]*knownKey, len(rows))
	var key string
	var k knownKey
	_, err = pgx.ForEachRow(found, []any{&key, &k.id, &k.landed, &k.fingerprint, &k.deleted, &k.ofRun}, func() error {
		copied := k
		known[key] = &copied
		return nil
	})
	return known, scrub(err)
}

// apart waits for turns, and for another landing of the source. A landing that stops answering loses
// its connection, as a holder of the lane does.
func (tx *Tx) apart(ctx context.Context, source int32) error {
	if tx.holds {
		return nil
	}
	if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL idle_in_transaction_session_timeout = %d", tx.s.patience.Milliseconds())); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock_shared($1)`, int64(landings)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `SELECT FROM source WHERE id = $1 FOR NO KEY UPDATE`, source)
	return err
}

// landing collects what a chunk writes.
type landing struct {
	tx                  *Tx
	run                 *Run
	known               map[string]*knownKey
	bodies              []body
	accepted, unchanged int64
}

type body struct {
	key      *knownKey
	revision int32
	op       customer.Op
	raw      string
	standard []byte
	name     string // the source's key
	kind     customer.Kind
}

func (l *landing) row(in *customer.Incoming) error {
	if len(in.Ref.Key) > MaxKey || in.Ref.Key == "" || !utf8.ValidString(in.Ref.Key) {
		return fmt.Errorf("row %d: a key has 1 to %d bytes of UTF-8", in.Place.Row, MaxKey)
	}
	k := l.known[in.Ref.Key]
	if in.Op == customer.Delete {
		if k == nil || k.deleted {
			l.unchanged++
			return nil
		}
		l.add(k, in, body{op: customer.Delete})
		return nil
	}
	standard := in.Encoded
	if standard == nil {
		standard = l.tx.s.codec.Append(nil, &in.Standard)
	}
	fingerprint := Fingerprint(in.Raw, standard)
	if k == nil {
		k = &knownKey{fresh: true}
		l.known[in.Ref.Key] = k
	} else if k.fingerprint == fingerprint && !k.deleted {
		k.touched = true
		l.unchanged++
		return nil
	}
	k.fingerprint = fingerprint
	l.add(k, in, body{op: customer.Upsert, raw: validText(in.Raw), standard: standard})
	return nil
}

func (l *landing) add(k *knownKey, in *customer.Incoming, b body) {
	if k.ofRun && b.op == customer.Upsert {
		l.run.Repeated++
	}
	k.landed++
	k.ofRun = true
	k.deleted = b.op == customer.Delete
	b.key, b.revision, b.name, b.kind = k, k.landed, in.Ref.Key, in.Standard.Kind
	l.bodies = append(l.bodies, b)
	l.accepted++
}

// Fingerprint tells whether a row is the one that is there already: its raw content and what was made of it.
func Fingerprint(raw, standard []byte) int64 {
	return int64(xxhash.Sum64(raw)*31 + xxhash.Sum64(standard))
}

func validText(raw []byte) string {
	for _, c := range raw {
		if c == 0 { // PostgreSQL's text cannot hold it; a JSON text has none
			return fmt.Sprintf("%q", raw)
		}
	}
	if utf8.Valid(raw) {
		return string(raw)
	}
	return string([]rune(string(raw)))
}

func (l *landing) write(ctx context.Context, seen bool) error {
	if err := l.newIDs(ctx); err != nil {
		return err
	}
	if err := l.writeRecords(ctx); err != nil {
		return err
	}
	if _, err := l.tx.CopyFrom(ctx, pgx.Identifier{"body"}, []string{"record", "revision", "run", "op", "raw", "standard"},
		pgx.CopyFromSlice(len(l.bodies), func(i int) ([]any, error) {
			b := &l.bodies[i]
			if b.op == customer.Delete {
				return []any{b.key.id, b.revision, l.run.ID, string(b.op), nil, nil}, nil
			}
			return []any{b.key.id, b.revision, l.run.ID, string(b.op), b.raw, b.standard}, nil
		})); err != nil {
		return err
	}
	return l.markSeen(ctx, seen)
}

func (l *landing) newIDs(ctx context.Context) error {
	var fresh []*knownKey
	for i := range l.bodies {
		if k := l.bodies[i].key; k.fresh && k.id == 0 {
			k.id = -1
			fresh = append(fresh, k)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	rows, err := l.tx.Query(ctx, `SELECT nextval('record_id') FROM generate_series(1, $1)`, len(fresh))
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	for i, id := range ids {
		fresh[i].id = id
	}
	return err
}

func (l *landing) writeRecords(ctx context.Context) error {
	last := map[int64]*body{}
	var order []int64
	for i := range l.bodies {
		b := &l.bodies[i]
		if last[b.key.id] == nil {
			order = append(order, b.key.id)
		}
		last[b.key.id] = b
	}
	var inserts [][]any
	var ids, fingerprints []int64
	var landed []int32
	for _, id := range order {
		b := last[id]
		if b.key.fresh {
			inserts = append(inserts, []any{id, l.run.SourceID, b.name, string(b.kind), "pending", b.key.landed, b.key.fingerprint, l.run.ID})
			continue
		}
		ids, fingerprints, landed = append(ids, id), append(fingerprints, b.key.fingerprint), append(landed, b.key.landed)
	}
	if _, err := l.tx.CopyFrom(ctx, pgx.Identifier{"record"}, []string{"id", "source", "key", "kind", "state", "landed", "fingerprint", "run"}, pgx.CopyFromRows(inserts)); err != nil {
		return err
	}
	_, err := l.tx.Exec(ctx, `UPDATE record r SET landed = n.landed, fingerprint = n.fingerprint, run = $4
		FROM unnest($1::bigint[], $2::integer[], $3::bigint[]) AS n(id, landed, fingerprint) WHERE r.id = n.id`, ids, landed, fingerprints, l.run.ID)
	return err
}

func (l *landing) markSeen(ctx context.Context, seen bool) error {
	if !seen {
		return nil
	}
	var ids []int64
	for _, k := range l.known {
		if k.touched {
			ids = append(ids, k.id)
		}
	}
	_, err := l.tx.Exec(ctx, `UPDATE record SET run = $2 WHERE id = ANY($1)`, ids, l.run.ID)
	return err
}

// Absent counts the source's live or waiting records, and those of them that the runs from the
// first one on did not see.
func (tx *Tx) Absent(ctx context.Context, r *Run) (all, absent int64, err error) {
	if err := tx.apart(ctx, r.SourceID); err != nil {
		return 0, 0, scrub(err)
	}
	err = tx.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE r.run < $2) FROM record r JOIN body b ON b.record = r.id AND b.revision = r.landed
		WHERE r.source = $1 AND b.op = 'upsert'
		AND NOT EXISTS (SELECT FROM record x WHERE x.source = r.source AND x.key = r.key AND x.incarnation > r.incarnation)`, r.SourceID, r.ID).Scan(&all, &absent)
	return all, absent, scrub(err)
}

// DeleteAbsent lands a deletion of each record that the run did not see, and returns how many.
func (tx *Tx) DeleteAbsent(ctx context.Context, r *Run) (int64, error) {
	tag, err := tx.Exec(ctx, `
		WITH gone AS (
			UPDATE record r SET landed = r.landed + 1, run = $2 FROM body b
			WHERE b.record = r.id AND b.revision = r.landed AND b.op = 'upsert' AND r.source = $1 AND r.run < $2
			AND NOT EXISTS (SELECT FROM record x WHERE x.source = r.source AND x.key = r.key AND x.incarnation > r.incarnation)
			RETURNING r.id, r.landed)
		INSERT INTO body (record, revision, run, op) SELECT id, landed, $2, 'delete' FROM gone`, r.SourceID, r.ID)
	return tag.RowsAffected(), scrub(err)
}
