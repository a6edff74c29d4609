package matching

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

// world is a random instance of f: entries of some customers, how they weigh against each other,
// and what stewards decided. Weights are coarse, so that ties happen.
type world struct {
	rng     *rand.Rand
	seed    uint64
	records []imagined // by content
	place   map[[16]byte]int
	limits  Limits
	entries []Entry
	judged  []Judgment
}

// imagined is a content: whose it is, and how much is known of it.
type imagined struct {
	entity, family int
	self           Weight
}

func newWorld(seed uint64) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 1)), seed: seed, place: map[[16]byte]int{}}
	w.limits = Limits{Block: 3 + w.rng.IntN(12), Component: 3 + w.rng.IntN(14)}
	for range 4 + w.rng.IntN(30) {
		w.add()
	}
	w.decide()
	var items []*Item
	for i := range w.entries {
		items = append(items, w.entries[i].Item)
	}
	CountGeneric(items)
	return w
}

// add makes a content and the one to three records that carry it.
func (w *world) add() {
	n := len(w.records)
	r := imagined{entity: w.rng.IntN(n/3 + 1), self: Weight(300 + 100*w.rng.IntN(4))}
	r.family = r.entity / 3
	it := Item{listed: &listed{Kind: customer.Person}, sound: uint64(1 + r.entity), year: uint16(w.rng.IntN(2))}
	if r.family%4 == 3 {
		it.Kind = customer.Organization
	}
	binary.BigEndian.PutUint64(it.Content[:], w.rng.Uint64())
	kind := uint64(len(it.Kind)) << 32
	it.Shared = []Shared{{Key: kind + uint64(r.family), Above: 2}}
	it.Keys = []Key{{Hash: kind + uint64(1000+r.family), Uses: 1}, {Hash: kind + uint64(2000+r.entity), Rule: 1}}
	for rule := range w.rng.IntN(4) {
		it.Keys = append(it.Keys, Key{Hash: kind + uint64(3000+10*rule+w.rng.IntN(8)), Rule: uint8(2 + rule)})
	}
	for attribute := range customer.AttributeID(2) {
		if w.rng.IntN(4) == 0 {
			it.Firm = append(it.Firm, Firm{attribute, uint64(r.entity + w.rng.IntN(10)/9)})
		}
	}
	w.place[it.Content] = n
	w.records = append(w.records, r)
	for range 1 + w.rng.IntN(3)*w.rng.IntN(2) {
		carried := it
		ref := customer.Ref{Source: customer.Source([]string{"bank", "crm", "shop"}[w.rng.IntN(3)]), Key: fmt.Sprint(len(w.entries))}
		w.entries = append(w.entries, Entry{Ref: ref, Item: &carried, Unique: ref.Source == "bank"})
	}
}

func (w *world) decide() {
	some := func() (list []int32) {
		kind := w.entries[w.rng.IntN(len(w.entries))].Item.Kind
		for range 1 + w.rng.IntN(2) {
			if e := w.rng.IntN(len(w.entries)); w.entries[e].Item.Kind == kind {
				list = append(list, int32(e))
			}
		}
		return list
	}
	for range w.rng.IntN(5) {
		j := Judgment{Kind: customer.Same, Left: some(), Right: some()}
		if w.rng.IntN(2) == 0 {
			j.Kind = customer.Different
		}
		all := slices.Concat(j.Left, j.Right)
		if len(j.Left) == 0 || len(j.Right) == 0 || slices.ContainsFunc(all, func(e int32) bool { return w.entries[e].Item.Kind != w.entries[all[0]].Item.Kind }) {
			continue
		}
		if j.Kind == customer.Different {
			if slices.ContainsFunc(j.Left, func(e int32) bool { return slices.Contains(j.Right, e) }) {
				continue
			}
			for _, e := range all {
				w.entries[e].Apart = true
			}
		}
		w.judged = append(w.judged, j)
	}
}

// Compare is a function of the two contents.
func (w *world) Compare(a, b *Item, ev *Evidence) {
	i, j := w.place[a.Content], w.place[b.Content]
	i, j = min(i, j), max(i, j)
	x, y := w.records[i], w.records[j]
	rng := rand.New(rand.NewPCG(w.seed, uint64(i)<<32+uint64(j)))
	low, high := -12, 3
	switch {
	case x.entity == y.entity:
		low, high = -2, 9
	case x.family == y.family:
		low, high = -6, 8
	}
	for k := range ev {
		ev[k] = Missing
	}
	for k := range 4 {
		if rng.IntN(4) == 0 {
			continue
		}
		weight := int16(100 * (low + rng.IntN(high-low)))
		ev[k], ev[MaxComparisons+k] = weight, weight-int16(100*rng.IntN(3))
	}
	if w.seed%2 == 0 {
		ev[Household] = 200
	}
}

func (w *world) Prior(customer.Kind) Weight { return -600 }

func (w *world) Link(customer.Kind) Weight { return 400 }

func (w *world) SelfWeight(it *Item) Weight { return w.records[w.place[it.Content]].self }

// shuffled gives the entries in another order, the judgments told accordingly.
func (w *world) shuffled() ([]Entry, []Judgment) {
	order := w.rng.Perm(len(w.entries))
	entries := make([]Entry, len(order))
	for from, to := range order {
		entries[to] = w.entries[from]
	}
	move := func(list []int32) []int32 {
		var out []int32
		for _, e := range list {
			out = append(out, int32(order[e]))
		}
		w.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out
	}
	var judged []Judgment
	for _, i := range w.rng.Perm(len(w.judged)) {
		j := w.judged[i]
		judged = append(judged, Judgment{j.Kind, move(j.Left), move(j.Right)})
	}
	return entries, judged
}

// answer is what a partition says, told by references instead of places.
type answer struct {
	Clusters, Components, Oversized []string
	Closed                          map[uint64]int
	Doubtful                        map[string]Weight
	Nodes                           int
	Pairs                           int64
}

func sets(entries []Entry, group func(e int) int) []string {
	byGroup := map[int][]string{}
	for e := range entries {
		byGroup[group(e)] = append(byGroup[group(e)], entries[e].Ref.Key)
	}
	var out []string
	for _, list := range byGroup {
		slices.Sort(list)
		out = append(out, fmt.Sprint(list))
	}
	slices.Sort(out)
	return out
}

func pairName(x, y *Entry) string {
	return min(x.Ref.Key, y.Ref.Key) + " " + max(x.Ref.Key, y.Ref.Key)
}

func keysOf[E int | int32](entries []Entry, list []E) string {
	var out []string
	for _, e := range list {
		out = append(out, entries[e].Ref.Key)
	}
	slices.Sort(out)
	return fmt.Sprint(out)
}

func answerOf(entries []Entry, r *Result) answer {
	a := answer{Nodes: r.Nodes, Pairs: r.Pairs, Closed: map[uint64]int{}, Doubtful: map[string]Weight{},
		Clusters: sets(entries, func(e int) int { return int(r.Cluster[e]) }), Components: sets(entries, func(e int) int { return int(r.Component[e]) })}
	for _, k := range r.Closed {
		a.Closed[k.Hash] = k.Nodes
	}
	for _, d := range r.Doubtful {
		a.Doubtful[pairName(&entries[d.A], &entries[d.B])] = d.Total
	}
	for _, list := range r.Oversized {
		a.Oversized = append(a.Oversized, keysOf(entries, list))
	}
	slices.Sort(a.Oversized)
	return a
}

func (r *reference) answer() answer {
	nodeOf := map[int]int{}
	for n, list := range r.nodes {
		for _, e := range list {
			nodeOf[e] = n
		}
	}
	a := answer{Nodes: len(r.nodes), Pairs: r.pairs, Closed: map[uint64]int{}, Doubtful: map[string]Weight{},
		Clusters:   sets(r.entries, func(e int) int { return r.cluster[nodeOf[e]] }),
		Components: sets(r.entries, func(e int) int { return r.component[nodeOf[e]] })}
	for key := range r.closed {
		for n := range r.nodes {
			if slices.ContainsFunc(r.item(n).Keys, func(k Key) bool { return k.Hash == key }) {
				a.Closed[key]++
			}
		}
	}
	for pair, total := range r.doubtful() {
		a.Doubtful[pairName(&r.entries[pair[0]], &r.entries[pair[1]])] = total
	}
	for _, list := range r.oversized {
		a.Oversized = append(a.Oversized, keysOf(r.entries, list))
	}
	slices.Sort(a.Oversized)
	return a
}

// instances is how many random worlds are tried; a thousand take some seconds.
func instances(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// TestPartitionIsTheReference runs f and its plain definition on random instances: the same
// answer in any order of the entries and of the decisions, by any number of workers.
func TestPartitionIsTheReference(t *testing.T) {
	t.Parallel()
	joined, closed, oversized, vetoed := 0, 0, 0, 0
	for seed := range uint64(instances(1000)) {
		w := newWorld(seed)
		want := runReference(w, w.entries, w.judged, w.limits).answer()
		for workers := 1; workers <= 4; workers *= 2 {
			entries, judged := w.shuffled()
			got := Partition(w, entries, judged, w.limits, workers)
			if diff := cmp.Diff(want, answerOf(entries, &got)); diff != "" {
				t.Fatalf("world %d, %d workers: reference -, partition +\n%s", seed, workers, diff)
			}
		}
		w.partsAlone(t)
		joined += want.Nodes - len(want.Clusters)
		closed += len(want.Closed)
		oversized += len(want.Oversized)
		vetoed += len(want.Doubtful)
	}
	if joined == 0 || closed == 0 || oversized == 0 || vetoed == 0 {
		t.Errorf("the worlds are too tame: %d joined, %d keys closed, %d parts oversized, %d pairs doubtful", joined, closed, oversized, vetoed)
	}
}

// partsAlone checks that f decomposes: the clusters of some whole components, computed from
// their records alone, are those of the whole (what a hub does at every change).
func (w *world) partsAlone(t *testing.T) {
	whole := Partition(w, w.entries, w.judged, w.limits, 1)
	closed := map[uint64]bool{}
	for _, k := range whole.Closed {
		closed[k.Hash] = true
	}
	limits := w.limits
	limits.Closed = func(key uint64) bool { return closed[key] }
	chosen := map[int32]bool{}
	for _, c := range whole.Component {
		if _, known := chosen[c]; !known {
			chosen[c] = w.rng.IntN(2) == 0
		}
	}
	places := map[int32]int32{}
	var entries []Entry
	for e := range w.entries {
		if chosen[whole.Component[e]] {
			places[int32(e)] = int32(len(entries))
			entries = append(entries, w.entries[e])
		}
	}
	part := Partition(w, entries, w.judgedAmong(places), limits, 2)
	for _, x := range slices.Sorted(maps.Keys(places)) {
		for y, at := range places {
			if (whole.Cluster[x] == whole.Cluster[y]) != (part.Cluster[places[x]] == part.Cluster[at]) {
				t.Fatalf("world %d: %s and %s are parted by looking at fewer records", w.seed, w.entries[x].Ref, w.entries[y].Ref)
			}
		}
	}
}

// judgedAmong are the decisions about chosen entries; those about others are cut, as in a hub.
func (w *world) judgedAmong(places map[int32]int32) []Judgment {
	moved := func(list []int32) (out []int32) {
		for _, e := range list {
			if at, known := places[e]; known {
				out = append(out, at)
			}
		}
		return out
	}
	var out []Judgment
	for _, j := range w.judged {
		out = append(out, Judgment{j.Kind, moved(j.Left), moved(j.Right)})
	}
	return out
}
