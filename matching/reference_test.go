package matching

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"kartoteka/customer"
)

// reference is the function f written down plainly, R1 to R8 of the design one after the other:
// by lists, without indexes, sorting tricks or workers. It shares nothing with [Partition] but
// the weights that a Scorer gives to pairs.
type reference struct {
	Scorer
	entries   []Entry
	judgments []Judgment
	limits    Limits

	nodes     [][]int // entries of each node; the nodes in the order that breaks ties
	closed    map[uint64]bool
	link      map[[2]int]Weight // positive candidate pairs of nodes, lower first
	faint     map[[2]int]Weight // candidate pairs not far below the threshold
	pairs     int64
	component []int // by node
	cluster   []int // by node
	oversized [][]int
}

func runReference(s Scorer, entries []Entry, judgments []Judgment, limits Limits) *reference {
	r := &reference{Scorer: s, entries: entries, judgments: judgments, limits: limits}
	r.makeNodes()
	r.closeKeys()
	r.weighCandidates()
	all := make([]int, len(r.nodes))
	r.component, r.cluster = make([]int, len(r.nodes)), make([]int, len(r.nodes))
	for n := range all {
		all[n], r.cluster[n] = n, n
	}
	for _, piece := range r.connected(all, -1<<30) {
		for _, n := range piece {
			r.component[n] = piece[0]
		}
		r.settle(piece, r.Link(r.item(piece[0]).Kind))
	}
	return r
}

func (r *reference) item(node int) *Item { return r.entries[r.nodes[node][0]].Item }

// makeNodes: R1. Equal contents of one kind are one node, if the content says enough about
// itself and no decision named the record.
func (r *reference) makeNodes() {
	order := make([]int, len(r.entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		x, y := &r.entries[i], &r.entries[j]
		apart := map[bool]int{true: 1}
		return cmp.Or(cmp.Compare(x.Item.Kind, y.Item.Kind), bytes.Compare(x.Item.Content[:], y.Item.Content[:]),
			apart[x.Apart]-apart[y.Apart], cmp.Compare(x.Ref.Source, y.Ref.Source), cmp.Compare(x.Ref.Key, y.Ref.Key))
	})
	for _, e := range order {
		x := &r.entries[e]
		at := slices.IndexFunc(r.nodes, func(node []int) bool {
			y := &r.entries[node[0]]
			return !x.Apart && !y.Apart && x.Item.Kind == y.Item.Kind && x.Item.Content == y.Item.Content &&
				r.SelfWeight(x.Item) >= r.Link(x.Item.Kind)
		})
		if at < 0 {
			r.nodes = append(r.nodes, []int{e})
			continue
		}
		r.nodes[at] = append(r.nodes[at], e)
	}
}

// closeKeys: R3. A key that too many nodes carry yields no pairs.
func (r *reference) closeKeys() {
	carriers := map[uint64]int{}
	for n := range r.nodes {
		for _, k := range r.item(n).Keys {
			carriers[k.Hash]++
		}
	}
	r.closed = map[uint64]bool{}
	for key, n := range carriers {
		if n > r.limits.Block {
			r.closed[key] = true
		}
	}
}

// meet: R2. Two nodes are a candidate pair if they share a key that is open and rests on no generic value.
func (r *reference) meet(a, b int) bool {
	for _, x := range r.item(a).Keys {
		for _, y := range r.item(b).Keys {
			if x.Hash == y.Hash && !r.closed[x.Hash] && x.Uses&r.item(a).Generic == 0 && y.Uses&r.item(b).Generic == 0 {
				return true
			}
		}
	}
	return false
}

func (r *reference) weighCandidates() {
	r.link, r.faint = map[[2]int]Weight{}, map[[2]int]Weight{}
	for a := range r.nodes {
		for b := a + 1; b < len(r.nodes); b++ {
			if !r.meet(a, b) {
				continue
			}
			r.pairs++
			kind := r.item(a).Kind
			switch total := r.total([]int{a}, []int{b}); {
			case total >= r.Link(kind):
				r.link[[2]int{a, b}] = total
			case total >= r.Link(kind)-500:
				r.faint[[2]int{a, b}] = total
			}
		}
	}
}

// total: R4 and R7. The evidence of groups is the best that any two of their records show,
// comparison by comparison; against chance or against a household, whichever explains more.
func (r *reference) total(a, b []int) Weight {
	best := make([]int16, 2*MaxComparisons)
	for i := range best {
		best[i] = Missing
	}
	for _, x := range a {
		for _, y := range b {
			var ev Evidence
			r.Compare(r.item(x), r.item(y), &ev)
			for i := range ev {
				best[i] = max(best[i], ev[i])
			}
		}
	}
	chance, household := Weight(0), Weight(0)
	for i, w := range best {
		switch {
		case w == Missing:
		case i < MaxComparisons:
			chance += Weight(w)
		default:
			household += Weight(w)
		}
	}
	prior := r.Prior(r.item(a[0]).Kind)
	if best[len(best)-1] != Missing && household < chance {
		return prior + household
	}
	return prior + chance
}

// connected: R5. Pieces of nodes that positive pairs of at least this weight, or *same*, connect.
func (r *reference) connected(nodes []int, bar Weight) [][]int {
	of := map[int]int{}
	for _, n := range nodes {
		of[n] = n
	}
	join := func(a, b int) {
		from, to := max(of[a], of[b]), min(of[a], of[b])
		for n := range of {
			if of[n] == from {
				of[n] = to
			}
		}
	}
	for pair := range r.edges(nodes, bar) {
		join(pair[0], pair[1])
	}
	for _, pair := range r.decided(customer.Same, nodes) {
		join(pair[0], pair[1])
	}
	var pieces [][]int
	for _, n := range nodes {
		if of[n] != n {
			continue
		}
		var piece []int
		for _, m := range nodes {
			if of[m] == n {
				piece = append(piece, m)
			}
		}
		pieces = append(pieces, piece)
	}
	return pieces
}

func (r *reference) edges(nodes []int, bar Weight) map[[2]int]Weight {
	out := map[[2]int]Weight{}
	for pair, total := range r.link {
		if total >= bar && slices.Contains(nodes, pair[0]) && slices.Contains(nodes, pair[1]) {
			out[pair] = total
		}
	}
	return out
}

// decided lists the pairs of nodes that decisions of a kind name, lower first.
func (r *reference) decided(kind customer.DecisionKind, nodes []int) (out [][2]int) {
	nodeOf := func(e int32) int {
		return slices.IndexFunc(r.nodes, func(node []int) bool { return slices.Contains(node, int(e)) })
	}
	add := func(a, b int) {
		if slices.Contains(nodes, a) && slices.Contains(nodes, b) {
			out = append(out, [2]int{min(a, b), max(a, b)})
		}
	}
	for _, j := range r.judgments {
		switch {
		case j.Kind != kind:
		case kind == customer.Same:
			all := slices.Concat(j.Left, j.Right)
			for _, e := range all {
				add(nodeOf(all[0]), nodeOf(e))
			}
		default:
			for _, x := range j.Left {
				for _, y := range j.Right {
					add(nodeOf(x), nodeOf(y))
				}
			}
		}
	}
	return out
}

// settle: R6. A component above the cap falls apart at a bar two bits higher, and so on.
func (r *reference) settle(nodes []int, bar Weight) {
	if len(nodes) <= r.limits.Component || len(r.edges(nodes, bar)) == 0 {
		r.contract(nodes, bar)
		return
	}
	if bar == r.Link(r.item(nodes[0]).Kind)+1600 {
		r.oversized = append(r.oversized, r.members(nodes))
	}
	for _, piece := range r.connected(nodes, bar+200) {
		r.settle(piece, bar+200)
	}
}

func (r *reference) members(nodes []int) (out []int) {
	for _, n := range nodes {
		out = append(out, r.nodes[n]...)
	}
	return out
}

// contract: R7. First what decisions hold together, then again and again the two groups with
// the strongest evidence for each other.
func (r *reference) contract(nodes []int, bar Weight) {
	groups := make([][]int, 0, len(nodes))
	for _, n := range nodes {
		groups = append(groups, []int{n})
	}
	home := func(n int) int { return slices.IndexFunc(groups, func(g []int) bool { return slices.Contains(g, n) }) }
	for _, pair := range r.decided(customer.Same, nodes) {
		groups = merged(groups, home(pair[0]), home(pair[1]))
	}
	for len(r.edges(nodes, bar)) > 0 {
		a, b, best := 0, 0, Weight(-1<<30)
		for i := range groups {
			for j := i + 1; j < len(groups); j++ {
				if r.mayJoin(groups[i], groups[j]) && r.totalOfGroups(groups[i], groups[j]) > best {
					a, b, best = i, j, r.totalOfGroups(groups[i], groups[j])
				}
			}
		}
		if best < bar {
			break
		}
		groups = merged(groups, a, b)
	}
	for _, g := range groups {
		for _, n := range g {
			r.cluster[n] = slices.Min(g)
		}
	}
}

// merged puts group b into group a; the groups stay in the order of their first nodes.
func merged(groups [][]int, a, b int) [][]int {
	if a == b {
		return groups
	}
	groups[a] = append(groups[a], groups[b]...)
	groups = slices.Delete(groups, b, b+1)
	slices.SortFunc(groups, func(x, y []int) int { return cmp.Compare(slices.Min(x), slices.Min(y)) })
	return groups
}

// totalOfGroups takes off what the choice among the pairs of two groups of several nodes is worth, and adds
// the soft evidence against two records of one source without duplicates.
func (r *reference) totalOfGroups(a, b []int) Weight {
	total := r.total(a, b)
	if len(a) > 1 && len(b) > 1 && r.entries[r.nodes[a[0]][0]].Item.Kind == customer.Person {
		total -= Bits(math.Log2(float64(len(a)*len(b)) / 4))
	}
	for _, x := range r.members(a) {
		for _, y := range r.members(b) {
			if r.entries[x].Unique && r.entries[y].Unique && r.entries[x].Ref.Source == r.entries[y].Ref.Source {
				return total - 600
			}
		}
	}
	return total
}

// mayJoin: R8 and R9. No decision parts the groups, and no attribute of which a customer holds one.
func (r *reference) mayJoin(a, b []int) bool {
	for _, pair := range r.decided(customer.Different, slices.Concat(a, b)) {
		if slices.Contains(a, pair[0]) != slices.Contains(a, pair[1]) {
			return false
		}
	}
	x, y := r.firm(a), r.firm(b)
	for attribute, values := range x {
		others := y[attribute]
		if len(others) > 0 && !slices.ContainsFunc(values, func(v uint64) bool { return slices.Contains(others, v) }) {
			return false
		}
	}
	return true
}

func (r *reference) firm(nodes []int) map[customer.AttributeID][]uint64 {
	out := map[customer.AttributeID][]uint64{}
	for _, n := range nodes {
		for _, f := range r.item(n).Firm {
			out[f.Attribute] = append(out[f.Attribute], f.Value)
		}
	}
	return out
}

// doubtful: what a person should judge, by pairs of records that stand for their nodes.
func (r *reference) doubtful() map[[2]int]Weight {
	all := make([]int, len(r.nodes))
	for n := range all {
		all[n] = n
	}
	different := r.decided(customer.Different, all)
	out := map[[2]int]Weight{}
	add := func(pair [2]int, total Weight) {
		if r.cluster[pair[0]] != r.cluster[pair[1]] && !slices.Contains(different, pair) {
			out[[2]int{r.nodes[pair[0]][0], r.nodes[pair[1]][0]}] = total
		}
	}
	for pair, total := range r.faint {
		add(pair, total)
	}
	for pair, total := range r.link {
		x, y := r.item(pair[0]), r.item(pair[1])
		if total >= r.Link(x.Kind)+600 && contradicts(x.Firm, y.Firm) {
			add(pair, total)
		}
	}
	return out
}

func contradicts(a, b []Firm) bool {
	for _, x := range a {
		sameAttribute := func(f Firm) bool { return f.Attribute == x.Attribute }
		if !slices.ContainsFunc(b, sameAttribute) {
			continue
		}
		agree := slices.ContainsFunc(a, func(f Firm) bool { return sameAttribute(f) && slices.Contains(b, f) })
		if !agree {
			return true
		}
	}
	return false
}
