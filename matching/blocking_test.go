package matching

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartoteka/customer"
)

// flat weighs every pair the same.
type flat struct{ link, self Weight }

func (flat) Compare(_, _ *Item, ev *Evidence) {
	for i := range ev {
		ev[i] = Missing
	}
	ev[0] = 1000
}
func (flat) Prior(customer.Kind) Weight  { return 0 }
func (f flat) Link(customer.Kind) Weight { return f.link }
func (f flat) SelfWeight(*Item) Weight   { return f.self }

// keyed makes an entry with keys given as rule and value.
func keyed(content byte, keys ...[2]uint64) Entry {
	it := &Item{listed: &listed{Kind: customer.Person}}
	it.Content[0] = content
	for _, k := range keys {
		it.Keys = append(it.Keys, Key{Hash: k[0]<<32 | k[1], Rule: uint8(k[0])})
	}
	return Entry{Ref: customer.Ref{Source: "s", Key: fmt.Sprint(content)}, Item: it}
}

func ruleNames(customer.Kind) []string { return []string{"name", "phone"} }

func TestReportSaysWhatEachRuleBrings(t *testing.T) {
	entries := []Entry{
		keyed(1, [2]uint64{0, 1}, [2]uint64{1, 1}),
		keyed(2, [2]uint64{0, 1}, [2]uint64{1, 1}), // met by both rules
		keyed(3, [2]uint64{0, 1}),                  // by the name alone
		keyed(4, [2]uint64{1, 7}),
		keyed(5, [2]uint64{1, 7}), // by the phone alone
		keyed(6, [2]uint64{0, 9}),
		keyed(6, [2]uint64{0, 9}), // a copy
	}
	truth := []int32{1, 1, 1, 2, 2, 3, 3}
	clusters := []int32{0, 0, 0, 3, 4, 5, 5}
	b := Block(flat{link: 100, self: 100}, entries, Limits{Block: 200, Component: 200}, 2)
	got := b.Report(clusters, truth, ruleNames, 2, 2)
	if got.Nodes != 6 || got.Pairs != 4 || got.Copies != 1 || got.Linked != 4 || got.Keys != 8 {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(&BlockTruth{Pairs: 5, Met: 5, Recall: 1}, got.Truth); diff != "" {
		t.Error(diff)
	}
	recall := []float64{0.8, 0.4}
	want := []RuleReport{
		{Kind: customer.Person, Rule: "name", Keys: 4, Blocks: 1, Largest: 3, Pairs: 3, PairsAlone: 2, Linked: 4, LinkedAlone: 2, LinkedAloneShare: 0.5, True: 4, TrueAlone: 2, Recall: &recall[0]},
		{Kind: customer.Person, Rule: "phone", Keys: 4, Blocks: 2, Largest: 2, Pairs: 2, PairsAlone: 1, Linked: 1, True: 2, TrueAlone: 1, Recall: &recall[1]},
	}
	if diff := cmp.Diff(want, got.Rules); diff != "" {
		t.Error(diff)
	}
	if w := got.Worst; len(w) != 2 || w[0].Nodes != 3 || !w[0].Open || w[0].Pairs != 3 || w[0].Rule != "name" {
		t.Errorf("%+v", w)
	}
}

func TestReportListsClosedKeys(t *testing.T) {
	var entries []Entry
	for i := range byte(5) {
		entries = append(entries, keyed(i+1, [2]uint64{0, 1}, [2]uint64{1, uint64(i)}))
	}
	got := Block(flat{link: 100}, entries, Limits{Block: 4, Component: 200}, 1).Report(make([]int32, 5), nil, ruleNames, 1, 1)
	if got.Closed != 1 || got.Pairs != 0 || got.Truth != nil || got.Rules[0].Closed != 1 || got.Rules[0].Largest != 5 {
		t.Errorf("%+v", got)
	}
	if w := got.Worst[0]; w.Open || w.Nodes != 5 || w.Pairs != 0 || w.First < 0 {
		t.Errorf("%+v", w)
	}
}

// The walk sees each pair that shares an open key once, whatever the number of workers.
func TestWalkMeetsEachPairOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var entries []Entry
		for i := range rapid.IntRange(0, 30).Draw(t, "entries") {
			var keys [][2]uint64
			for rule := range uint64(2) {
				if v := rapid.Uint64Range(0, 6).Draw(t, "value"); v > 0 {
					keys = append(keys, [2]uint64{rule, v})
				}
			}
			entries = append(entries, keyed(byte(i+1), keys...))
		}
		b := Block(flat{link: 100}, entries, Limits{Block: 8, Component: 200}, 1)
		want := slowPairs(entries, b.Closed())
		got := map[[2]int32]RuleSet{}
		b.Walk(1, func(_ int, c *Candidate) {
			pair := [2]int32{min(c.A[0], c.B[0]), max(c.A[0], c.B[0])}
			if _, twice := got[pair]; twice {
				t.Fatalf("%v twice", pair)
			}
			got[pair] = c.Rules
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func slowPairs(entries []Entry, closed []ClosedKey) map[[2]int32]RuleSet {
	shut := map[uint64]bool{}
	for _, c := range closed {
		shut[c.Hash] = true
	}
	out := map[[2]int32]RuleSet{}
	for i := range entries {
		for j := range i {
			var s RuleSet
			for _, x := range entries[i].Item.Keys {
				for _, y := range entries[j].Item.Keys {
					if x.Hash == y.Hash && !shut[x.Hash] {
						s.Add(x.Rule)
					}
				}
			}
			if s.Len() > 0 {
				out[[2]int32{int32(j), int32(i)}] = s
			}
		}
	}
	return out
}

func TestCandidateCountsPairsOfRecords(t *testing.T) {
	labels := []int32{1, 1, 2, 1, 2}
	for _, c := range []struct {
		name       string
		c          Candidate
		sides      []int32
		all, equal int64
	}{
		{"OnePair", Candidate{A: []int32{0}, B: []int32{1}}, nil, 1, 1},
		{"TwoNodes", Candidate{A: []int32{0, 2}, B: []int32{1, 3, 4}}, nil, 6, 3},
		{"Copies", Candidate{A: []int32{0, 1, 2}}, nil, 3, 1},
		{"AcrossSides", Candidate{A: []int32{0, 2}, B: []int32{1, 3}}, []int32{0, 0, 1, 1, 1}, 2, 1},
	} {
		if all, equal := c.c.Pairs(labels, c.sides); all != c.all || equal != c.equal {
			t.Errorf("%s: %d %d, want %d %d", c.name, all, equal, c.all, c.equal)
		}
	}
}

func TestWeightsCountPairsByBit(t *testing.T) {
	entries := []Entry{keyed(1, [2]uint64{0, 1}), keyed(2, [2]uint64{0, 1}), keyed(3, [2]uint64{0, 1}), keyed(3, [2]uint64{0, 1})}
	b := Block(flat{link: 100, self: 250}, entries, Limits{Block: 200, Component: 200}, 1)
	r := b.Weights([]int32{1, 1, 2, 2}, nil, 2)
	if n := len(r.Bands); n != 9 || r.Bands[0].From != 2 || r.Bands[0].Pairs != 1 || *r.Bands[0].True != 1 || r.Bands[8].Pairs != 5 || *r.Bands[8].True != 1 {
		t.Errorf("%+v", r.Bands)
	}
	if r.Calibration.Pairs != 5 {
		t.Errorf("copies count: %+v", r.Calibration)
	}
	curve := r.Expected()
	if first, last := curve[0], curve[8]; first.Recall != 1 || last.Precision < first.Precision || last.Threshold != 10 {
		t.Errorf("%+v", curve)
	}
}
