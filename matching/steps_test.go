package matching

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartoteka/customer"
)

// TestStepsMakeTheClusters carries the told steps out: they give the clusters, which do not
// depend on anybody listening.
func TestStepsMakeTheClusters(t *testing.T) {
	rules, items := crowd(t)
	rapid.Check(t, func(t *rapid.T) {
		var entries []Entry
		for i := range rapid.IntRange(2, 40).Draw(t, "entries") {
			entries = append(entries, Entry{Ref: customer.Ref{Source: "s", Key: fmt.Sprint(i)}, Item: rapid.SampledFrom(items).Draw(t, "item"),
				Unique: rapid.Bool().Draw(t, "unique")})
		}
		var judgments []Judgment
		for range rapid.IntRange(0, 3).Draw(t, "judgments") {
			kind := rapid.SampledFrom([]customer.DecisionKind{customer.Same, customer.Different}).Draw(t, "kind")
			pair := rapid.SliceOfNDistinct(rapid.Int32Range(0, int32(len(entries)-1)), 2, 2, rapid.ID[int32]).Draw(t, "pair")
			if entries[pair[0]].Item.Kind != entries[pair[1]].Item.Kind {
				continue
			}
			judgments = append(judgments, Judgment{Kind: kind, Left: pair[:1], Right: pair[1:]})
			if kind == customer.Different {
				entries[pair[0]].Apart, entries[pair[1]].Apart = true, true
			}
		}
		limits := Limits{Block: 200, Component: rapid.IntRange(3, 200).Draw(t, "cap")}
		silent := Partition(rules, entries, judgments, limits, 1)
		limits.Steps = new(Steps)
		told := Partition(rules, entries, judgments, limits, 1)
		if diff := cmp.Diff(silent, told); diff != "" {
			t.Fatalf("listening changes the outcome: %s", diff)
		}
		if diff := cmp.Diff(silent.Cluster, carriedOut(t, limits.Steps, len(entries))); diff != "" {
			t.Fatalf("the steps make other clusters: %s", diff)
		}
		for _, a := range limits.Steps.Apart {
			if a.Total < a.Bar || told.Cluster[a.Left[0]] == told.Cluster[a.Right[0]] {
				t.Fatalf("not apart: %+v", a)
			}
		}
	})
}

// carriedOut joins what the steps say.
func carriedOut(t *rapid.T, s *Steps, n int) []int32 {
	f := NewForest(n)
	for _, list := range s.Equal {
		for _, e := range list {
			f.Union(list[0], e)
		}
	}
	for _, j := range s.Joins {
		if !j.Decided && j.Total < j.Bar {
			t.Fatalf("joined below the bar: %+v", j)
		}
		if !slices.IsSorted(j.Left) || !slices.IsSorted(j.Right) || f.Find(j.Left[0]) == f.Find(j.Right[0]) {
			t.Fatalf("%+v", j)
		}
		f.Union(j.Left[0], j.Right[0])
	}
	out := make([]int32, n)
	for i := range out {
		out[i] = f.Find(int32(i))
	}
	return out
}
