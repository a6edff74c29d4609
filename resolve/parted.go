package resolve

import (
	"slices"

	"kartoteka/customer"
)

// weighParted weighs again what was doubtful about codes that lost records. Of two codes only the best
// pair is asked about, and none if a person holds records of theirs apart: when such a record goes its
// own way, the others may be in question with customers that the turn does not reach.
func (t *turn) weighParted(after map[customer.RecordID]customer.Code, persons []customer.Decision) error {
	codes := t.parted(after, persons)
	if len(codes) == 0 {
		return nil
	}
	records, here := map[customer.RecordID]*record{}, map[int64]bool{}
	for id, rec := range t.all {
		here[rec.Node] = true
		if codes[rec.Code] && t.fresh[id] == nil {
			records[id] = rec
		}
	}
	carriers, _, err := t.openKeys(records)
	if err != nil {
		return err
	}
	// Pairs of records that the turn reached were weighed together.
	candidates, err := t.candidates(slices.DeleteFunc(t.worthReading(records, carriers), func(n int64) bool { return here[n] }))
	if err != nil {
		return err
	}
	pairs := t.weigh(records, carriers, candidates, nil)
	nodes := make([]int64, len(pairs))
	for i := range pairs {
		nodes[i] = pairs[i].node
	}
	slices.Sort(nodes)
	standing, err := t.base.Standing(t.ctx, slices.Compact(nodes))
	if err != nil {
		return err
	}
	for _, p := range pairs {
		t.judge(p, standing[p.node], map[customer.Code]bool{})
	}
	return nil
}

// parted are the codes, before the turn, whose records are of several codes after it, and those that
// lost a record that a person holds apart from others.
func (t *turn) parted(after map[customer.RecordID]customer.Code, persons []customer.Decision) map[customer.Code]bool {
	parted, became := map[customer.Code]bool{}, map[customer.Code]customer.Code{}
	for id, rec := range t.all {
		if first, known := became[rec.Code]; !known {
			became[rec.Code] = after[id]
		} else if first != after[id] {
			parted[rec.Code] = true
		}
	}
	for _, d := range persons {
		if d.Kind != customer.Different {
			continue
		}
		for _, id := range slices.Concat(d.Left, d.Right) {
			if gone := t.gone[id]; gone != nil {
				parted[gone.Code] = true
			}
		}
	}
	delete(parted, 0)
	return parted
}
