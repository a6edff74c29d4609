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
	Tasks          int `json:"tasks"`
	Incarnations   int `json:"incarnations"` // keys that were given to somebody else
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
		resolved: map[customer.RecordID]bool{}, all: map[customer.RecordID]*record{}, components: map[customer.Code]bool{}, elsewhere: map[customer.RecordID]customer.Code{}}
}

func (t *turn) do(landed []Landed, touched []customer.RecordID) (Outcome, error) {
	for _, step := range []func() error{
		func() error { return t.take(landed) },
		func() error { return t.touch(touched) },
		t.unindex, t.findGeneric, t.intoNodes, t.reach, t.load, t.apply,
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
	tasks   []Task

	fresh      map[customer.RecordID]*record // live after the turn and to be put into nodes anew
	gone       map[customer.RecordID]*record // no longer live
	resolved   map[customer.RecordID]bool    // whose landed revision this turn resolves
	all        map[customer.RecordID]*record // all live records of the components that the turn reaches
	components map[customer.Code]bool        // reached
	doubtful   []doubtful
	elsewhere  map[customer.RecordID]customer.Code // codes of candidates
	decisions  []customer.Decision                 // about the loaded records
	wishes     []wish
	judged     map[customer.Code]bool
	steps      *matching.Steps // told how the clusters come about, if not nil
	repair     *mending        // of a repair, else nil
}

// doubtful is a pair just below the threshold.
type doubtful struct {
	a, b   customer.RecordID
	weight matching.Weight
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
		if l.Op == customer.Delete {
			t.gone[rec.ID] = &rec
			continue
		}
		rec.item = t.item(rec.Standard)
		if l.Before != nil && t.rules.another(t.item(l.Before), rec.item) {
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
	t.tasks = append(t.tasks, Task{Kind: "key_reuse", Code: ended.Code, Records: []customer.RecordID{ended.ID, id}})
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
		}
	}
}

// unindex takes what changes out of its nodes, so that counts see the rest.
func (t *turn) unindex() error {
	ids := append(sortedIDs(t.fresh), sortedIDs(t.gone)...)
	return t.base.Unindex(t.ctx, ids)
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
	result, err := t.partition(records)
	if err != nil {
		return err
	}
	present, err := t.presentCodes(records)
	if err != nil {
		return err
	}
	f := &follower{rules: t.rules, codes: present, judged: t.judged, wishes: t.wishes, decisions: t.decisions, result: map[customer.RecordID]customer.Code{}, elsewhere: t.elsewhere, repair: t.repair, mint: func(n int) ([]Minted, error) { return t.base.Mint(t.ctx, n) }}
	effects, err := f.follow(records, t.gone, t.resolved, result, t.op)
	if err != nil {
		return err
	}
	effects.Tasks = append(append(t.tasks, effects.Tasks...), f.questions(t.doubtful)...)
	t.outcome.Created += f.created
	t.outcome.Merged += f.merged
	t.outcome.Split += f.split
	t.outcome.Changes += len(effects.Changes)
	t.outcome.Tasks += len(effects.Tasks)
	return t.base.Write(t.ctx, effects)
}

func (t *turn) partition(records []*record) (matching.Result, error) {
	ids := make([]customer.RecordID, len(records))
	keys := map[uint64]bool{}
	for i, rec := range records {
		ids[i] = rec.ID
		for _, k := range rec.item.Keys {
			keys[k.Hash] = true
		}
	}
	decisions, err := t.base.Decisions(t.ctx, ids)
	if err != nil {
		return matching.Result{}, err
	}
	t.decisions = decisions
	closed, err := t.base.Closed(t.ctx, sortedKeys(keys))
	if err != nil {
		return matching.Result{}, err
	}
	limits := t.rules.limits()
	limits.Closed, limits.Steps = func(key uint64) bool { return closed[key] }, t.steps
	entries, judgments := t.rules.entries(records, decisions)
	return matching.Partition(t.rules.Matcher, entries, judgments, limits, t.rules.Workers), nil
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
	delete(codes, 0)
	rows, err := t.base.Codes(t.ctx, slices.Sorted(maps.Keys(codes)))
	if err != nil {
		return nil, err
	}
	present := make(map[customer.Code]*CodeRow, len(rows))
	for i := range rows {
		present[rows[i].Code] = &rows[i]
	}
	return present, nil
}
