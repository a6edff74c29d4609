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
	t := &turn{ctx: ctx, rules: rules, base: base, op: op, fresh: map[customer.RecordID]*record{}, gone: map[customer.RecordID]*record{},
		resolved: map[customer.RecordID]bool{}, all: map[customer.RecordID]*record{}, generic: map[uint64]bool{}, known: map[uint64]bool{}, components: map[customer.Code]bool{}, elsewhere: map[customer.RecordID]customer.Code{}}
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
	ctx     context.Context
	rules   *Rules
	base    Base
	op      Operation
	outcome Outcome
	tasks   []Task

	fresh      map[customer.RecordID]*record // live after the turn and to be put into nodes anew
	gone       map[customer.RecordID]*record // no longer live
	resolved   map[customer.RecordID]bool    // whose landed revision this turn resolves
	all        map[customer.RecordID]*record // all live records of the components that the turn reaches
	components map[customer.Code]bool        // reached
	generic    map[uint64]bool
	known      map[uint64]bool // values whose state is in generic
	doubtful   []doubtful
	elsewhere  map[customer.RecordID]customer.Code // codes of candidates
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
		rec.item = t.rules.Matcher.Item(rec.Standard)
		if l.Before != nil && t.rules.AnotherPerson(l.Before, rec.Standard) {
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

// findGeneric marks generic values and lets those that cross up now touch their carriers.
func (t *turn) findGeneric() error {
	if err := t.knowGeneric(t.fresh); err != nil {
		return err
	}
	counted := map[uint64][]matching.Signature{}
	shared := map[uint64]matching.GenericValue{}
	above := map[uint64]int32{}
	for _, rec := range t.fresh {
		for _, s := range rec.item.Shared {
			if !t.generic[s.Key] {
				counted[s.Key] = append(counted[s.Key], rec.item.Signature)
				shared[s.Key] = matching.GenericValue{Key: s.Key, Kind: rec.item.Kind, Attribute: s.Attribute}
				above[s.Key] = s.Above
			}
		}
	}
	stored, err := t.base.Signatures(t.ctx, sortedKeys(counted))
	if err != nil {
		return err
	}
	var crossed []matching.GenericValue
	for _, key := range sortedKeys(counted) {
		signatures := append(counted[key], stored[key]...)
		matching.SortSignatures(signatures)
		if n := matching.Distinct(signatures); n > int(above[key]) {
			value := shared[key]
			value.Signatures = n
			crossed = append(crossed, value)
		}
	}
	return t.makeGeneric(crossed)
}

func (t *turn) makeGeneric(crossed []matching.GenericValue) error {
	if len(crossed) > 0 {
		keys := make([]uint64, len(crossed))
		for i, v := range crossed {
			keys[i] = v.Key
			t.generic[v.Key] = true
		}
		if err := t.touchCarriers(keys); err != nil {
			return err
		}
		if err := t.base.Shut(t.ctx, nil, crossed); err != nil {
			return err
		}
		t.outcome.GenericValues += len(crossed)
	}
	for _, rec := range t.fresh {
		matching.MarkGeneric(rec.item, func(k uint64) bool { return t.generic[k] })
	}
	return nil
}

// touchCarriers adds all records of the nodes that carry any of the values, and takes them out of their nodes.
func (t *turn) touchCarriers(keys []uint64) error {
	nodes, err := t.base.Nodes(t.ctx, keys, 0)
	if err != nil {
		return err
	}
	records, err := t.base.OfNodes(t.ctx, distinctNodes(nodes), true)
	if err != nil {
		return err
	}
	before := len(t.fresh)
	t.addFresh(records)
	if len(t.fresh) == before {
		return nil
	}
	if err := t.knowGeneric(t.fresh); err != nil {
		return err
	}
	return t.base.Unindex(t.ctx, idsOf(records))
}

// knowGeneric looks up the state of all shared values of the records.
func (t *turn) knowGeneric(records map[customer.RecordID]*record) error {
	ask := map[uint64]bool{}
	for _, rec := range records {
		for _, s := range rec.item.Shared {
			if !t.known[s.Key] {
				ask[s.Key] = true
				t.known[s.Key] = true
			}
		}
	}
	found, err := t.base.Generic(t.ctx, sortedKeys(ask))
	for key := range found {
		t.generic[key] = true
	}
	return err
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

// reach finds the components that the fresh records belong to, or did: their own former ones,
// those of positive candidates, of decisions, and of keys that close now.
func (t *turn) reach() error {
	keys := map[uint64]matching.ClosedKey{}
	for _, rec := range t.fresh {
		for _, k := range rec.item.Keys {
			keys[k.Hash] = matching.ClosedKey{Hash: k.Hash, Kind: rec.item.Kind, Rule: k.Rule}
		}
	}
	closed, err := t.base.Closed(t.ctx, sortedKeys(keys))
	if err != nil {
		return err
	}
	open := slices.DeleteFunc(sortedKeys(keys), func(k uint64) bool { return closed[k] })
	limit := t.rules.Settings.BlockLimit
	carriers, err := t.base.Nodes(t.ctx, open, limit+1)
	if err != nil {
		return err
	}
	var crossed []matching.ClosedKey
	for _, key := range open {
		if len(carriers[key]) > limit {
			c := keys[key]
			c.Nodes = len(carriers[key])
			crossed = append(crossed, c)
		}
	}
	if err := t.close(crossed); err != nil {
		return err
	}
	for _, c := range crossed {
		delete(carriers, c.Hash)
	}
	if err := t.scoreCandidates(carriers); err != nil {
		return err
	}
	return t.reachFormer()
}

// close shuts keys that cross up; what they joined must be evaluated again.
func (t *turn) close(crossed []matching.ClosedKey) error {
	if len(crossed) == 0 {
		return nil
	}
	t.outcome.ClosedKeys += len(crossed)
	if err := t.base.Shut(t.ctx, crossed, nil); err != nil {
		return err
	}
	keys := make([]uint64, len(crossed))
	for i, c := range crossed {
		keys[i] = c.Hash
	}
	nodes, err := t.base.Nodes(t.ctx, keys, 0)
	if err != nil {
		return err
	}
	records, err := t.base.OfNodes(t.ctx, distinctNodes(nodes), true)
	if err != nil {
		return err
	}
	return t.reachCodes(codesOf(records))
}

// scoreCandidates weighs each fresh record against the nodes that share an open key with it.
func (t *turn) scoreCandidates(carriers map[uint64][]int64) error {
	own := map[int64]bool{}
	for _, rec := range t.fresh {
		own[rec.Node] = true
	}
	others := slices.DeleteFunc(distinctNodes(carriers), func(n int64) bool { return own[n] })
	records, err := t.base.OfNodes(t.ctx, others, false)
	if err != nil {
		return err
	}
	candidates := map[int64]*record{}
	byID := map[customer.RecordID]*record{}
	for i := range records {
		if records[i].Code == 0 {
			continue
		}
		rec := t.rules.record(&records[i])
		candidates[rec.Node], byID[rec.ID] = rec, rec
	}
	if err := t.knowGeneric(byID); err != nil {
		return err
	}
	t.markAll(byID)
	reached := map[customer.Code]bool{}
	for _, rec := range t.fresh {
		t.scoreOne(rec, carriers, candidates, reached)
	}
	// A node that the record shares with records that stay is reached through them.
	rest, err := t.base.OfNodes(t.ctx, slices.Sorted(maps.Keys(own)), false)
	if err != nil {
		return err
	}
	for _, rec := range rest {
		if rec.Code != 0 {
			reached[rec.Code] = true
		}
	}
	return t.reachCodes(slices.Sorted(maps.Keys(reached)))
}

func (t *turn) scoreOne(rec *record, carriers map[uint64][]int64, candidates map[int64]*record, reached map[customer.Code]bool) {
	var ev matching.Evidence
	seen := map[int64]bool{}
	link, prior := t.rules.Matcher.Link(rec.item.Kind), t.rules.Matcher.Prior(rec.item.Kind)
	for i := range rec.item.Keys {
		if !rec.item.Emits(i) {
			continue
		}
		for _, node := range carriers[rec.item.Keys[i].Hash] {
			other := candidates[node]
			if other == nil || seen[node] || reached[other.Code] {
				continue
			}
			seen[node] = true
			t.rules.Matcher.Compare(rec.item, other.item, &ev)
			switch total := matching.Sum(prior, &ev); {
			case total >= link:
				reached[other.Code] = true
				if total >= link+matching.StrongVeto && matching.Vetoed(rec.item.Firm, other.item.Firm) {
					t.doubtful = append(t.doubtful, doubtful{rec.ID, other.ID, total})
					t.elsewhere[other.ID] = other.Code
				}
			case total >= link-doubt:
				t.doubtful = append(t.doubtful, doubtful{rec.ID, other.ID, total})
				t.elsewhere[other.ID] = other.Code
			}
		}
	}
}

func (t *turn) markAll(records map[customer.RecordID]*record) {
	for _, rec := range records {
		matching.MarkGeneric(rec.item, func(k uint64) bool { return t.generic[k] })
	}
}

// reachFormer adds the components that the changed records are in now, and those that
// decisions tie them to.
func (t *turn) reachFormer() error {
	codes := map[customer.Code]bool{}
	for _, list := range []map[customer.RecordID]*record{t.fresh, t.gone} {
		for _, rec := range list {
			if rec.Code != 0 {
				codes[rec.Code] = true
			}
		}
	}
	decisions, err := t.base.Decisions(t.ctx, sortedIDs(t.fresh))
	if err != nil {
		return err
	}
	var partners []customer.RecordID
	for _, d := range decisions {
		if d.Kind == customer.Same {
			partners = append(append(partners, d.Left...), d.Right...)
		}
	}
	records, err := t.base.Records(t.ctx, partners)
	if err != nil {
		return err
	}
	for _, c := range codesOf(records) {
		codes[c] = true
	}
	return t.reachCodes(slices.Sorted(maps.Keys(codes)))
}

func (t *turn) reachCodes(codes []customer.Code) error {
	if len(codes) == 0 {
		return nil
	}
	rows, err := t.base.Codes(t.ctx, codes)
	for _, row := range rows {
		if row.Component != 0 {
			t.components[row.Component] = true
		}
	}
	return err
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
	if err := t.knowGeneric(t.all); err != nil {
		return err
	}
	t.markAll(t.all)
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
	f := &follower{rules: t.rules, codes: present, result: map[customer.RecordID]customer.Code{}, elsewhere: t.elsewhere, mint: func(n int) ([]Minted, error) { return t.base.Mint(t.ctx, n) }}
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
	closed, err := t.base.Closed(t.ctx, sortedKeys(keys))
	if err != nil {
		return matching.Result{}, err
	}
	limits := t.rules.limits()
	limits.Closed = func(key uint64) bool { return closed[key] }
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
