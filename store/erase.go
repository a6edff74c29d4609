package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// ErasureOf implements resolve.Archive: what an erasure of an active code is about.
func (tx *Tx) ErasureOf(ctx context.Context, code customer.Code) (*customer.Erasure, error) {
	e := &customer.Erasure{Code: code, Sources: map[customer.Source]int{}}
	rows, err := tx.Query(ctx, `
		SELECT r.id, r.state, s.name, r.key, NOT EXISTS (SELECT FROM record x WHERE x.source = r.source AND x.key = r.key AND x.incarnation > r.incarnation)
		FROM record r JOIN source s ON s.id = r.source
		WHERE r.code = $1 OR r.state = 'deleted' AND r.id IN (SELECT record FROM move WHERE from_code = $1 AND to_code IS NULL)
		ORDER BY r.id`, int64(code))
	if err != nil {
		return nil, scrub(err)
	}
	var id customer.RecordID
	var state customer.RecordState
	var ref customer.Ref
	var answers bool
	if _, err = pgx.ForEachRow(rows, []any{&id, &state, &ref.Source, &ref.Key, &answers}, func() error {
		e.Sources[ref.Source]++
		if state == customer.RecordLive {
			e.Live = append(e.Live, id)
		} else {
			e.Former = append(e.Former, id)
		}
		if _, before := customer.HashOfErased(ref.Key); answers && !before {
			e.Keys = append(e.Keys, ref)
			e.Hashes = append(e.Hashes, customer.KeyHash(tx.s.secret, ref))
		}
		return nil
	}); err != nil {
		return nil, scrub(err)
	}
	return e, tx.countErasure(ctx, e)
}

// predecessors selects a code and all retired ones that lead to it.
const predecessors = `WITH RECURSIVE led(code) AS (
	SELECT $1::bigint UNION SELECT g.code FROM led JOIN golden g ON g.successor = led.code)`

func (tx *Tx) countErasure(ctx context.Context, e *customer.Erasure) error {
	if err := tx.strongTexts(ctx, e); err != nil {
		return err
	}
	err := tx.QueryRow(ctx, predecessors+`
		SELECT (SELECT count(*) FROM pin WHERE code IN (SELECT code FROM led)),
			(SELECT count(*) FROM consent WHERE record = ANY($2)), (SELECT count(*) FROM product WHERE record = ANY($2)),
			(SELECT count(*) FROM reject WHERE `+rejectHolds("$3")+`)`,
		int64(e.Code), numbers(e.Live), e.Texts).Scan(&e.Pins, &e.Consents, &e.Products, &e.Rejects)
	return scrub(err)
}

// rejectHolds is true for input that holds one of the texts.
func rejectHolds(parameter string) string {
	return `EXISTS (SELECT FROM unnest(` + parameter + `::text[]) AS t(text) WHERE position(convert_to(t.text, 'UTF8') IN reject.raw) > 0)`
}

// leastTelling is how long a text must be to tell a person in a row that could not be read.
const leastTelling = 6

// strongTexts lists keys and raw values of the members, long enough to tell them by.
func (tx *Tx) strongTexts(ctx context.Context, e *customer.Erasure) error {
	for _, ref := range e.Keys {
		e.Texts = append(e.Texts, ref.Key)
	}
	rows, err := tx.Query(ctx, `SELECT standard FROM body WHERE record = ANY($1) AND standard IS NOT NULL`, numbers(slices.Concat(e.Live, e.Former)))
	if err != nil {
		return scrub(err)
	}
	var encoded []byte
	_, err = pgx.ForEachRow(rows, []any{&encoded}, func() error {
		s, err := tx.s.codec.Decode(encoded)
		if err != nil {
			return err
		}
		for i := range s.Values {
			if v := &s.Values[i]; tx.telling(v) {
				e.Texts = append(e.Texts, v.Raw, v.Standard)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("erase: %w", scrub(err))
	}
	slices.Sort(e.Texts)
	e.Texts = slices.DeleteFunc(slices.Compact(e.Texts), func(s string) bool { return len(s) < leastTelling })
	return nil
}

// telling reports whether a value tells a person: a contact, a number, a name of several words.
func (tx *Tx) telling(v *customer.Value) bool {
	switch t := tx.s.portrait.Attribute(v.Attribute).Type; t {
	case customer.TypePhone, customer.TypeEmail:
		return true
	case customer.TypePersonName:
		return strings.Contains(v.Raw, " ")
	default:
		return strings.HasPrefix(string(t), "id.")
	}
}

// LandErasure implements resolve.Archive: deletions of the members, each source's as a run of its own, so that its accounts stay true.
func (tx *Tx) LandErasure(ctx context.Context, e *customer.Erasure) ([]customer.Landed, error) {
	members, err := tx.Records(ctx, e.Live)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `
		WITH begun AS (
			INSERT INTO run (source, input, state, finished, read, accepted)
			SELECT source, 'erasure', 'done', now(), count(*), count(*) FROM record WHERE id = ANY($1) GROUP BY source RETURNING id, source),
		landed AS (
			UPDATE record r SET landed = r.landed + 1, run = begun.id FROM begun WHERE r.source = begun.source AND r.id = ANY($1)
			RETURNING r.id, r.landed, r.run),
		written AS (
			INSERT INTO body (record, revision, run, op) SELECT id, landed, run, 'delete' FROM landed)
		SELECT id, landed FROM landed`, numbers(e.Live))
	if err != nil {
		return nil, scrub(err)
	}
	revisions := map[customer.RecordID]int{}
	var id customer.RecordID
	var revision int
	if _, err = pgx.ForEachRow(rows, []any{&id, &revision}, func() error {
		revisions[id] = revision
		return nil
	}); err != nil {
		return nil, scrub(err)
	}
	landed := make([]customer.Landed, len(members))
	for i := range members {
		landed[i] = customer.Landed{Record: members[i], Op: customer.Delete, Before: members[i].Standard}
		landed[i].Revision = revisions[members[i].ID]
	}
	return landed, nil
}

// Scrub implements resolve.Archive: it leaves nothing of what the sources said about the members.
// Rows stay where accounts and history count them, without their values.
func (tx *Tx) Scrub(ctx context.Context, e *customer.Erasure, operation int64, plain func(customer.Source) bool) error {
	all := numbers(slices.Concat(e.Live, e.Former))
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE body SET raw = NULL, standard = NULL WHERE record = ANY($1)`, all)
	for _, table := range []string{"consent", "relation", "product"} {
		batch.Queue(`DELETE FROM `+table+` WHERE record = ANY($1)`, all)
	}
	batch.Queue(`DELETE FROM consent_grant WHERE decision IN (SELECT decision FROM decision_record WHERE record = ANY($1))`, all)
	batch.Queue(predecessors+` DELETE FROM pin WHERE code IN (SELECT code FROM led)`, int64(e.Code))
	batch.Queue(`UPDATE reject SET raw = '', code = 'erased', reason = 'its customer was erased' WHERE `+rejectHolds("$1"), e.Texts)
	const about = `SELECT id FROM task WHERE code IN (SELECT code FROM led) OR other IN (SELECT code FROM led)`
	batch.Queue(predecessors+` UPDATE proposal SET intent = '', state = CASE WHEN state IN ('held', 'awaiting', 'second') THEN 'failed' ELSE state END
		WHERE task IN (`+about+`) OR EXISTS (SELECT FROM unnest($2::text[]) AS t(text) WHERE position(t.text IN intent) > 0)`, int64(e.Code), append(e.Texts, e.Code.String()))
	batch.Queue(predecessors+` DELETE FROM note WHERE task IN (`+about+`)`, int64(e.Code))
	for _, ref := range e.Keys {
		h := customer.KeyHash(tx.s.secret, ref)
		batch.Queue(`INSERT INTO erased (hash, operation) VALUES ($1, $2) ON CONFLICT DO NOTHING`, h, operation)
		if plain(ref.Source) {
			continue // the source says that its keys say nothing about anybody
		}
		batch.Queue(`UPDATE record SET key = $3 WHERE source = (SELECT id FROM source WHERE name = $1) AND key = $2 AND id = ANY($4)`,
			string(ref.Source), ref.Key, customer.ErasedKey(h), all)
		batch.Queue(`UPDATE relation SET target_key = $3 WHERE target_source = $1 AND target_key = $2`, string(ref.Source), ref.Key, customer.ErasedKey(h))
	}
	return scrub(tx.SendBatch(ctx, batch).Close())
}

// withoutErased leaves out the rows whose customers were erased.
func (tx *Tx) withoutErased(ctx context.Context, r *Run, rows []customer.Incoming) ([]customer.Incoming, error) {
	var any bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM erased)`).Scan(&any); err != nil || !any {
		return rows, scrub(err)
	}
	hashes := make([]string, len(rows))
	for i := range rows {
		hashes[i] = customer.KeyHash(tx.s.secret, rows[i].Ref)
	}
	found, err := tx.Query(ctx, `SELECT hash FROM erased WHERE hash = ANY($1)`, hashes)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil || len(list) == 0 {
		return rows, scrub(err)
	}
	var kept []customer.Incoming
	for i := range rows {
		if slices.Contains(list, hashes[i]) {
			r.Erased++
		} else {
			kept = append(kept, rows[i])
		}
	}
	return kept, nil
}

// LastOperation is the number of the newest audit row.
func (tx *Tx) LastOperation(ctx context.Context) (id int64, err error) {
	err = tx.QueryRow(ctx, `SELECT last_operation FROM hub`).Scan(&id)
	return id, scrub(err)
}

// Sweep takes what was deleted out of tables and indexes: until then its bytes lie in their pages.
func (s *Store) Sweep(ctx context.Context) error {
	for _, table := range []string{"body", "record", "golden", "consent", "relation", "product", "pin", "reject", "block"} {
		if _, err := s.pool.Exec(ctx, "VACUUM "+table); err != nil {
			return fmt.Errorf("sweep %s: %w", table, away(err))
		}
	}
	return nil
}
