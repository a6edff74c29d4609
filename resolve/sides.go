package resolve

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// sides tells records of equal content apart where holds do, so that they are several nodes. Those
// that the same sides of the same holds name go on being one; one that no hold names goes with the
// first by (source, key).
func sides(entries []matching.Entry, holds []matching.Judgment) {
	named := namedSides(holds)
	contents := map[[16]byte]map[string]int32{} // content → named sides → first entry
	for _, e := range slices.Sorted(maps.Keys(named)) {
		content := entries[e].Item.Content
		if contents[content] == nil {
			contents[content] = map[string]int32{}
		}
		first, known := contents[content][named[e]]
		if !known || compareRefs(entries, e, first) < 0 {
			contents[content][named[e]] = e
		}
	}
	for e := range entries {
		classes := contents[entries[e].Item.Content]
		if len(classes) < 2 {
			continue
		}
		order := slices.SortedFunc(maps.Values(classes), func(x, y int32) int { return compareRefs(entries, x, y) })
		entries[e].Side = 1
		if first, is := classes[named[int32(e)]]; is {
			entries[e].Side = int32(slices.Index(order, first) + 1)
		}
	}
}

// namedSides lists, for each entry that holds keep apart from others, the sides that name it.
func namedSides(holds []matching.Judgment) map[int32]string {
	named := map[int32]string{}
	for i := range holds {
		if holds[i].Kind != customer.Different {
			continue
		}
		for side, list := range [][]int32{holds[i].Left, holds[i].Right} {
			mark := string(binary.BigEndian.AppendUint32(nil, uint32(2*i+side)))
			for _, e := range list {
				named[e] += mark
			}
		}
	}
	return named
}

func compareRefs(entries []matching.Entry, a, b int32) int {
	x, y := &entries[a].Ref, &entries[b].Ref
	return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Key, y.Key), cmp.Compare(a, b))
}
