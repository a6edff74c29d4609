package resolve

import (
	"context"
	"iter"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// memoryNode is a node of the index of a base in memory, with the live records that stand in it.
type memoryNode struct {
	row     Indexed
	members map[customer.RecordID]bool
}

// Closed implements [Base].
func (m *Memory) Closed(_ context.Context, keys []uint64) (map[uint64]bool, error) {
	return known(m.closed, keys), nil
}

// Generic implements [Base].
func (m *Memory) Generic(_ context.Context, keys []uint64) (map[uint64]bool, error) {
	return known(m.generic, keys), nil
}

func known[V any](all map[uint64]V, keys []uint64) map[uint64]bool {
	out := map[uint64]bool{}
	for _, k := range keys {
		if _, is := all[k]; is {
			out[k] = true
		}
	}
	return out
}

// Carriers implements [Base].
func (m *Memory) Carriers(_ context.Context, keys []uint64, limit int) (map[uint64][]customer.Carrier, error) {
	out := map[uint64][]customer.Carrier{}
	for _, k := range keys {
		for n := range m.carriers[k] {
			if limit == 0 || len(out[k]) < limit {
				out[k] = append(out[k], customer.Carrier{Node: n, Sketch: m.nodes[n].row.Sketch})
			}
		}
	}
	return out, nil
}

// Nodes implements [Base].
func (m *Memory) Nodes(ctx context.Context, keys []uint64, limit int) (map[uint64][]int64, error) {
	carriers, err := m.Carriers(ctx, keys, limit)
	return customer.NodesOf(carriers), err
}

// Standing implements [Base].
func (m *Memory) Standing(_ context.Context, nodes []int64) (map[int64][]customer.Standing, error) {
	out := map[int64][]customer.Standing{}
	for _, n := range nodes {
		if m.nodes[n] == nil {
			continue
		}
		first := map[customer.Code]customer.RecordID{}
		for id := range m.nodes[n].members {
			if code := m.records[id].Code; code != 0 && (first[code] == 0 || id < first[code]) {
				first[code] = id
			}
		}
		for _, code := range slices.Sorted(maps.Keys(first)) {
			out[n] = append(out[n], customer.Standing{Code: code, Record: first[code]})
		}
	}
	return out, nil
}

// Signatures implements [Base].
func (m *Memory) Signatures(_ context.Context, keys []uint64) (map[uint64][]matching.Signature, error) {
	out := map[uint64][]matching.Signature{}
	for _, k := range keys {
		for n := range m.carriers[k] {
			out[k] = append(out[k], m.nodes[n].row.Signature)
		}
		matching.SortSignatures(out[k])
		out[k] = slices.Compact(out[k])
	}
	return out, nil
}

// Unindex implements [Base].
func (m *Memory) Unindex(_ context.Context, rows []Indexed) error {
	for i := range rows {
		id := rows[i].Record
		rec := m.records[id]
		if rec == nil || m.nodes[rec.Node] == nil {
			continue
		}
		node := m.nodes[rec.Node]
		delete(node.members, id)
		if len(node.members) == 0 {
			for _, k := range carried(&node.row) {
				delete(m.carriers[k], rec.Node)
			}
			delete(m.nodes, rec.Node)
		}
		rec.Node = 0
	}
	return nil
}

// carried lists all keys under which a node stands in the index: blocking keys and shared values.
func carried(row *Indexed) []uint64 {
	out := make([]uint64, 0, len(row.Keys)+len(row.Shared))
	for _, k := range row.Keys {
		out = append(out, k.Hash)
	}
	for _, s := range row.Shared {
		out = append(out, s.Key)
	}
	return out
}

// Index implements [Base].
func (m *Memory) Index(_ context.Context, rows []Indexed) error {
	for _, row := range rows {
		node := m.nodes[row.Node]
		if node == nil {
			node = &memoryNode{row: row, members: map[customer.RecordID]bool{}}
			m.nodes[row.Node] = node
			for _, k := range carried(&row) {
				if m.carriers[k] == nil {
					m.carriers[k] = map[int64]bool{}
				}
				m.carriers[k][row.Node] = true
			}
		}
		node.members[row.Record] = true
		m.records[row.Record].Node = row.Node
	}
	return nil
}

// Shut implements [Base].
func (m *Memory) Shut(_ context.Context, closed []matching.ClosedKey, generic []matching.GenericValue) error {
	for _, c := range closed {
		m.closed[c.Hash] = c
	}
	for _, g := range generic {
		m.generic[g.Key] = g
	}
	return nil
}

// Reindex implements [BulkBase].
func (m *Memory) Reindex(ctx context.Context, rows iter.Seq[Indexed], closed []matching.ClosedKey, generic []matching.GenericValue) error {
	m.nodes, m.carriers = map[int64]*memoryNode{}, map[uint64]map[int64]bool{}
	m.closed, m.generic = map[uint64]matching.ClosedKey{}, map[uint64]matching.GenericValue{}
	for row := range rows {
		if err := m.Index(ctx, []Indexed{row}); err != nil {
			return err
		}
	}
	return m.Shut(ctx, closed, generic)
}
