package resolve

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Outcome counts what a turn did.
type Outcome struct {
	Resolved       int `json:"resolved"` // revisions
	Created        int `json:"created"`  // codes
	Merged         int `json:"merged"`   // codes retired by a merge
	Split          int `json:"split"`    // codes that others left
	Changes        int `json:"changes"`  // rows of the change log
	Tasks          int `json:"tasks"`    // opened
	Settled        int `json:"tasks_closed"`
	Unasked        int `json:"tasks_unasked"` // doubtful pairs beyond those that are asked about
	Held           int `json:"held"`          // changes of codes that begin to wait for a person
	Incarnations   int `json:"incarnations"`  // keys that were given to somebody else
	ClosedKeys     int `json:"closed_keys"`
	GenericValues  int `json:"generic_values"`
	ReachedRecords int `json:"reached_records"` // evaluated besides the changed ones
}

// Add sums outcomes.
func (o *Outcome) Add(p Outcome) {
	o.Resolved += p.Resolved
	o.Created += p.Created
	o.Merged += p.Merged
	o.Split += p.Split
	o.Changes += p.Changes
	o.Tasks += p.Tasks
	o.Settled += p.Settled
	o.Unasked += p.Unasked
	o.Held += p.Held
	o.Incarnations += p.Incarnations
	o.ClosedKeys += p.ClosedKeys
	o.GenericValues += p.GenericValues
	o.ReachedRecords += p.ReachedRecords
}

// Turn resolves landed revisions, and evaluates the touched records again, within the
// transaction of the base, which must hold the lane. It evaluates whole components only, so its
// outcome for them is that of f over everything.
func Turn(ctx context.Context, rules *Rules, base Base, landed []Landed, touched []customer.RecordID, op Operation) (Outcome, error) {
	return TurnAhead(ctx, rules, base, nil, landed, touched, op)
}

// TurnAhead is [Turn] with what [Prepare] found out about the landed revisions, or a part of them.
func TurnAhead(ctx context.Context, rules *Rules, base Base, ahead *Ahead, landed []Landed, touched []customer.RecordID, op Operation) (Outcome, error) {
	return newTurn(ctx, rules, base, ahead, op).do(landed, touched)
}

func newTurn(ctx context.Context, rules *Rules, base Base, ahead *Ahead, op Operation) *turn {
	return &turn{scout: newScout(ctx, rules, base, ahead), base: base, op: op, fresh: map[customer.RecordID]*record{}, gone: map[customer.RecordID]*record{},
		was: map[customer.RecordID]*matching.Item{}, resolved: map[customer.RecordID]bool{}, all: map[customer.RecordID]*record{}, components: map[customer.Code]bool{}, rows: map[customer.Code]*CodeRow{}, elsewhere: map[customer.RecordID]customer.Code{}}
}

func (t *turn) do(landed []Landed, touched []customer.RecordID) (Outcome, error) {
	for _, step := range []func() error{
		func() error { return t.take(landed) },
		func() error { return t.touch(touched) },
		t.unindex, t.findGeneric, t.intoNodes, t.reach, t.reachAsked, t.load, t.apply,
	} {
		if err := step(); err != nil {
			return t.outcome, fmt.Errorf("resolve: %w", err)
		}
	}
	return t.outcome, nil
}

type turn struct {
	scout
	base    Base
	op      Operation
	outcome Outcome
	reused  [][2]customer.RecordID // keys that were given to somebody else: the record that ended, the new one
	asked   []question             // what waits for a person after it

	fresh      map[customer.RecordID]*record        // live after the turn and to be put into nodes anew
	gone       map[customer.RecordID]*record        // no longer live
	was        map[customer.RecordID]*matching.Item // what records that change carry so far
	resolved   map[customer.RecordID]bool           // whose landed revision this turn resolves
	all        map[customer.RecordID]*record        // all live records of the components that the turn reaches
	components map[customer.Code]bool               // reached
	rows       map[customer.Code]*CodeRow           // that were read
	doubtful   []doubtful
	elsewhere  map[customer.RecordID]customer.Code // codes of candidates
	decisions  []customer.Decision                 // about the loaded records
	wishes     []wish
	foreseen   map[customer.RecordID]customer.Code // codes where a question stands, made up for new ones
	judged     map[customer.Code]bool
	steps      *matching.Steps // told how the clusters come about, if not nil
	repair     *mending        // of a repair, else nil
}

// doubtful is a pair just below the threshold, or one that only strong identifiers keep apart.
type doubtful struct {
	a, b         customer.RecordID
	weight, link matching.Weight
}

// doubt is how far below the threshold a pair is still a question for a person: five bits.
const doubt = 500

// take sorts landed revisions into fresh and gone, and starts new incarnations.
func (t *turn) take(landed []Landed) error {
	for i := range landed {
		l := &landed[i]
		rec := record{Record: l.Record}
		t.outcome.Resolved++
		t.resolved[rec.ID] = true
		if l.Before != nil {
			t.was[rec.ID] = t.item(l.Before)
		}
		if l.Op == customer.Delete {
			t.gone[rec.ID] = &rec
			continue
		}
		rec.item = t.item(rec.Standard)
		if l.Before != nil && t.rules.another(t.was[rec.ID], rec.item) {
			if err := t.reincarnate(&rec, l.Before); err != nil {
				return err
			}
		}
		t.fresh[rec.ID] = &rec
	}
	return nil
}

// reincarnate ends the record as it was and goes on with a new one of the same key (R9).
func (t *turn) reincarnate(rec *record, before *customer.Standard) error {
	id, err := t.base.Reincarnate(t.ctx, rec.ID)
	if err != nil {
		return err
	}
	ended := *rec
	ended.Standard, ended.item, ended.Revision = before, nil, rec.Revision-1
	t.gone[ended.ID] = &ended
	t.outcome.Incarnations++
	t.reused = append(t.reused, [2]customer.RecordID{ended.ID, id})
	delete(t.resolved, ended.ID)
	t.resolved[id] = true
	*rec = record{Record{ID: id, Ref: rec.Ref, Revision: 1, Standard: rec.Standard}, rec.item}
	return nil
}

// touch adds live records that are to be evaluated again though they did not change.
func (t *turn) touch(ids []customer.RecordID) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id customer.RecordID) bool {
		return t.fresh[id] != nil || t.gone[id] != nil
	})
	if len(ids) == 0 {
		return nil
	}
	records, err := t.base.Records(t.ctx, ids)
	t.addFresh(records)
	return err
}

func (t *turn) addFresh(records []Record) {
	for i := range records {
		if rec := &records[i]; t.fresh[rec.ID] == nil && t.gone[rec.ID] == nil {
			t.fresh[rec.ID] = t.rules.record(rec)
			t.was[rec.ID] = t.fresh[rec.ID].item
		}
	}
}

// unindex takes what changes out of its nodes, so that counts see the rest.
func (t *turn) unindex() error {
	var in []customer.RecordID
	for _, list := range []map[customer.RecordID]*record{t.fresh, t.gone} {
		for _, id := range sortedIDs(list) {
			if list[id].Node != 0 {
				in = append(in, id)
			}
		}
	}
	return t.leaveNodes(in)
}

// leaveNodes takes records out of the nodes that they stand in, with what they carried there.
func (t *turn) leaveNodes(ids []customer.RecordID) error {
	rows := make([]Indexed, len(ids))
	for i, id := range ids {
		rows[i].Record = id
		if it := t.was[id]; it != nil {
			rows[i] = t.rules.carries(id, 0, it)
		}
	}
	return t.base.Unindex(t.ctx, rows)
}

// intoNodes puts the fresh records into their nodes.
func (t *turn) intoNodes() error {
	decisions, err := t.base.Decisions(t.ctx, sortedIDs(t.fresh))
	if err != nil {
		return err
	}
	apart := namedApart(decisions)
	rows := make([]Indexed, 0, len(t.fresh))
	for _, id := range sortedIDs(t.fresh) {
		rec := t.fresh[id]
		rec.Node = t.rules.nodeOf(rec, apart[id])
		if rec.Node == contentNode(rec.item) {
			t.rules.Items.add(rec.Node, marked(rec.item, nil))
		}
		rows = append(rows, t.rules.indexed(rec))
	}
	return t.base.Index(t.ctx, rows)
}

func namedApart(decisions []customer.Decision) map[customer.RecordID]bool {
	apart := map[customer.RecordID]bool{}
	for _, d := range decisions {
		if d.Kind == customer.Different {
			for _, id := range append(slices.Clone(d.Left), d.Right...) {
				apart[id] = true
			}
		}
	}
	return apart
}

// load brings all live records of the reached components.
func (t *turn) load() error {
	members, err := t.base.Members(t.ctx, slices.Sorted(maps.Keys(t.components)))
	if err != nil {
		return err
	}
	for i := range members {
		rec := &members[i]
		if t.fresh[rec.ID] == nil && t.gone[rec.ID] == nil {
			t.all[rec.ID] = t.rules.record(rec)
			t.outcome.ReachedRecords++
		}
	}
	if err := t.mark(t.all); err != nil {
		return err
	}
	maps.Copy(t.all, t.fresh)
	return nil
}

// apply evaluates f over the loaded components and writes the difference.
func (t *turn) apply() error {
	records := make([]*record, 0, len(t.all))
	for _, id := range sortedIDs(t.all) {
		records = append(records, t.all[id])
	}
	present, err := t.presentCodes(records)
	if err != nil {
		return err
	}
	result, decisions, err := t.evaluate(records, present)
	if err != nil {
		return err
	}
	f := &follower{rules: t.rules, codes: present, judged: t.judged, wishes: t.wishes, foreseen: t.foreseen, decisions: t.decisions, result: map[customer.RecordID]customer.Code{}, repair: t.repair, mint: func(n int) ([]Minted, error) { return t.base.Mint(t.ctx, n) }}
	effects, err := f.follow(records, t.gone, t.resolved, result, t.op)
	if err != nil {
		return err
	}
	if err := t.ask(effects, f.result, result, decisions); err != nil {
		return err
	}
	t.outcome.Created += f.created
	t.outcome.Merged += f.merged
	t.outcome.Split += f.split
	t.outcome.Changes += len(effects.Changes)
	return t.base.Write(t.ctx, effects)
}

// evaluate is f, with the holds that policy wants for what it would do to codes that exist.
func (t *turn) evaluate(records []*record, present map[customer.Code]*CodeRow) (matching.Result, []customer.Decision, error) {
	decisions, limits, err := t.arguments(records)
	if err != nil {
		return matching.Result{}, nil, err
	}
	persons, holds := splitHolds(decisions)
	entries, judgments := t.rules.entries(records, persons)
	result := matching.Partition(t.rules.Matcher, entries, judgments, limits, t.rules.Workers)
	if len(holds) > 0 || t.rules.Policy.asksAnything(persons) {
		s := &settler{rules: t.rules, records: records, persons: persons, holds: holds, closed: limits.Closed, result: &result, wishes: t.wishes}
		t.asked, err = s.settle(t.op, func([]customer.Code) (map[customer.Code]*CodeRow, error) { return present, nil })
		t.foreseen = s.foreseen
	}
	return result, decisions, err
}

// partition is f with the holds that there are.
func (t *turn) partition(records []*record) (matching.Result, error) {
	decisions, limits, err := t.arguments(records)
	if err != nil {
		return matching.Result{}, err
	}
	limits.Steps = t.steps
	return t.rules.partition(records, decisions, limits), nil
}

// arguments are those of f besides the records.
func (t *turn) arguments(records []*record) ([]customer.Decision, matching.Limits, error) {
	ids := make([]customer.RecordID, len(records))
	keys := map[uint64]bool{}
	for i, rec := range records {
		ids[i] = rec.ID
		for _, k := range rec.item.Keys {
			keys[k.Hash] = true
		}
	}
	limits := t.rules.limits()
	// Of records that go, for a hold about nothing else, which nobody would ever revoke.
	decisions, err := t.base.Decisions(t.ctx, append(ids, sortedIDs(t.gone)...))
	if err != nil {
		return nil, limits, err
	}
	t.decisions = decisions
	closed, err := t.base.Closed(t.ctx, sortedKeys(keys))
	limits.Closed = func(key uint64) bool { return closed[key] }
	return decisions, limits, err
}

// presentCodes loads the codes that the records have, had first, and had before they went.
func (t *turn) presentCodes(records []*record) (map[customer.Code]*CodeRow, error) {
	codes := map[customer.Code]bool{}
	for _, rec := range records {
		codes[rec.Code], codes[rec.Home] = true, true
	}
	for _, rec := range t.gone {
		codes[rec.Code] = true
	}
	for _, w := range t.wishes {
		codes[w.code] = true
	}
	delete(codes, 0)
	return t.rowsOf(slices.Sorted(maps.Keys(codes)))
}
