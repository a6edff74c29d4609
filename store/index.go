package store

import (
	"context"
	"maps"
	"slices"
	"sort"

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

// Nodes implements resolve.Base.
func (tx *Tx) Nodes(ctx context.Context, keys []uint64, limit int) (map[uint64][]int64, error) {
	carriers, err := tx.Carriers(ctx, keys, limit)
	return customer.NodesOf(carriers), err
}

// Carriers implements resolve.Base.
func (tx *Tx) Carriers(ctx context.Context, keys []uint64, limit int) (map[uint64][]customer.Carrier, error) {
	out := make(map[uint64][]customer.Carrier, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	if !tx.current || tx.reindexed || limit == 0 {
		return out, tx.readCarriers(ctx, keys, limit, out)
	}
	if err := tx.look(ctx); err != nil {
		return nil, err
	}
	out, missing := tx.keptCarriers(keys, limit)
	if err := tx.readCarriers(ctx, missing, limit, out); err != nil {
		return nil, err
	}
	if !tx.holds { // else it might be what only this transaction knows
		slices.Sort(missing)
		tx.s.carriers.learn(tx.indexVersion, limit, out, missing)
	}
	return out, nil
}

// readCarriers adds what the database says.
func (tx *Tx) readCarriers(ctx context.Context, keys []uint64, limit int, out map[uint64][]customer.Carrier) error {
	if len(keys) == 0 {
		return nil
	}
	// The index is entered once a key and left after limit rows, however full the key.
	var most any // nil: all
	if limit > 0 {
		most = limit
	}
	rows, err := tx.Query(ctx, `
		SELECT k.key, b.sig, b.node FROM unnest($1::bigint[]) AS k(key)
		CROSS JOIN LATERAL (SELECT sig, node FROM block WHERE block.key = k.key LIMIT $2) b`, signed(keys), most)
	if err != nil {
		return scrub(err)
	}
	var key, sig, node int64
	_, err = pgx.ForEachRow(rows, []any{&key, &sig, &node}, func() error {
		out[uint64(key)] = append(out[uint64(key)], customer.Carrier{Node: node, Sketch: sketchOf(sig)})
		return nil
	})
	return scrub(err)
}

// sketchOf reads what a row of block says beside key and node, if it is no signature.
func sketchOf(sig int64) customer.Sketch {
	if s := customer.Sketch(sig); s.Known() {
		return s
	}
	return 0
}

// Unindex implements resolve.Base.
func (tx *Tx) Unindex(ctx context.Context, rows []customer.Indexed) error {
	if len(rows) == 0 {
		return nil
	}
	empty, err := tx.leaveNodes(ctx, rows)
	if err != nil || len(empty) == 0 {
		return err
	}
	var gone newBlocks
	for _, node := range slices.Sorted(maps.Keys(empty)) {
		row := *empty[node]
		row.Node = node
		gone.add(&row)
	}
	return tx.deleteBlocks(ctx, &gone, slices.Sorted(maps.Keys(empty)))
}

// leaveNodes takes records out of their nodes and returns the nodes that are left without any,
// each with what a record carried in it.
func (tx *Tx) leaveNodes(ctx context.Context, rows []customer.Indexed) (map[int64]*customer.Indexed, error) {
	ids, carried := make([]int64, len(rows)), make(map[int64]*customer.Indexed, len(rows))
	for i := range rows {
		ids[i] = int64(rows[i].Record)
		carried[ids[i]] = &rows[i]
	}
	found, err := tx.Query(ctx, `
		WITH left_nodes AS (
			UPDATE record r SET node = NULL FROM (SELECT id, node FROM record WHERE id = ANY($1) AND node IS NOT NULL) was
			WHERE r.id = was.id RETURNING was.id, was.node)
		SELECT n.node, n.id FROM (SELECT node, min(id) AS id FROM left_nodes GROUP BY node) n
		WHERE NOT EXISTS (SELECT FROM record x WHERE x.node = n.node AND x.id <> ALL($1))`, ids)
	if err != nil {
		return nil, scrub(err)
	}
	empty := map[int64]*customer.Indexed{}
	var node, id int64
	_, err = pgx.ForEachRow(found, []any{&node, &id}, func() error {
		empty[node] = carried[id]
		return nil
	})
	return empty, scrub(err)
}

// deleteBlocks takes rows out of the index. There is no index by node: what a node carries follows
// from its content; rows from before there were sketches have none. Should that not be what stands there, all of it is looked for.
func (tx *Tx) deleteBlocks(ctx context.Context, gone *newBlocks, nodes []int64) error {
	tag, err := tx.Exec(ctx, `DELETE FROM block b USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n(key, sig, node)
		WHERE b.key = n.key AND b.sig = ANY (ARRAY[n.sig, 0]) AND b.node = n.node`, gone.keys, gone.sigs, gone.nodes)
	if err != nil {
		return scrub(err)
	}
	for i, key := range gone.keys {
		tx.indexed = append(tx.indexed, indexEntry{uint64(key), customer.Carrier{Node: gone.nodes[i]}, false})
	}
	if int(tag.RowsAffected()) == len(gone.keys) && !tx.mending {
		return nil
	}
	rows, err := tx.Query(ctx, `DELETE FROM block WHERE node = ANY($1) RETURNING key, node`, nodes)
	if err != nil {
		return scrub(err)
	}
	return tx.unindexed(rows)
}

// Index implements resolve.Base. The records' rows get their nodes at Write, with all else that
// changes in them: a row is written once.
func (tx *Tx) Index(ctx context.Context, rows []customer.Indexed) error {
	if len(rows) == 0 {
		return nil
	}
	if tx.nodes == nil {
		tx.nodes, tx.vacant = make(map[customer.RecordID]int64, len(rows)), make(map[int64]bool, len(rows))
	}
	byNode := make(map[int64]*customer.Indexed, len(rows))
	for i := range rows {
		row := &rows[i]
		tx.nodes[row.Record], byNode[row.Node] = row.Node, row
	}
	stand, err := tx.standing(ctx, slices.Sorted(maps.Keys(byNode)))
	if err != nil {
		return err
	}
	if tx.mending { // keys may stand without their records, and records without their keys
		clear(stand)
	}
	// What stands has its keys: they follow from the content.
	var fresh newBlocks
	for _, node := range slices.Sorted(maps.Keys(byNode)) {
		if !stand[node] {
			fresh.add(byNode[node])
			tx.vacant[node] = true
		}
	}
	return tx.insertBlocks(ctx, &fresh)
}

// standing tells which of the nodes hold records.
func (tx *Tx) standing(ctx context.Context, nodes []int64) (map[int64]bool, error) {
	rows, err := tx.Query(ctx, `SELECT n.node FROM unnest($1::bigint[]) AS n(node) WHERE EXISTS (SELECT FROM record r WHERE r.node = n.node)`, nodes)
	if err != nil {
		return nil, scrub(err)
	}
	out := map[int64]bool{}
	var node int64
	_, err = pgx.ForEachRow(rows, []any{&node}, func() error {
		out[node] = true
		return nil
	})
	return out, scrub(err)
}

// newBlocks are rows of block in columns.
type newBlocks struct{ keys, sigs, nodes []int64 }

func (n *newBlocks) add(row *customer.Indexed) {
	for _, b := range blockRows(row) {
		n.keys, n.sigs, n.nodes = append(n.keys, b.key), append(n.sigs, b.sig), append(n.nodes, row.Node)
	}
}

// insertBlocks writes rows in the order of the index.
func (tx *Tx) insertBlocks(ctx context.Context, n *newBlocks) error {
	if len(n.keys) == 0 {
		return nil
	}
	sort.Sort(n)
	for i, key := range n.keys {
		tx.indexed = append(tx.indexed, indexEntry{uint64(key), customer.Carrier{Node: n.nodes[i], Sketch: sketchOf(n.sigs[i])}, true})
	}
	if tx.mending || len(n.keys) < manyBlocks {
		// Looking for what is not there costs as much as writing it: only a repair may find it.
		conflict := ""
		if tx.mending {
			conflict = " ON CONFLICT DO NOTHING"
		}
		_, err := tx.Exec(ctx, `INSERT INTO block (key, sig, node) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])`+conflict, n.keys, n.sigs, n.nodes)
		return scrub(err)
	}
	return scrub(tx.copyRows(ctx, "block", []string{"key", "sig", "node"}, func(next func() *copyRow) {
		for i, key := range n.keys {
			row := next()
			if row == nil {
				return
			}
			row.int64(key)
			row.int64(n.sigs[i])
			row.int64(n.nodes[i])
		}
	}))
}

// manyBlocks is from how many rows on COPY, which fills a page at a time, is worth being planned anew.
const manyBlocks = 200

func (n *newBlocks) Len() int           { return len(n.keys) }
func (n *newBlocks) Less(i, j int) bool { return n.keys[i] < n.keys[j] }
func (n *newBlocks) Swap(i, j int) {
	n.keys[i], n.keys[j] = n.keys[j], n.keys[i]
	n.sigs[i], n.sigs[j] = n.sigs[j], n.sigs[i]
	n.nodes[i], n.nodes[j] = n.nodes[j], n.nodes[i]
}

type blockRow struct{ key, sig int64 }

// blockRows lists under what a node stands: its shared values with the signature, and its
// blocking keys with the sketch. A key that is a shared value at once has one row, so that nodes are counted once.
func blockRows(row *customer.Indexed) []blockRow {
	out := make([]blockRow, 0, len(row.Keys)+len(row.Shared))
	for _, s := range row.Shared {
		out = append(out, blockRow{int64(s.Key), packSignature(row.Signature)})
	}
	for _, k := range row.Keys {
		if !slices.ContainsFunc(row.Shared, func(s customer.SharedValue) bool { return s.Key == k.Hash }) {
			out = append(out, blockRow{int64(k.Hash), int64(row.Sketch)})
		}
	}
	return out
}
