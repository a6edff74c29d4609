package matching

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"kartoteka/customer"
)

// Scorer weighs pairs of items; a [Ruleset] is one.
type Scorer interface {
	// Compare fills ev with what the comparisons find. It is symmetric and allocates nothing.
	Compare(a, b *Item, ev *Evidence)
	Prior(customer.Kind) Weight
	Link(customer.Kind) Weight
	SelfWeight(*Item) Weight
}

// Entry is one record given to [Partition].
type Entry struct {
	Ref  customer.Ref // breaks ties, as bytes; names the source for uniqueness
	Item *Item
	// Side tells entries of equal content apart that a hold keeps apart: entries of different sides
	// are never one node. Zero for all others.
	Side   int32
	Apart  bool // named by an active *different*: a node of its own
	Unique bool // its source holds no duplicates
}

// Judgment is an active decision over entries by their places.
type Judgment struct {
	Kind        customer.DecisionKind
	Left, Right []int32
}

// Limits are the numbers of R3 and R6.
type Limits struct {
	Block     int // nodes above which a key is closed
	Component int // nodes above which the parts of a component are evaluated at a higher threshold
	// Closed, if not nil, says which keys are closed instead of counting them among the
	// entries: the entries are then whole components out of a larger base.
	Closed func(key uint64) bool
	// Steps, if not nil, is told how the clusters came about.
	Steps *Steps
	// Weighed, if not nil, is called when all pairs are weighed and the keys have been let go.
	Weighed func()
}

// Result is who is who.
type Result struct {
	Cluster      []int32 // by entry: the smallest entry of its cluster
	Component    []int32 // by entry: the smallest entry of its component
	Nodes        int
	Pairs        int64 // scored
	Closed       []ClosedKey
	Oversized    [][]int32  // entries of parts that were too large up to link + 16 bits
	Doubtful     []Doubtful // pairs just below the threshold that ended in different clusters
	MoreDoubtful int        // such pairs beyond those listed
	Weak         []Weak     // joins of two groups of several nodes each that only a person should judge
}

// Weak is a join without which a cluster would be two customers of several nodes each.
type Weak struct {
	Left, Right []int32 // entries, ascending
	Total       Weight  // what all their records say for one customer
	Bar         Weight  // what the best pairs had to reach
}

// Doubtful is a pair that only a person should judge.
type Doubtful struct {
	A, B  int32
	Total Weight
}

const (
	// step and spread of R6: the bar rises by two bits until the parts fit.
	capStep  = 200
	capAlarm = 1600
	// uniquePenalty is the soft evidence against two records of a duplicate-free source in one cluster.
	uniquePenalty = 600
	// doubt is how far below the threshold a pair is still shown as doubtful.
	doubt = 500
	// StrongVeto is how far above the threshold a vetoed pair is a question for a person (R8):
	// siblings, whom a veto rightly parts, stay below.
	StrongVeto = 600
	// maxDoubtful bounds the doubtful pairs that are kept, strongest first.
	maxDoubtful = 20000
)

// Partition is the function f of the design: a function of the set of entries, judgments and
// limits alone. Neither the order of the entries nor the number of workers matters. Generic
// values must be marked in the items before ([CountGeneric]).
func Partition(s Scorer, entries []Entry, judgments []Judgment, limits Limits, workers int) Result {
	p := &partition{Scorer: s, entries: entries, limits: limits}
	p.buildNodes(workers)
	limits.Steps.equal(p)
	p.link(judgments)
	edges, doubtful, pairs, closed := p.scan(workers)
	p.chunks, p.counts, p.mute = nil, nil, nil
	if limits.Weighed != nil {
		limits.Weighed()
	}
	result := Result{Nodes: p.size(), Pairs: pairs, Closed: closed}
	clusters := NewForest(p.size())
	components := p.components(edges)
	p.evaluateAll(p.partsOf(components, edges), workers, clusters, &result)
	result.Cluster, result.Component = p.perEntry(clusters), p.perEntry(components)
	result.Weak = p.sortWeak()
	result.Doubtful, result.MoreDoubtful = p.keepDoubtful(p.contradictions(edges, doubtful), clusters)
	return result
}

// partition is one run of f.
type partition struct {
	Scorer
	entries []Entry
	limits  Limits
	order   []int32 // entries by content, then (source, key): the order that breaks every tie
	starts  []int32 // of the nodes in order, and the end
	nodeOf  []int32
	items   []*Item    // by node
	same    [][2]int32 // node pairs that a decision joins
	apart   map[[2]int32]struct{}
	bound   map[int32]struct{}  // nodes named by a different
	mute    []carrier           // keys that nodes carry and do not emit
	shut    map[uint64]struct{} // closed keys
	weak    []Weak
	weakly  sync.Mutex // guards weak

	chunks     []*keyChunk
	bucketBits int
	counts     []uint32  // emitted keys by their first bits
	spare      []carrier // memory to use again
}

// size counts the nodes. A node is a set of entries with equal contents (R1).
func (p *partition) size() int { return len(p.starts) - 1 }

// members are the entries of a node.
func (p *partition) members(n int32) []int32 { return p.order[p.starts[n]:p.starts[n+1]:p.starts[n+1]] }

// first is the entry that stands for a node.
func (p *partition) first(n int32) int32 { return p.order[p.starts[n]] }

func (p *partition) item(n int32) *Item { return p.items[n] }

// buildNodes collapses entries of equal content whose weight against themselves reaches the
// threshold; the others stay alone.
func (p *partition) buildNodes(workers int) {
	p.order = p.sortedEntries(workers)
	p.nodeOf = make([]int32, len(p.entries))
	p.starts = make([]int32, 0, len(p.entries)+1)
	p.items = make([]*Item, 0, len(p.entries))
	for at := 0; at < len(p.order); {
		end := at + 1
		for end < len(p.order) && p.collapse(p.order[at], p.order[end]) {
			end++
		}
		for _, e := range p.order[at:end] {
			p.nodeOf[e] = int32(len(p.starts))
		}
		p.starts, p.items = append(p.starts, int32(at)), append(p.items, p.entries[p.order[at]].Item)
		at = end
	}
	p.starts = append(p.starts, int32(len(p.order)))
	p.emitKeys(workers)
}

// sortedEntries sorts the entries by [partition.compareEntries], as carriers of what sorts them first: their
// kind and the begin of their content.
func (p *partition) sortedEntries(workers int) []int32 {
	rank := map[customer.Kind]uint64{}
	kinds := customer.Kinds()
	slices.Sort(kinds)
	for i, kind := range kinds {
		rank[kind] = min(uint64(i), 3) << 62
	}
	sorted := gathered(len(p.entries), workers, func(x *carrier) uint64 { return x.key }, func(yield func(carrier)) {
		for i := range p.entries {
			it := p.entries[i].Item
			yield(carrier{key: rank[it.Kind] | binary.BigEndian.Uint64(it.Content[:8])>>2, node: int32(i)})
		}
	}, func(x, y carrier) int {
		if x.key != y.key {
			return cmp.Compare(x.key, y.key)
		}
		return p.compareEntries(x.node, y.node)
	})
	order := make([]int32, len(sorted))
	for i := range sorted {
		order[i] = sorted[i].node
	}
	p.spare = sorted
	return order
}

// inRanges does work on n things in as many ranges as there are workers.
func inRanges(n, workers int, do func(from, to int)) {
	workers = max(1, min(workers, n/512))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { do(n*w/workers, n*(w+1)/workers) })
	}
	wg.Wait()
}

// compareEntries orders by kind and content, within it entries that stand apart last, then by (source, key).
func (p *partition) compareEntries(a, b int32) int {
	x, y := &p.entries[a], &p.entries[b]
	return cmp.Or(
		cmp.Compare(x.Item.Kind, y.Item.Kind),
		bytes.Compare(x.Item.Content[:], y.Item.Content[:]),
		compareBool(x.Apart, y.Apart),
		cmp.Compare(x.Side, y.Side),
		cmp.Compare(x.Ref.Source, y.Ref.Source),
		cmp.Compare(x.Ref.Key, y.Ref.Key),
		cmp.Compare(a, b))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (p *partition) collapse(a, b int32) bool {
	x, y := &p.entries[a], &p.entries[b]
	return !x.Apart && !y.Apart && x.Side == y.Side && x.Item.Content == y.Item.Content && x.Item.Kind == y.Item.Kind && Collapsible(p, x.Item)
}

// Collapsible reports whether records with this content are one node: the evidence of the
// record against itself must be enough to link it.
func Collapsible(s Scorer, it *Item) bool { return s.SelfWeight(it) >= s.Link(it.Kind) }

// link turns judgments over entries into pairs of nodes.
func (p *partition) link(judgments []Judgment) {
	p.apart = map[[2]int32]struct{}{}
	p.bound = map[int32]struct{}{}
	for _, j := range judgments {
		switch j.Kind {
		case customer.Same:
			all := append(append([]int32(nil), j.Left...), j.Right...)
			for _, e := range all[min(1, len(all)):] {
				p.same = append(p.same, [2]int32{p.nodeOf[all[0]], p.nodeOf[e]})
			}
		case customer.Different:
			for _, l := range j.Left {
				for _, r := range j.Right {
					p.forbid(p.nodeOf[l], p.nodeOf[r])
				}
			}
		}
	}
}

func (p *partition) forbid(a, b int32) {
	p.apart[[2]int32{min(a, b), max(a, b)}] = struct{}{}
	p.bound[a] = struct{}{}
	p.bound[b] = struct{}{}
}

// forbidden reports whether a decision keeps two nodes apart.
func (p *partition) forbidden(a, b int32) bool {
	if len(p.apart) == 0 {
		return false
	}
	_, yes := p.apart[[2]int32{min(a, b), max(a, b)}]
	return yes
}

// components joins nodes by positive edges and *same* decisions (R5).
func (p *partition) components(edges []edge) *Forest {
	f := NewForest(p.size())
	for _, e := range edges {
		f.Union(e.a, e.b)
	}
	for _, s := range p.same {
		f.Union(s[0], s[1])
	}
	return f
}

// perEntry names each entry's group by the smallest entry in it.
func (p *partition) perEntry(f *Forest) []int32 {
	smallest := make([]int32, p.size())
	for i := range smallest {
		smallest[i] = int32(len(p.entries))
	}
	for e, n := range p.nodeOf {
		root := f.Find(n)
		smallest[root] = min(smallest[root], int32(e))
	}
	out := make([]int32, len(p.entries))
	for e, n := range p.nodeOf {
		out[e] = smallest[f.Find(n)]
	}
	return out
}

// sortWeak puts the weak joins into an order that does not depend on how they were found.
func (p *partition) sortWeak() []Weak {
	slices.SortFunc(p.weak, func(x, y Weak) int {
		return cmp.Or(cmp.Compare(x.Left[0], y.Left[0]), cmp.Compare(x.Right[0], y.Right[0]))
	})
	return p.weak
}

// contradictions adds the pairs that only a contradiction of firm values keeps apart.
func (p *partition) contradictions(edges, doubtful []edge) []edge {
	for _, e := range edges {
		a, b := p.item(e.a), p.item(e.b)
		if e.total >= p.Link(a.Kind)+StrongVeto && Vetoed(a.Firm, b.Firm) {
			doubtful = append(doubtful, e)
		}
	}
	return doubtful
}

// keepDoubtful drops the pairs that ended in one cluster after all and those that a decision
// settled; it counts those beyond the bound.
func (p *partition) keepDoubtful(list []edge, clusters *Forest) (kept []Doubtful, more int) {
	var out []Doubtful
	for _, e := range list {
		if clusters.Find(e.a) != clusters.Find(e.b) && !p.forbidden(e.a, e.b) {
			out = append(out, Doubtful{p.first(e.a), p.first(e.b), e.total})
		}
	}
	slices.SortFunc(out, func(x, y Doubtful) int {
		return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	n := min(len(out), maxDoubtful)
	return out[:n], len(out) - n
}
