package resolve

import (
	"cmp"
	"context"
	"fmt"
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

// NextCodes implements [Desk].
func (m *Memory) NextCodes(ctx context.Context, n int) ([]Minted, error) {
	defer func(serial int64) { m.serial = serial }(m.serial)
	return m.Mint(ctx, n)
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
