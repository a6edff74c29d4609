package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Standing implements resolve.Base.
func (tx *Tx) Standing(ctx context.Context, nodes []int64) (map[int64][]customer.Standing, error) {
	out := make(map[int64][]customer.Standing, len(nodes))
	nodes = slices.DeleteFunc(slices.Clone(nodes), func(n int64) bool { return tx.vacant[n] })
	if len(nodes) == 0 {
		return out, nil
	}
	seen := map[int64]int{}
	err := tx.readStanding(ctx, `
		SELECT n.node, d.code, d.id FROM unnest($1::bigint[]) AS n(node)
		CROSS JOIN LATERAL (SELECT code, id FROM record r WHERE r.node = n.node AND r.code IS NOT NULL ORDER BY code, id LIMIT $2) d`,
		func(node int64, s customer.Standing) {
			seen[node]++
			if list := out[node]; len(list) == 0 || list[len(list)-1].Code != s.Code {
				out[node] = append(list, s)
			}
		}, nodes, fewRows)
	if err == nil {
		err = tx.skipStanding(ctx, full(seen), out)
	}
	return out, scrub(err)
}

// skipStanding reads what stands in nodes of many records. The index is skipped from one code to
// the next, so that thousands of records of one customer cost one step.
func (tx *Tx) skipStanding(ctx context.Context, nodes []int64, out map[int64][]customer.Standing) error {
	if len(nodes) == 0 {
		return nil
	}
	for _, node := range nodes {
		delete(out, node)
	}
	return tx.readStanding(ctx, `
		SELECT n.node, d.code, d.id FROM unnest($1::bigint[]) AS n(node)
		CROSS JOIN LATERAL (
			WITH RECURSIVE skip AS (
				(SELECT code, id FROM record r WHERE r.node = n.node AND r.code IS NOT NULL ORDER BY code, id LIMIT 1)
				UNION ALL
				SELECT next.code, next.id FROM skip CROSS JOIN LATERAL (
					SELECT code, id FROM record r WHERE r.node = n.node AND r.code > skip.code ORDER BY code, id LIMIT 1) next)
			SELECT code, id FROM skip) d`, func(node int64, s customer.Standing) { out[node] = append(out[node], s) }, nodes)
}

func (tx *Tx) readStanding(ctx context.Context, sql string, each func(node int64, s customer.Standing), args ...any) error {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	var node int64
	var s customer.Standing
	_, err = pgx.ForEachRow(rows, []any{&node, &s.Code, &s.Record}, func() error {
		each(node, s)
		return nil
	})
	return err
}

// Signatures implements resolve.Base.
func (tx *Tx) Signatures(ctx context.Context, keys []uint64) (map[uint64][]customer.Signature, error) {
	out := map[uint64][]customer.Signature{}
	if len(keys) == 0 {
		return out, nil
	}
	seen := map[uint64]int{}
	err := tx.readSignatures(ctx, `
		SELECT k.key, b.sig FROM unnest($1::bigint[]) AS k(key)
		CROSS JOIN LATERAL (SELECT sig FROM block WHERE block.key = k.key ORDER BY sig LIMIT $2) b`, func(key uint64, sig int64) {
		seen[key]++
		addSignature(out, key, sig)
	}, signed(keys), fewRows)
	if err == nil {
		err = tx.skipSignatures(ctx, full(seen), out)
	}
	for k := range out {
		slices.SortFunc(out[k], customer.Signature.Compare)
	}
	return out, scrub(err)
}

// fewRows is how many rows of a key or a node are read one after the other before the index is
// skipped from one value to the next: nearly all have fewer, and beginning to skip costs more than reading them.
const fewRows = 16

// full lists the keys that may have more rows than were read, ascending.
func full[K cmp.Ordered](seen map[K]int) []K {
	var out []K
	for k, n := range seen {
		if n == fewRows {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// addSignature adds one that is not there yet; of a key they come in the order of sig.
func addSignature(out map[uint64][]customer.Signature, key uint64, sig int64) {
	list := out[key]
	if s := unpackSignature(sig); sketchOf(sig) == 0 && (len(list) == 0 || list[len(list)-1] != s) {
		out[key] = append(list, s)
	}
}

// skipSignatures reads those of keys with many rows. The index is skipped from one signature to
// the next, so that thousands of rows of one customer cost one step.
func (tx *Tx) skipSignatures(ctx context.Context, keys []uint64, out map[uint64][]customer.Signature) error {
	if len(keys) == 0 {
		return nil
	}
	for _, key := range keys {
		delete(out, key)
	}
	return tx.readSignatures(ctx, `
		SELECT k.key, d.sig FROM unnest($1::bigint[]) AS k(key)
		CROSS JOIN LATERAL (
			WITH RECURSIVE skip(sig) AS (
				(SELECT sig FROM block WHERE block.key = k.key ORDER BY sig LIMIT 1)
				UNION ALL
				SELECT (SELECT block.sig FROM block WHERE block.key = k.key AND block.sig > skip.sig ORDER BY block.sig LIMIT 1)
				FROM skip WHERE skip.sig IS NOT NULL)
			SELECT sig FROM skip WHERE sig IS NOT NULL) d`, func(key uint64, sig int64) { addSignature(out, key, sig) }, signed(keys))
}

func (tx *Tx) readSignatures(ctx context.Context, sql string, each func(key uint64, sig int64), args ...any) error {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	var key, sig int64
	_, err = pgx.ForEachRow(rows, []any{&key, &sig}, func() error {
		each(uint64(key), sig)
		return nil
	})
	return err
}
