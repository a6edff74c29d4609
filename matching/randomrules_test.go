package matching

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

// TestRulesetPartitionIsTheReference does so with records, compared by the shipped model.
func TestRulesetPartitionIsTheReference(t *testing.T) {
	t.Parallel()
	rules, items := crowd(t)
	rng := rand.New(rand.NewPCG(3, 3))
	joined := 0
	for range instances(200) {
		var entries []Entry
		var some []*Item
		for i := range 20 {
			it := *items[rng.IntN(len(items))]
			some = append(some, &it)
			entries = append(entries, Entry{Ref: customer.Ref{Source: "crm", Key: fmt.Sprint(i)}, Item: &it})
		}
		CountGeneric(some)
		limits := Limits{Block: 4 + rng.IntN(20), Component: 4 + rng.IntN(20)}
		want := runReference(rules, entries, nil, limits).answer()
		got := Partition(rules, entries, nil, limits, 2)
		if diff := cmp.Diff(want, answerOf(entries, &got)); diff != "" {
			t.Fatalf("reference -, partition +\n%s", diff)
		}
		joined += want.Nodes - len(want.Clusters)
	}
	if joined == 0 {
		t.Error("nothing was ever joined")
	}
}

// TestManyWorkersAgree is for sizes at which the work is really shared.
func TestManyWorkersAgree(t *testing.T) {
	t.Parallel()
	w := &world{rng: rand.New(rand.NewPCG(5, 5)), seed: 4, place: map[[16]byte]int{}, limits: Limits{Block: 40, Component: 30}}
	for range 3000 {
		w.add()
	}
	one := Partition(w, w.entries, nil, w.limits, 1)
	want := answerOf(w.entries, &one)
	for _, workers := range []int{2, 3, 8} {
		entries, judged := w.shuffled()
		got := Partition(w, entries, judged, w.limits, workers)
		if diff := cmp.Diff(want, answerOf(entries, &got)); diff != "" {
			t.Fatalf("%d workers:\n%s", workers, diff)
		}
	}
}

// TestGenericIsTheReference counts signatures the plain way.
func TestGenericIsTheReference(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	for range instances(1000) {
		items := make([]*Item, 1+rng.IntN(40))
		for i := range items {
			items[i] = &Item{listed: &listed{Kind: customer.Person}, sound: uint64(rng.IntN(5)), year: uint16(rng.IntN(3))}
			for key := range uint64(4) {
				if rng.IntN(2) == 0 {
					items[i].Shared = append(items[i].Shared, Shared{Key: key, Above: 3})
				}
			}
		}
		found := map[uint64]int{}
		for _, g := range CountGeneric(items) {
			found[g.Key] = g.Signatures
		}
		for key := range uint64(4) {
			n := plainSignatures(items, key)
			if n > 3 && found[key] != n || n <= 3 && found[key] != 0 {
				t.Fatalf("value %d: %d signatures, found %d", key, n, found[key])
			}
			for _, it := range items {
				for i, s := range it.Shared {
					if s.Key == key && (it.Generic>>i&1 == 1) != (n > 3) {
						t.Fatalf("value %d of %d signatures: an item says otherwise", key, n)
					}
				}
			}
		}
	}
}

// plainSignatures counts name and year; one without a year only where the name has none with a
// year, one without a name never.
func plainSignatures(items []*Item, key uint64) int {
	years := map[uint64]map[uint16]bool{}
	for _, it := range items {
		if it.sound == 0 || !slices.ContainsFunc(it.Shared, func(s Shared) bool { return s.Key == key }) {
			continue
		}
		if years[it.sound] == nil {
			years[it.sound] = map[uint16]bool{}
		}
		years[it.sound][it.year] = true
	}
	n := 0
	for _, list := range years {
		if len(list) > 1 {
			delete(list, 0)
		}
		n += len(list)
	}
	return n
}
