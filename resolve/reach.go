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
	carriers, crossed, err := t.openKeys(t.fresh)
	if err != nil {
		return err
	}
	if err := t.close(crossed); err != nil {
		return err
	}
	if err := t.reachCandidates(carriers); err != nil {
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

// reachCandidates weighs the fresh records against the nodes that share an open key with them,
// and reaches the codes of those that are linked, and of the nodes that the records are in.
func (t *turn) reachCandidates(carriers map[uint64][]customer.Carrier) error {
	own := map[int64]bool{}
	for _, rec := range t.fresh {
		own[rec.Node] = true
	}
	candidates, err := t.candidates(slices.DeleteFunc(t.worthReading(t.fresh, carriers), func(n int64) bool { return own[n] }))
	if err != nil {
		return err
	}
	pairs := t.weigh(t.fresh, carriers, candidates, nil)
	for _, p := range pairs {
		own[p.node] = true
	}
	standing, err := t.base.Standing(t.ctx, slices.Sorted(maps.Keys(own)))
	if err != nil {
		return err
	}
	reached := map[customer.Code]bool{}
	for _, p := range pairs {
		t.judge(p, standing[p.node], reached)
		delete(own, p.node)
	}
	// A node that the record shares with records that stay is reached through them.
	for n := range own {
		for _, r := range standing[n] {
			reached[r.Code] = true
		}
	}
	return t.reachCodes(slices.Sorted(maps.Keys(reached)))
}

// judge reaches the codes of a node that is linked, and notes what a person should look at.
func (t *turn) judge(p met, standing []customer.Standing, reached map[customer.Code]bool) {
	link := t.rules.Matcher.Link(p.record.item.Kind)
	for _, r := range standing {
		if p.total >= link {
			reached[r.Code] = true
		}
		if p.total < link || p.vetoed {
			t.doubtful = append(t.doubtful, doubtful{p.record.ID, r.Record, p.total, link})
			t.elsewhere[r.Record] = r.Code
		}
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
	rows, err := t.rowsOf(codes)
	for _, row := range rows {
		if row.Component != 0 {
			t.components[row.Component] = true
		}
	}
	return err
}

// rowsOf gives the rows of codes and of those they lead to; each is read once a turn, which writes
// none before its end.
func (t *turn) rowsOf(codes []customer.Code) (map[customer.Code]*CodeRow, error) {
	unread := slices.DeleteFunc(slices.Clone(codes), func(c customer.Code) bool { return t.rows[c] != nil })
	if len(unread) > 0 {
		rows, err := t.base.Codes(t.ctx, unread)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			t.rows[rows[i].Code] = &rows[i]
		}
	}
	out := make(map[customer.Code]*CodeRow, len(codes))
	for _, code := range codes {
		for row := t.rows[code]; row != nil && out[row.Code] == nil; row = t.rows[row.Successor] {
			out[row.Code] = row
		}
	}
	return out, nil
}
