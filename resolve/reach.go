package resolve

import (
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

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
