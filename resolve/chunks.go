package resolve

import (
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// chunk is a piece of the population that shares no code and no component with the others.
type chunk struct {
	members []int32 // ascending
	gone    map[customer.RecordID]*record
	fresh   bool // no member ever had a code
	minted  []Minted
	records []*record // with Standard
	effects *Effects
	f       *follower
	err     error
	ready   chan struct{}
}

// How many records a chunk has at least: chunkSize where all are written in one transaction,
// turnSize where each is a turn of the lane.
const (
	chunkSize = 4096
	turnSize  = 500
)

// chunks cuts the population so that records of one component or of one code stay together.
func (w *whole) chunks() []chunk {
	f := matching.NewForest(len(w.records))
	holder := map[customer.Code]int32{}
	for i := range w.records {
		f.Union(int32(i), w.result.Component[i])
		if code := w.records[i].Code; code != 0 {
			if first, known := holder[code]; known {
				f.Union(int32(i), first)
			} else {
				holder[code] = int32(i)
			}
		}
	}
	families := make([][]int32, 0, len(w.records))
	at := make([]int32, len(w.records))
	for i := range w.records {
		root := f.Find(int32(i))
		if root == int32(i) {
			at[i] = int32(len(families))
			families = append(families, nil)
		}
		families[at[root]] = append(families[at[root]], int32(i))
	}
	return w.fill(families, holder, f)
}

func (w *whole) fill(families [][]int32, holder map[customer.Code]int32, f *matching.Forest) []chunk {
	gone := map[int32][]*record{} // by root
	var alone []*record
	for i := range w.Gone {
		if first, known := holder[w.Gone[i].Code]; known {
			gone[f.Find(first)] = append(gone[f.Find(first)], &record{Record: w.Gone[i]})
		} else {
			alone = append(alone, &record{Record: w.Gone[i]})
		}
	}
	var out []chunk
	for _, family := range families {
		if len(out) == 0 || len(out[len(out)-1].members) >= w.size {
			out = append(out, newChunk())
		}
		c := &out[len(out)-1]
		for _, i := range family {
			c.members = append(c.members, i)
			c.fresh = c.fresh && w.records[i].Code == 0 && w.records[i].Home == 0
		}
		for _, rec := range gone[family[0]] {
			c.gone[rec.ID] = rec
		}
	}
	if len(alone) > 0 {
		out = append(out, newChunk())
		for _, rec := range alone {
			out[len(out)-1].gone[rec.ID] = rec
		}
	}
	for i := range out {
		slices.Sort(out[i].members)
		out[i].fresh = out[i].fresh && len(out[i].gone) == 0
	}
	return out
}

func newChunk() chunk {
	return chunk{fresh: true, gone: map[customer.RecordID]*record{}, ready: make(chan struct{})}
}
