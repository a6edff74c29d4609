package matching

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestGatheredIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Uint64(), 0, 5000).Draw(t, "list")
		got := gathered(len(list), 3, func(x *uint64) uint64 { return *x }, func(yield func(uint64)) {
			for _, x := range list {
				yield(x)
			}
		}, cmp.Compare[uint64])
		want := slices.Sorted(slices.Values(list))
		if len(got) != len(want) || !slices.Equal(got, want) {
			t.Fatal(gocmp.Diff(want, got))
		}
	})
}
