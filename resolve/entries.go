package resolve

import (
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// entries turns records, sorted by id, and the decisions about them into the input of f.
func (r *Rules) entries(records []*record, decisions []customer.Decision) ([]matching.Entry, []matching.Judgment) {
	apart := namedApart(decisions)
	place := make(map[customer.RecordID]int32, len(records))
	entries := make([]matching.Entry, len(records))
	for i, rec := range records {
		entries[i] = matching.Entry{Ref: rec.Ref, Item: rec.item, Apart: apart[rec.ID], Unique: r.unique(rec.Ref.Source)}
		if len(decisions) > 0 {
			place[rec.ID] = int32(i)
		}
	}
	var judgments []matching.Judgment
	for _, d := range decisions {
		if d.Kind != customer.Same && d.Kind != customer.Different {
			continue
		}
		judgments = append(judgments, matching.Judgment{Kind: d.Kind, Left: placesOf(place, d.Left), Right: placesOf(place, d.Right)})
	}
	judgments = append(judgments, codeBar(records)...)
	return entries, judgments
}

// placesOf leaves out records that are not live any more.
func placesOf(place map[customer.RecordID]int32, ids []customer.RecordID) []int32 {
	var out []int32
	for _, id := range ids {
		if at, live := place[id]; live {
			out = append(out, at)
		}
	}
	return out
}

func sortedIDs(records map[customer.RecordID]*record) []customer.RecordID {
	return slices.Sorted(maps.Keys(records))
}

func sortedKeys[V any](m map[uint64]V) []uint64 { return slices.Sorted(maps.Keys(m)) }

func idsOf(records []Record) []customer.RecordID {
	ids := make([]customer.RecordID, len(records))
	for i := range records {
		ids[i] = records[i].ID
	}
	return ids
}

func codesOf(records []Record) []customer.Code {
	codes := map[customer.Code]bool{}
	for i := range records {
		codes[records[i].Code] = true
	}
	delete(codes, 0)
	return slices.Sorted(maps.Keys(codes))
}

func distinctNodes(carriers map[uint64][]int64) []int64 {
	nodes := map[int64]bool{}
	for _, list := range carriers {
		for _, n := range list {
			nodes[n] = true
		}
	}
	return slices.Sorted(maps.Keys(nodes))
}
