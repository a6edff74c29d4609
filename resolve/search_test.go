package resolve

import (
	"slices"
	"testing"
)

func TestSearchLooksFirstWhereMostKeysLead(t *testing.T) {
	got := mostMet(map[uint64][]int64{1: {10, 20, 30}, 2: {30, 20}, 3: {30}})
	if !slices.Equal(got, []int64{30, 20, 10}) {
		t.Errorf("%v", got)
	}
	var many []int64
	for i := range searchSketches + 5 {
		many = append(many, int64(i))
	}
	if got := mostMet(map[uint64][]int64{1: many, 2: {searchSketches + 4}}); len(got) != searchSketches || got[0] != searchSketches+4 {
		t.Errorf("%d, %v first", len(got), got[0])
	}
}
