package resolve

import (
	"cmp"
	"context"
	"slices"

	"kartoteka/customer"
)

// memoryDesk is the part of a base in memory that keeps what people decided.
type memoryDesk struct {
	operations []customer.Operated // without changes, by number
	requests   map[string]request
	pins       []customer.Pin
	keepers    []customer.Keeper
	lastPin    int64
	lastJudged int64 // id of a decision
	moves      []Move
}

type request struct {
	operation int64
	intent    []byte
}

// book writes operations and what was decided by the first of them.
func (m *Memory) book(e *Effects) {
	first := int64(len(m.desk.operations)) + 1
	for i, op := range e.Operations {
		m.desk.operations = append(m.desk.operations, customer.Operated{Operation: first + int64(i), Kind: op.Kind, Actor: op.Actor, Reason: op.Reason})
	}
	for _, move := range e.Moves {
		move.Operation += int(first)
		m.desk.moves = append(m.desk.moves, move)
	}
	for i := range e.Changes {
		c := &e.Changes[i]
		c.Position, c.Change.Operation = int64(len(m.Changes)+1), first+int64(c.Operation)
		m.Changes = append(m.Changes, c.Change)
	}
	if e.Judged != nil {
		m.judge(e.Judged, first)
	}
}

func (m *Memory) judge(j *customer.Judged, operation int64) {
	if j.Request != "" {
		if m.desk.requests == nil {
			m.desk.requests = map[string]request{}
		}
		m.desk.requests[j.Request] = request{operation, j.Intent}
	}
	for _, id := range j.Revoked.Decisions {
		delete(m.decisions, id)
	}
	m.desk.pins = slices.DeleteFunc(m.desk.pins, func(p customer.Pin) bool { return slices.Contains(j.Revoked.Pins, p.ID) })
	m.desk.keepers = slices.DeleteFunc(m.desk.keepers, func(k customer.Keeper) bool { return slices.Contains(j.Revoked.Keepers, k) })
	for _, d := range j.Decisions {
		for id := range m.decisions {
			if id < firstHold {
				m.desk.lastJudged = max(m.desk.lastJudged, id)
			}
		}
		m.desk.lastJudged++
		d.ID, d.Operation = m.desk.lastJudged, cmp.Or(d.Operation, operation)
		m.decisions[d.ID] = d
	}
	for _, p := range j.Pins {
		m.desk.lastPin++
		p.ID = m.desk.lastPin
		m.desk.pins = append(m.desk.pins, p)
	}
	for _, code := range j.Keepers {
		m.desk.keepers = append(m.desk.keepers, customer.Keeper{Code: code, Operation: operation})
	}
}

// decided adds to a row what people decided about its code.
func (m *Memory) decided(row *CodeRow) {
	row.Pins, row.Keeper = nil, 0
	for _, p := range m.desk.pins {
		if p.Code == row.Code {
			row.Pins = append(row.Pins, p)
		}
	}
	for _, k := range m.desk.keepers {
		if k.Code == row.Code {
			row.Keeper = max(row.Keeper, k.Operation)
		}
	}
}

// Requested implements [Desk].
func (m *Memory) Requested(_ context.Context, id string) (int64, []byte, error) {
	r := m.desk.requests[id]
	return r.operation, r.intent, nil
}

// NextOperation implements [Desk].
func (m *Memory) NextOperation(context.Context) (int64, error) {
	return int64(len(m.desk.operations)) + 1, nil
}

// Operated implements [Desk].
func (m *Memory) Operated(_ context.Context, operation int64) (customer.Operated, error) {
	if operation < 1 || operation > int64(len(m.desk.operations)) {
		return customer.Operated{}, customer.ErrUnknown
	}
	out := m.desk.operations[operation-1]
	for _, c := range m.Changes {
		if c.Operation == operation {
			out.Changes = append(out.Changes, c)
		}
	}
	return out, nil
}

// DecidedBy implements [Desk].
func (m *Memory) DecidedBy(_ context.Context, operation int64) (out customer.InForce, err error) {
	for _, d := range m.AllDecisions() {
		if d.Operation == operation {
			out.Decisions = append(out.Decisions, d)
		}
	}
	for _, p := range m.desk.pins {
		if p.Operation == operation {
			out.Pins = append(out.Pins, p)
		}
	}
	for _, k := range m.desk.keepers {
		if k.Operation == operation {
			out.Keepers = append(out.Keepers, k)
		}
	}
	return out, nil
}

// ChangesOf implements [Desk].
func (m *Memory) ChangesOf(_ context.Context, code customer.Code) (out []customer.Change, err error) {
	for _, c := range m.Changes {
		if c.Code == code {
			out = append(out, c)
		}
	}
	return out, nil
}

// Locate implements [Desk].
func (m *Memory) Locate(_ context.Context, refs []customer.Ref) ([]customer.Located, error) {
	out := make([]customer.Located, len(refs))
	for i, ref := range refs {
		out[i].Ref = ref
		id, known := m.byRef[ref]
		if !known {
			continue
		}
		rec := m.records[id]
		out[i].ID, out[i].Code, out[i].State = id, rec.Code, customer.RecordPending
		switch {
		case rec.Standard != nil:
			out[i].State, out[i].Kind = customer.RecordLive, rec.Standard.Kind
		case rec.Revision > 0:
			out[i].State = customer.RecordDeleted
		}
	}
	return out, nil
}

// RecordsOf implements [Desk].
func (m *Memory) RecordsOf(_ context.Context, codes []customer.Code) (out []customer.RecordID, err error) {
	for _, rec := range m.Live() {
		if rec.Code != 0 && slices.Contains(codes, rec.Code) {
			out = append(out, rec.ID)
		}
	}
	return out, nil
}
