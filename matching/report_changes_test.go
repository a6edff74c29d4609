package matching

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCompareClusters(t *testing.T) {
	groups := func(g ...[]int32) [][]int32 { return g }
	for _, c := range []struct {
		name          string
		before, after []int32
		want          []ClusterChange
	}{
		{"Same", []int32{1, 1, 2}, []int32{7, 7, 8}, nil},
		{"Joined", []int32{0, 0, 2, 3}, []int32{0, 0, 0, 3}, []ClusterChange{{ChangeJoined, groups([]int32{0, 1}, []int32{2}), groups([]int32{0, 1, 2})}}},
		{"Split", []int32{0, 0, 0}, []int32{0, 1, 0}, []ClusterChange{{ChangeSplit, groups([]int32{0, 1, 2}), groups([]int32{0, 2}, []int32{1})}}},
		{"Moved", []int32{0, 0, 2}, []int32{0, 1, 1}, []ClusterChange{{ChangeMoved, groups([]int32{0, 1}, []int32{2}), groups([]int32{0}, []int32{1, 2})}}},
		{"MostRecordsFirst", []int32{0, 1, 2, 2, 2}, []int32{0, 0, 2, 3, 4}, []ClusterChange{
			{ChangeSplit, groups([]int32{2, 3, 4}), groups([]int32{2}, []int32{3}, []int32{4})},
			{ChangeJoined, groups([]int32{0}, []int32{1}), groups([]int32{0, 1})}}},
	} {
		if diff := cmp.Diff(c.want, CompareClusters(c.before, c.after)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// What is not listed is the same in both, and what is listed is not.
func TestCompareClustersListsExactlyTheChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "records")
		labels := rapid.SliceOfN(rapid.Int32Range(0, 4), n, n)
		before, after := labels.Draw(t, "before"), labels.Draw(t, "after")
		listed := make([]bool, n)
		for _, c := range CompareClusters(before, after) {
			for _, g := range c.Before {
				for _, r := range g {
					listed[r] = true
				}
			}
		}
		for i := range before {
			for j := range before {
				if (before[i] == before[j]) != (after[i] == after[j]) && (!listed[i] || !listed[j]) {
					t.Fatalf("%d and %d changed and are not listed", i, j)
				}
			}
		}
	})
}
