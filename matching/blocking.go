package matching

import (
	"math/bits"
	"slices"
	"sync"
)

// Blocking holds entries as blocking keys group them, for reports about matching: what each rule
// brings, what pairs weigh. It sees the nodes and pairs that [Partition] sees, without judgments,
// and keeps no list of pairs either.
type Blocking struct {
	p      *partition
	blocks [][]carrier
	closed []ClosedKey
	rules  [][]uint8 // by node, beside its keys
}

// RuleSet is a set of blocking rules of one kind, by [Key].Rule.
type RuleSet [4]uint64

// Add puts a rule into the set.
func (s *RuleSet) Add(rule uint8) { s[rule>>6] |= 1 << (rule & 63) }

// Has reports whether a rule is in the set.
func (s *RuleSet) Has(rule uint8) bool { return s[rule>>6]>>(rule&63)&1 != 0 }

// Len counts the rules in the set.
func (s *RuleSet) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Meets reports whether two sets share a rule.
func (s *RuleSet) Meets(t *RuleSet) bool {
	return s[0]&t[0]|s[1]&t[1]|s[2]&t[2]|s[3]&t[3] != 0
}

// Candidate is two nodes that blocking brings together, or one node of several records.
type Candidate struct {
	A, B  []int32 // places of the records of each node; B is nil for the copies in one node
	Total Weight  // of one for the other; of the node with itself if B is nil
	Rules RuleSet // rules that bring the two together; for one node all rules that it has keys of
}

// Block groups entries by their blocking keys. Generic values must be marked before ([CountGeneric]).
func Block(s Scorer, entries []Entry, limits Limits, workers int) *Blocking {
	b := &Blocking{p: &partition{Scorer: s, entries: entries, limits: limits}}
	b.p.buildNodes(workers)
	b.blocks, b.closed = b.p.blocks(workers)
	b.rules = make([][]uint8, b.p.size())
	for n := range b.rules {
		b.rules[n] = rulesOf(b.p.item(int32(n)), b.p.keysOf(int32(n)))
	}
	return b
}

// Nodes counts the nodes.
func (b *Blocking) Nodes() int { return b.p.size() }

// Closed lists the keys that yield no pairs.
func (b *Blocking) Closed() []ClosedKey { return b.closed }

func rulesOf(it *Item, keys []uint64) []uint8 {
	out := make([]uint8, len(keys))
	for i := range it.Keys {
		if at, ok := slices.BinarySearch(keys, it.Keys[i].Hash); ok {
			out[at] = it.Keys[i].Rule
		}
	}
	return out
}

// Walk calls visit for each candidate once, in no order, from as many goroutines as there are
// workers, each with its number. The candidate belongs to the walk: visit must not keep it.
func (b *Blocking) Walk(workers int, visit func(worker int, c *Candidate)) {
	var wg sync.WaitGroup
	for w := range max(1, workers) {
		wg.Go(func() {
			for n := w; n < b.p.size(); n += max(1, workers) {
				b.walkNode(w, int32(n), visit)
			}
			for i := w; i < len(b.blocks); i += max(1, workers) {
				b.walkBlock(w, b.blocks[i], visit)
			}
		})
	}
	wg.Wait()
}

func (b *Blocking) walkNode(worker int, n int32, visit func(int, *Candidate)) {
	members := b.p.members(n)
	if len(members) < 2 {
		return
	}
	c := Candidate{A: members, Total: b.p.SelfWeight(b.p.item(n))}
	for i, key := range b.p.keysOf(n) {
		if !b.p.isShut(key) {
			c.Rules.Add(b.rules[n][i])
		}
	}
	visit(worker, &c)
}

func (b *Blocking) walkBlock(worker int, block []carrier, visit func(int, *Candidate)) {
	var ev Evidence
	for i := range block {
		for j := i + 1; j < len(block); j++ {
			x, y := block[i].node, block[j].node
			if b.p.metBefore(x, y, block[i].key) {
				continue
			}
			visit(worker, &Candidate{A: b.p.members(x), B: b.p.members(y), Total: b.p.weigh(x, y, &ev), Rules: b.shared(x, y)})
		}
	}
}

// shared gives the rules by whose open keys two nodes meet.
func (b *Blocking) shared(x, y int32) (s RuleSet) {
	p, q := b.p.keysOf(x), b.p.keysOf(y)
	for i, j := 0, 0; i < len(p) && j < len(q); {
		switch {
		case p[i] == q[j]:
			if !b.p.isShut(p[i]) {
				s.Add(b.rules[x][i])
			}
			i++
			j++
		case p[i] < q[j]:
			i++
		default:
			j++
		}
	}
	return s
}

// Pairs counts the pairs of records of a candidate, and those of them with equal labels. With
// sides, only pairs across different sides count.
func (c *Candidate) Pairs(labels, sides []int32) (all, equal int64) {
	if sides == nil && len(c.A)*len(c.B) == 1 {
		if labels != nil && labels[c.A[0]] == labels[c.B[0]] {
			return 1, 1
		}
		return 1, 0
	}
	all, equal = pairsWithin(slices.Concat(c.A, c.B), labels, sides)
	if c.B != nil {
		for _, part := range [2][]int32{c.A, c.B} {
			n, same := pairsWithin(part, labels, sides)
			all, equal = all-n, equal-same
		}
	}
	return all, equal
}

func pairsWithin(places, labels, sides []int32) (all, equal int64) {
	if len(places) < 2 {
		return 0, 0
	}
	pick := func(from []int32) []int32 {
		if from == nil {
			return nil
		}
		out := make([]int32, len(places))
		for i, at := range places {
			out[i] = from[at]
		}
		return out
	}
	counter := newPairCounter(pick(sides))
	all = counter.pairs(make([]int32, len(places)), nil)
	if labels != nil {
		equal = counter.pairs(pick(labels), nil)
	}
	return all, equal
}
