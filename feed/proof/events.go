package proof

import (
	"context"
	"encoding/json"
	"fmt"

	"kartoteka/customer"
)

// event is what is read of an event.
type event struct {
	Code      customer.Code       `json:"code"`
	Kind      customer.ChangeKind `json:"kind"`
	Epoch     int64               `json:"epoch"`
	Version   int64               `json:"version"`
	Operation int64               `json:"operation"`
	Successor customer.Code       `json:"successor"`
}

const (
	cureGap    = "kartoteka feed replay --topic events --code CODE sends its events again; consumers that missed one read its golden record"
	cureGolden = "kartoteka feed replay --topic golden --code CODE sends its present state again; if feed status says parked, raise the limit and run feed retry"
	cureWalk   = "kartoteka feed replay --topic crosswalk --code CODE sends its records again"
	cureHub    = "kartoteka verify on the hub tells which side is wrong; kartoteka feed replay --code CODE sends its present state again"
)

// merges pairs the retired codes' events with those of their successors, which have the same operation.
type merges struct {
	joined  map[happened]bool
	retired map[happened]customer.Code // what the successor must have → the retired code
}

type happened struct {
	code      customer.Code
	operation int64
}

func newMerges() merges {
	return merges{map[happened]bool{}, map[happened]customer.Code{}}
}

func (m *merges) add(e *event) {
	switch {
	case e.Kind == customer.Merged && e.Successor != 0:
		m.retired[happened{e.Successor, e.Operation}] = e.Code
	case e.Kind == customer.Merged || e.Kind == customer.Split || e.Kind == customer.Restored:
		m.joined[happened{e.Code, e.Operation}] = true
	}
}

// alone are the retired codes whose successor did not tell of the merge.
func (m *merges) alone() map[happened]customer.Code {
	for h := range m.retired {
		if m.joined[h] {
			delete(m.retired, h)
		}
	}
	m.joined = nil
	return m.retired
}

func (p *prover) readEvents(ctx context.Context, from Source, spans []Span) error {
	for _, s := range spans {
		p.result.Truncated = p.result.Truncated || s.First > 0
	}
	topic := p.options.Topics.Events
	if err := p.read(ctx, from, topic, spans, &p.result.Events, func(m *Message) error { p.event(m); return nil }); err != nil {
		return err
	}
	p.checks.versions.Checked = p.result.Events - p.result.Repeats
	alone := p.merges.alone()
	if len(alone) == 0 || p.result.Truncated {
		return nil
	}
	// A successor may also be created by the operation; that is rare enough to look for it now.
	if err := p.read(ctx, from, topic, spans, new(int64), func(m *Message) error {
		var e event
		if json.Unmarshal(m.Value, &e) == nil && e.Successor == 0 {
			delete(alone, happened{e.Code, e.Operation})
		}
		return nil
	}); err != nil {
		return err
	}
	for h, code := range alone {
		if p.wants(code) {
			p.checks.versions.Add(customer.Violation{Codes: []customer.Code{code, h.code}, What: fmt.Sprintf("was retired by operation %d, of which its successor tells nothing", h.operation), Cure: cureGap})
		}
	}
	return nil
}

func (p *prover) event(m *Message) {
	var e event
	if json.Unmarshal(m.Value, &e) != nil || e.Code == 0 || e.Version < 1 || kinds[e.Kind] == unknown || string(m.Key) != e.Code.String() {
		p.result.Passed++
		return
	}
	if !p.wants(e.Code) {
		return
	}
	at := mark{version: uint32(e.Version), epoch: uint16(e.Epoch), state: stateAfter(e.Kind, e.Successor)}
	known := p.codes[e.Code]
	if !at.newer(known.events) {
		p.result.Repeats++
		return
	}
	if what := p.gap(known.events, at); what != "" {
		p.checks.versions.Add(customer.Violation{Codes: []customer.Code{e.Code}, What: what, Cure: cureGap})
	}
	p.merges.add(&e)
	known.events = at
	p.codes[e.Code] = known
	p.lead(e.Code, 0, at.state, e.Successor)
}

// gap says what is missing between two events of a code. Under a new epoch the hub was restored: it
// may have forgotten versions, and goes on from there.
func (p *prover) gap(before, now mark) string {
	switch {
	case before.state == unknown && (now.version == 1 || p.result.Truncated):
	case before.state == unknown:
		return fmt.Sprintf("its events begin at version %d", now.version)
	case now.version > before.version+1:
		return fmt.Sprintf("its events lack versions %d to %d", before.version+1, now.version-1)
	}
	return ""
}

// lead keeps where a retired code leads, by events (0) or by the golden topic (1).
func (p *prover) lead(code customer.Code, side int, now state, successor customer.Code) {
	pair, there := p.leads[code]
	if now != retired {
		successor = 0
	}
	if !there && successor == 0 {
		return
	}
	pair[side] = successor
	if p.leads[code] = pair; pair == [2]customer.Code{} {
		delete(p.leads, code)
	}
}
