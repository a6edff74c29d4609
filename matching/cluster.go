package matching

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"kartoteka/customer"
)

// part is a connected piece of the positive graph.
type part struct {
	nodes []int32 // ascending: in the order that breaks ties
	edges []edge
	same  [][2]int32
}

// partsOf cuts nodes, edges and same-pairs by the trees of f; single nodes are left out.
func (p *partition) partsOf(f *Forest, edges []edge) []part {
	all := make([]int32, p.size())
	for i := range all {
		all[i] = int32(i)
	}
	return split(f, part{all, edges, p.same})
}

// split sorts nodes, edges and same-pairs by their trees, in the order of the roots.
func split(f *Forest, whole part) []part {
	place := make([]int32, len(f.parent)) // of each root among the parts, from 1
	for _, e := range whole.edges {
		place[f.Find(e.a)] = 1
	}
	for _, s := range whole.same {
		place[f.Find(s[0])] = 1
	}
	count := int32(0)
	for root, is := range place {
		count += is
		place[root] = is * count
	}
	if count == 0 {
		return nil
	}
	parts := make([]part, count)
	nodes := byPart(whole.nodes, parts, func(n int32) int32 { return place[f.Find(n)] - 1 })
	edges := byPart(whole.edges, parts, func(e edge) int32 { return place[f.Find(e.a)] - 1 })
	for i := range parts {
		parts[i].nodes, parts[i].edges = nodes(i), edges(i)
	}
	for _, s := range whole.same {
		at := place[f.Find(s[0])] - 1
		parts[at].same = append(parts[at].same, s)
	}
	return parts
}

// byPart sorts things by their part, keeping their order within one, and gives those of a part.
// What belongs to no part is left out.
func byPart[T any](list []T, parts []part, of func(T) int32) func(part int) []T {
	ends := make([]int32, len(parts)+1)
	for _, x := range list {
		ends[of(x)+1]++
	}
	ends[0] = 0 // those of no part
	for i := range parts {
		ends[i+1] += ends[i]
	}
	all := make([]T, ends[len(parts)])
	next := slices.Clone(ends)
	for _, x := range list {
		if at := of(x); at >= 0 {
			all[next[at]] = x
			next[at]++
		}
	}
	return func(part int) []T { return all[ends[part]:ends[part+1]:ends[part+1]] }
}

// evaluateAll clusters the parts of the whole graph. No two parts touch the same tree of clusters.
func (p *partition) evaluateAll(parts []part, workers int, clusters *Forest, result *Result) {
	if p.limits.Steps != nil { // they are told in order
		workers = 1
	}
	pieces := make([]Result, max(1, workers))
	var wg sync.WaitGroup
	for w := range pieces {
		wg.Go(func() {
			k := &contraction{partition: p}
			for _, c := range parts[len(parts)*w/len(pieces) : len(parts)*(w+1)/len(pieces)] {
				k.evaluate(c, p.Link(p.item(c.nodes[0]).Kind), clusters, &pieces[w])
			}
		})
	}
	wg.Wait()
	for i := range pieces {
		result.Oversized = append(result.Oversized, pieces[i].Oversized...)
	}
}

// evaluate clusters a part, or, if it is above the cap, raises the bar until its pieces fit (R6).
func (k *contraction) evaluate(c part, bar Weight, clusters *Forest, result *Result) {
	if len(c.nodes) < 2 {
		return
	}
	if len(c.nodes) <= k.limits.Component || len(c.edges) == 0 {
		k.contract(c, bar, clusters)
		return
	}
	if bar-k.Link(k.item(c.nodes[0]).Kind) == capAlarm {
		result.Oversized = append(result.Oversized, k.entriesOf(c.nodes))
	}
	bar += capStep
	kept := make([]edge, 0, len(c.edges))
	for _, e := range c.edges {
		if e.total >= bar {
			kept = append(kept, e)
		}
	}
	f := NewForest(k.size())
	for _, e := range kept {
		f.Union(e.a, e.b)
	}
	for _, s := range c.same {
		f.Union(s[0], s[1])
	}
	for _, piece := range split(f, part{c.nodes, kept, c.same}) {
		k.evaluate(piece, bar, clusters, result)
	}
}

func (p *partition) entriesOf(nodes []int32) []int32 {
	var out []int32
	for _, n := range nodes {
		out = append(out, p.members(n)...)
	}
	slices.Sort(out)
	return out
}

// group is a set of nodes held to be one customer while a part is contracted.
type group struct {
	nodes  []int32 // places in the part
	firm   []Firm  // sorted, distinct
	unique []string
	dead   bool
}

// contraction is the greedy clustering of one part (R7): the two groups with the strongest
// evidence for each other join, until no two have any. The evidence of groups is, comparison by
// comparison, the best that a pair of their records shows, less what the choice among many pairs is worth.
// Its memory is used for one part after the other.
type contraction struct {
	*partition
	part   part
	bar    Weight
	prior  Weight
	person bool
	groups []group
	ev     []Evidence // n × n, upper triangle
	total  []Weight   // n × n, upper triangle; noEdge if they may not join
	sums   []int64    // n × n, upper triangle: the weights of all pairs of two groups
	places []int32
}

const noEdge = Weight(-1 << 30)

func (k *contraction) contract(c part, bar Weight, clusters *Forest) {
	kind := k.item(c.nodes[0]).Kind
	k.part, k.bar, k.prior, k.person = c, bar, k.Prior(kind), kind == customer.Person
	if len(c.nodes) == 2 && len(c.edges) == 1 && len(c.same) == 0 && k.limits.Steps == nil {
		k.pair(clusters)
		return
	}
	k.start()
	k.joinSame()
	for {
		a, b, best := k.strongest()
		if best < bar {
			break
		}
		k.told(a, b, best, false)
		k.noteWeak(a, b, best)
		k.join(a, b)
	}
	k.toldApart()
	for _, g := range k.groups {
		for _, n := range g.nodes {
			clusters.Union(c.nodes[g.nodes[0]], c.nodes[n])
		}
	}
}

// pair settles what most parts are: two nodes and their edge.
func (k *contraction) pair(clusters *Forest) {
	x, y := k.part.nodes[0], k.part.nodes[1]
	total := k.part.edges[0].total
	if shareText(k.uniqueSources(x), k.uniqueSources(y)) {
		total -= uniquePenalty
	}
	if total >= k.bar && !k.forbidden(x, y) && !Vetoed(sortedFirm(k.item(x).Firm), sortedFirm(k.item(y).Firm)) {
		clusters.Union(x, y)
	}
}

func (k *contraction) start() {
	n := len(k.part.nodes)
	k.groups, k.places, k.ev, k.total = slices.Grow(k.groups[:0], n)[:n], slices.Grow(k.places[:0], n)[:n], k.ev[:0], k.total[:0]
	k.sums = k.sums[:0]
	for i, place := range k.part.nodes {
		k.places[i] = int32(i)
		k.groups[i] = group{nodes: k.places[i : i+1 : i+1], firm: sortedFirm(k.item(place).Firm), unique: k.uniqueSources(place)}
	}
	if len(k.part.edges) == 0 { // held together by decisions alone
		return
	}
	k.ev, k.total, k.sums = slices.Grow(k.ev, n*n)[:n*n], slices.Grow(k.total, n*n)[:n*n], slices.Grow(k.sums, n*n)[:n*n]
	for i := range n {
		for j := i + 1; j < n; j++ {
			k.Compare(k.item(k.part.nodes[i]), k.item(k.part.nodes[j]), &k.ev[i*n+j])
			k.sums[i*n+j] = int64(Sum(k.prior, &k.ev[i*n+j]))
			k.weighGroups(i, j)
		}
	}
}

func sortedFirm(list []Firm) []Firm {
	out := slices.Clone(list)
	slices.SortFunc(out, compareFirm)
	return slices.Compact(out)
}

func compareFirm(x, y Firm) int {
	return cmp.Or(cmp.Compare(x.Attribute, y.Attribute), cmp.Compare(x.Value, y.Value))
}

func (k *contraction) uniqueSources(n int32) []string {
	var out []string
	for _, e := range k.members(n) {
		if k.entries[e].Unique {
			out = append(out, string(k.entries[e].Ref.Source))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// weighGroups sets the total of groups i < j.
func (k *contraction) weighGroups(i, j int) {
	a, b, at := &k.groups[i], &k.groups[j], i*len(k.groups)+j
	switch {
	case k.decidedApart(a, b) || Vetoed(a.firm, b.firm):
		k.total[at] = noEdge
	default:
		k.total[at] = Sum(k.prior, &k.ev[at]) - k.chosenFrom(len(a.nodes), len(b.nodes))
		if shareText(a.unique, b.unique) {
			k.total[at] -= uniquePenalty
		}
	}
}

// chosenFrom is what the evidence of two groups of several nodes is worth less for being the best of
// all their pairs: of a hundred pairs of strangers the best looks a hundred times less like chance
// (Bonferroni). About half of a customer's records say nothing that another does not, and are not counted. A
// single record has to go to some group, and the pairs are few: it loses nothing. Nor do organizations, whose
// prior has a caution of its own.
func (k *contraction) chosenFrom(a, b int) Weight {
	if a < 2 || b < 2 || !k.person {
		return 0
	}
	return Bits(math.Log2(float64(a*b) / 4))
}

func (k *contraction) decidedApart(a, b *group) bool {
	if len(k.apart) == 0 {
		return false
	}
	for _, x := range a.nodes {
		if _, named := k.bound[k.part.nodes[x]]; !named {
			continue
		}
		for _, y := range b.nodes {
			if k.forbidden(k.part.nodes[x], k.part.nodes[y]) {
				return true
			}
		}
	}
	return false
}

// Vetoed reports whether two sets of firm values contradict: for some attribute both have
// values and share none (R8). Both lists are sorted.
func Vetoed(a, b []Firm) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		attribute := a[i].Attribute
		switch {
		case attribute < b[j].Attribute:
			i++
		case attribute > b[j].Attribute:
			j++
		default:
			endA, endB := endOf(a, i), endOf(b, j)
			if !shareValue(a[i:endA], b[j:endB]) {
				return true
			}
			i, j = endA, endB
		}
	}
	return false
}

func endOf(list []Firm, from int) int {
	end := from
	for end < len(list) && list[end].Attribute == list[from].Attribute {
		end++
	}
	return end
}

func shareValue(a, b []Firm) bool {
	return slices.ContainsFunc(a, func(x Firm) bool { return slices.Contains(b, x) })
}

func shareText(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

func (k *contraction) joinSame() {
	place := make(map[int32]int, len(k.part.nodes))
	for i, n := range k.part.nodes {
		place[n] = i
	}
	home := NewForest(len(k.part.nodes))
	for _, s := range k.part.same {
		a, b := home.Find(int32(place[s[0]])), home.Find(int32(place[s[1]]))
		if a != b {
			home.Union(a, b)
			k.told(int(min(a, b)), int(max(a, b)), 0, true)
			k.join(int(min(a, b)), int(max(a, b)))
		}
	}
}

// strongest finds the two living groups with the best total; the first in order wins a tie.
func (k *contraction) strongest() (a, b int, best Weight) {
	best = noEdge
	if len(k.total) == 0 {
		return 0, 0, best
	}
	n := len(k.groups)
	for i := range n {
		if k.groups[i].dead {
			continue
		}
		row := k.total[i*n : i*n+n]
		for j := i + 1; j < n; j++ {
			if row[j] > best && !k.groups[j].dead {
				a, b, best = i, j, row[j]
			}
		}
	}
	return a, b, best
}

// join moves group b into group a, a < b.
func (k *contraction) join(a, b int) {
	x, y := &k.groups[a], &k.groups[b]
	x.nodes = append(x.nodes, y.nodes...)
	x.firm = sortedFirm(append(x.firm, y.firm...))
	x.unique = append(x.unique, y.unique...)
	*y = group{dead: true}
	if len(k.total) == 0 {
		return
	}
	n := len(k.groups)
	for c := range k.groups {
		if c == a || c == b || k.groups[c].dead {
			continue
		}
		into, gone := min(a, c)*n+max(a, c), min(b, c)*n+max(b, c)
		to, from := &k.ev[into], &k.ev[gone]
		k.sums[into] += k.sums[gone]
		for i := range to {
			to[i] = max(to[i], from[i])
		}
		k.weighGroups(min(a, c), max(a, c))
	}
}
