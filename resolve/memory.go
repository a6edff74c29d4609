package resolve

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Memory is a base in memory: the reference that the PostgreSQL base is held against. It is not
// safe for concurrent use, as a base in a transaction is not.
type Memory struct {
	Changes   []customer.Change // the change log
	Tasks     []Task            // all that were ever open
	records   map[customer.RecordID]*memoryRecord
	byRef     map[customer.Ref]customer.RecordID // newest incarnation
	nodes     map[int64]*memoryNode
	carriers  map[uint64]map[int64]bool
	closed    map[uint64]matching.ClosedKey
	generic   map[uint64]matching.GenericValue
	codes     map[customer.Code]CodeRow
	decisions map[int64]customer.Decision
	serial    int64
	lastID    customer.RecordID
	lastHold  int64
	waiting   []customer.RecordID
	desk      memoryDesk
}

type memoryRecord struct {
	Record // as resolved; Standard nil unless live
	landed *customer.Standard
	op     customer.Op
	news   int // landed revision
}

type memoryNode struct {
	row     Indexed
	members map[customer.RecordID]bool
}

// NewMemory makes an empty base.
func NewMemory() *Memory {
	return &Memory{records: map[customer.RecordID]*memoryRecord{}, byRef: map[customer.Ref]customer.RecordID{}, nodes: map[int64]*memoryNode{},
		carriers: map[uint64]map[int64]bool{}, closed: map[uint64]matching.ClosedKey{}, generic: map[uint64]matching.GenericValue{},
		codes: map[customer.Code]CodeRow{}, decisions: map[int64]customer.Decision{}}
}

// Land keeps a revision until it is resolved.
func (m *Memory) Land(ref customer.Ref, op customer.Op, s *customer.Standard) customer.RecordID {
	id, known := m.byRef[ref]
	if !known {
		m.lastID++
		id = m.lastID
		m.byRef[ref] = id
		m.records[id] = &memoryRecord{Record: Record{ID: id, Ref: ref}}
	}
	rec := m.records[id]
	rec.landed, rec.op = s, op
	rec.news++
	if !slices.Contains(m.waiting, id) {
		m.waiting = append(m.waiting, id)
	}
	return id
}

// Waiting takes up to limit landed revisions, oldest first.
func (m *Memory) Waiting(limit int) []Landed {
	var out []Landed
	taken := m.waiting[:min(limit, len(m.waiting))]
	for _, id := range taken {
		rec := m.records[id]
		l := Landed{Record: rec.Record, Op: rec.op, Before: rec.Standard}
		l.Standard, l.Revision = rec.landed, rec.news
		if rec.op == customer.Delete {
			l.Standard = rec.Standard
		}
		out = append(out, l)
	}
	m.waiting = slices.Clone(m.waiting[len(taken):])
	return out
}

// Decide remembers a decision; the caller resolves what it touches.
func (m *Memory) Decide(d customer.Decision) { m.decisions[d.ID] = d }

// Live returns the live records by id, ascending.
func (m *Memory) Live() []Record {
	var out []Record
	for _, rec := range m.records {
		if rec.Standard != nil {
			out = append(out, rec.Record)
		}
	}
	slices.SortFunc(out, func(x, y Record) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// AllDecisions returns the active decisions, ascending.
func (m *Memory) AllDecisions() []customer.Decision {
	var out []customer.Decision
	for _, d := range m.decisions {
		out = append(out, d)
	}
	slices.SortFunc(out, func(x, y customer.Decision) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// Records implements [Base].
func (m *Memory) Records(_ context.Context, ids []customer.RecordID) ([]Record, error) {
	var out []Record
	for _, id := range ids {
		if rec := m.records[id]; rec != nil && rec.Standard != nil {
			out = append(out, rec.Record)
		}
	}
	return out, nil
}

// Members implements [Base].
func (m *Memory) Members(_ context.Context, components []customer.Code) ([]Record, error) {
	var out []Record
	for _, rec := range m.records {
		if rec.Standard != nil && rec.Code != 0 && slices.Contains(components, m.codes[rec.Code].Component) {
			out = append(out, rec.Record)
		}
	}
	return out, nil
}

// ContentOf implements [Base].
func (m *Memory) ContentOf(_ context.Context, nodes []int64) (map[int64]*customer.Standard, error) {
	out := map[int64]*customer.Standard{}
	for _, n := range nodes {
		if m.nodes[n] == nil {
			continue
		}
		for id := range m.nodes[n].members {
			out[n] = m.records[id].Standard
			break
		}
	}
	return out, nil
}

// OfNodes implements [Base].
func (m *Memory) OfNodes(_ context.Context, nodes []int64, all bool) ([]Record, error) {
	var out []Record
	for _, n := range nodes {
		if m.nodes[n] == nil {
			continue
		}
		for id := range m.nodes[n].members {
			out = append(out, m.records[id].Record)
			if !all && m.records[id].Code != 0 {
				break
			}
		}
	}
	return out, nil
}

// Decisions implements [Base].
func (m *Memory) Decisions(_ context.Context, ids []customer.RecordID) ([]customer.Decision, error) {
	asked := map[customer.RecordID]bool{}
	for _, id := range ids {
		asked[id] = true
	}
	return slices.DeleteFunc(m.AllDecisions(), func(d customer.Decision) bool {
		return !slices.ContainsFunc(slices.Concat(d.Left, d.Right), func(id customer.RecordID) bool { return asked[id] })
	}), nil
}

// Reincarnate implements [Base].
func (m *Memory) Reincarnate(_ context.Context, id customer.RecordID) (customer.RecordID, error) {
	old := m.records[id]
	m.lastID++
	m.records[m.lastID] = &memoryRecord{Record: Record{ID: m.lastID, Ref: old.Ref}, landed: old.landed, op: old.op, news: 1}
	m.byRef[old.Ref] = m.lastID
	return m.lastID, nil
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

// Codes implements [Base].
func (m *Memory) Codes(_ context.Context, codes []customer.Code) ([]CodeRow, error) {
	seen := map[customer.Code]bool{}
	var out []CodeRow
	for _, c := range codes {
		for c != 0 && !seen[c] {
			row, is := m.codes[c]
			if !is {
				return nil, fmt.Errorf("code %s is unknown", c)
			}
			seen[c] = true
			m.decided(&row)
			out = append(out, row)
			c = row.Successor
		}
	}
	return out, nil
}

// Mint implements [Base].
func (m *Memory) Mint(_ context.Context, n int) ([]Minted, error) {
	out := make([]Minted, n)
	for i := range out {
		m.serial++
		out[i] = Minted{Code: customer.WithCheckDigit(m.serial), Serial: m.serial}
	}
	return out, nil
}

// Write implements [Base].
func (m *Memory) Write(_ context.Context, e *Effects) error {
	for _, c := range e.Records {
		rec := m.records[c.ID]
		node := rec.Node
		rec.Record = c.Record
		rec.Node = node
		if c.State != customer.RecordLive {
			rec.Standard = nil
		}
	}
	for _, row := range e.Codes {
		m.codes[row.Code] = row
	}
	m.book(e)
	m.writeTasks(e)
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

// Population returns the live records for a bulk run.
func (m *Memory) Population() Population { return memoryPopulation(m.Live()) }

type memoryPopulation []Record

func (p memoryPopulation) Len() int { return len(p) }

func (p memoryPopulation) Read(i int, rec *Record) error {
	*rec = p[i]
	return nil
}

func (p memoryPopulation) Resolved(int) bool { return false }

// CodeRows returns all codes, ascending.
func (m *Memory) CodeRows() []CodeRow {
	var out []CodeRow
	for _, row := range m.codes {
		out = append(out, row)
	}
	slices.SortFunc(out, func(x, y CodeRow) int { return cmp.Compare(x.Code, y.Code) })
	return out
}
