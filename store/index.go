package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// signed turns key hashes into what PostgreSQL stores.
func signed(keys []uint64) []int64 {
	out := make([]int64, len(keys))
	for i, k := range keys {
		out[i] = int64(k)
	}
	return out
}

// packSignature puts a signature into one number: 48 bits of name, 16 of year.
func packSignature(s customer.Signature) int64 { return int64(s.Name&^0xffff | uint64(s.Year)) }

func unpackSignature(n int64) customer.Signature {
	return customer.Signature{Name: uint64(n) &^ 0xffff, Year: uint16(n)}
}

// Closed implements resolve.Base.
func (tx *Tx) Closed(ctx context.Context, keys []uint64) (map[uint64]bool, error) {
	return tx.shut(ctx, keys, false)
}

// Generic implements resolve.Base.
func (tx *Tx) Generic(ctx context.Context, keys []uint64) (map[uint64]bool, error) {
	return tx.shut(ctx, keys, true)
}

func (tx *Tx) shut(ctx context.Context, keys []uint64, generic bool) (map[uint64]bool, error) {
	out := map[uint64]bool{}
	if len(keys) == 0 {
		return out, nil
	}
	rows, err := tx.Query(ctx, `SELECT key FROM closed WHERE key = ANY($1) AND generic = $2`, signed(keys), generic)
	if err != nil {
		return nil, scrub(err)
	}
	var key int64
	_, err = pgx.ForEachRow(rows, []any{&key}, func() error {
		out[uint64(key)] = true
		return nil
	})
	return out, scrub(err)
}

// Nodes implements resolve.Base.
func (tx *Tx) Nodes(ctx context.Context, keys []uint64, limit int) (map[uint64][]int64, error) {
	out := map[uint64][]int64{}
	if len(keys) == 0 {
		return out, nil
	}
	sql, args := `SELECT DISTINCT key, node FROM block WHERE key = ANY($1)`, []any{signed(keys)}
	if limit > 0 {
		// LATERAL: the index is entered once a key and left after limit rows, however full the key.
		sql = `SELECT k.key, b.node FROM unnest($1::bigint[]) AS k(key)
			CROSS JOIN LATERAL (SELECT node FROM block WHERE block.key = k.key LIMIT $2) b`
		args = append(args, limit)
	}
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, scrub(err)
	}
	var key, node int64
	_, err = pgx.ForEachRow(rows, []any{&key, &node}, func() error {
		out[uint64(key)] = append(out[uint64(key)], node)
		return nil
	})
	return out, scrub(err)
}

// Standing implements resolve.Base. The index is skipped from one code to the next, so that
// thousands of records of one customer cost one step.
func (tx *Tx) Standing(ctx context.Context, nodes []int64) (map[int64][]customer.Standing, error) {
	out := make(map[int64][]customer.Standing, len(nodes))
	if len(nodes) == 0 {
		return out, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT n.node, d.code, d.id FROM unnest($1::bigint[]) AS n(node)
		CROSS JOIN LATERAL (
			WITH RECURSIVE skip AS (
				(SELECT code, id FROM record r WHERE r.node = n.node AND r.code IS NOT NULL ORDER BY code, id LIMIT 1)
				UNION ALL
				SELECT next.code, next.id FROM skip CROSS JOIN LATERAL (
					SELECT code, id FROM record r WHERE r.node = n.node AND r.code > skip.code ORDER BY code, id LIMIT 1) next)
			SELECT code, id FROM skip) d`, nodes)
	if err != nil {
		return nil, scrub(err)
	}
	var node int64
	var s customer.Standing
	_, err = pgx.ForEachRow(rows, []any{&node, &s.Code, &s.Record}, func() error {
		out[node] = append(out[node], s)
		return nil
	})
	return out, scrub(err)
}

// Signatures implements resolve.Base. The index is skipped from one signature to the next, so
// that thousands of rows of one customer cost one step.
func (tx *Tx) Signatures(ctx context.Context, keys []uint64) (map[uint64][]customer.Signature, error) {
	out := map[uint64][]customer.Signature{}
	if len(keys) == 0 {
		return out, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT k.key, d.sig FROM unnest($1::bigint[]) AS k(key)
		CROSS JOIN LATERAL (
			WITH RECURSIVE skip(sig) AS (
				(SELECT sig FROM block WHERE block.key = k.key ORDER BY sig LIMIT 1)
				UNION ALL
				SELECT (SELECT block.sig FROM block WHERE block.key = k.key AND block.sig > skip.sig ORDER BY block.sig LIMIT 1)
				FROM skip WHERE skip.sig IS NOT NULL)
			SELECT sig FROM skip WHERE sig IS NOT NULL) d`, signed(keys))
	if err != nil {
		return nil, scrub(err)
	}
	var key, sig int64
	_, err = pgx.ForEachRow(rows, []any{&key, &sig}, func() error {
		out[uint64(key)] = append(out[uint64(key)], unpackSignature(sig))
		return nil
	})
	for k := range out {
		slices.SortFunc(out[k], customer.Signature.Compare)
	}
	return out, scrub(err)
}

// Unindex implements resolve.Base.
func (tx *Tx) Unindex(ctx context.Context, ids []customer.RecordID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		WITH left_nodes AS (
			UPDATE record r SET node = NULL FROM (SELECT id, node FROM record WHERE id = ANY($1) AND node IS NOT NULL) was
			WHERE r.id = was.id RETURNING was.node)
		DELETE FROM block WHERE node IN (
			SELECT n.node FROM (SELECT DISTINCT node FROM left_nodes) n
			WHERE NOT EXISTS (SELECT FROM record x WHERE x.node = n.node AND x.id <> ALL($1)))`, numbers(ids))
	return scrub(err)
}

// Index implements resolve.Base.
func (tx *Tx) Index(ctx context.Context, rows []customer.Indexed) error {
	if len(rows) == 0 {
		return nil
	}
	var ids, nodes, keys, sigs, carriers []int64
	seen := map[int64]bool{}
	for i := range rows {
		row := &rows[i]
		ids, nodes = append(ids, int64(row.Record)), append(nodes, row.Node)
		if seen[row.Node] {
			continue
		}
		seen[row.Node] = true
		for _, b := range blockRows(row) {
			keys, sigs, carriers = append(keys, b.key), append(sigs, b.sig), append(carriers, row.Node)
		}
	}
	if _, err := tx.Exec(ctx, `INSERT INTO block (key, sig, node)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) ON CONFLICT DO NOTHING`, keys, sigs, carriers); err != nil {
		return scrub(err)
	}
	_, err := tx.Exec(ctx, `UPDATE record r SET node = n.node FROM unnest($1::bigint[], $2::bigint[]) AS n(id, node) WHERE r.id = n.id`, ids, nodes)
	return scrub(err)
}

type blockRow struct{ key, sig int64 }

// blockRows lists under what a node stands: its shared values with the signature, and its
// blocking keys. A key that is a shared value at once has one row, so that nodes are counted once.
func blockRows(row *customer.Indexed) []blockRow {
	out := make([]blockRow, 0, len(row.Keys)+len(row.Shared))
	for _, s := range row.Shared {
		out = append(out, blockRow{int64(s.Key), packSignature(row.Signature)})
	}
	for _, k := range row.Keys {
		if !slices.ContainsFunc(row.Shared, func(s customer.SharedValue) bool { return s.Key == k.Hash }) {
			out = append(out, blockRow{int64(k.Hash), 0})
		}
	}
	return out
}

// Shut implements resolve.Base.
func (tx *Tx) Shut(ctx context.Context, closed []customer.ClosedKey, generic []customer.GenericValue) error {
	batch := &pgx.Batch{}
	const insert = `INSERT INTO closed (key, generic, kind, rule, carriers) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`
	for _, c := range closed {
		batch.Queue(insert, int64(c.Hash), false, c.Kind, int(c.Rule), c.Nodes)
	}
	for _, g := range generic {
		batch.Queue(insert, int64(g.Key), true, g.Kind, int(g.Attribute), g.Signatures)
	}
	return scrub(tx.SendBatch(ctx, batch).Close())
}

// ShutKeys implements resolve.Maintainable.
func (tx *Tx) ShutKeys(ctx context.Context) (closed, generic []uint64, err error) {
	rows, err := tx.Query(ctx, `SELECT key, generic FROM closed ORDER BY key`)
	if err != nil {
		return nil, nil, scrub(err)
	}
	var key int64
	var isValue bool
	_, err = pgx.ForEachRow(rows, []any{&key, &isValue}, func() error {
		if isValue {
			generic = append(generic, uint64(key))
		} else {
			closed = append(closed, uint64(key))
		}
		return nil
	})
	return closed, generic, scrub(err)
}

// Reopen implements resolve.Maintainable.
func (tx *Tx) Reopen(ctx context.Context, closed, generic []uint64) error {
	_, err := tx.Exec(ctx, `DELETE FROM closed WHERE (key = ANY($1) AND NOT generic) OR (key = ANY($2) AND generic)`, signed(closed), signed(generic))
	return scrub(err)
}
