package resolve

import (
	"kartoteka/matching"
)

// findGeneric marks generic values and lets those that cross up now touch their carriers.
func (t *turn) findGeneric() error {
	if err := t.mark(t.fresh); err != nil {
		return err
	}
	counted := map[uint64][]matching.Signature{}
	shared := map[uint64]matching.GenericValue{}
	above := map[uint64]int32{}
	for _, rec := range t.fresh {
		for _, s := range rec.item.Shared {
			if !t.generic[s.Key] {
				counted[s.Key] = append(counted[s.Key], rec.item.Signature())
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
		rec.item = marked(rec.item, t.generic)
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
	if err := t.mark(t.fresh); err != nil {
		return err
	}
	return t.leaveNodes(idsOf(records))
}
