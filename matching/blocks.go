package matching

import (
	"cmp"
	"slices"
)

// edge is a scored pair of nodes, a < b.
type edge struct {
	a, b  int32
	total Weight
}

// carrier says that a node carries a key.
type carrier struct {
	key  uint64
	node int32
	rule uint8
	emit bool
}

// blocks sorts the nodes by key and drops closed keys; what is left are the blocks of at
// least two emitting nodes.
func (p *partition) blocks(workers int) ([][]carrier, []ClosedKey) {
	n := 0
	for i := range p.items {
		n += len(p.item(int32(i)).Keys)
	}
	all := gathered(n, workers, func(c *carrier) uint64 { return c.key }, p.carriers,
		compareCarriers)
	var blocks [][]carrier
	var closed []ClosedKey
	for at := 0; at < len(all); {
		end := at + 1
		for end < len(all) && all[end].key == all[at].key {
			end++
		}
		block := all[at:end]
		at = end
		if p.closed(block) {
			closed = append(closed, ClosedKey{Hash: block[0].key, Kind: p.item(block[0].node).Kind, Rule: block[0].rule, Nodes: len(block)})
			continue
		}
		if block = slices.DeleteFunc(block, func(c carrier) bool { return !c.emit }); len(block) > 1 {
			blocks = append(blocks, block)
		}
	}
	p.shutKeys(closed)
	return blocks, closed
}

// carriers yields every key of every node.
func (p *partition) carriers(yield func(carrier)) {
	for n := range p.items {
		it := p.item(int32(n))
		for i := range it.Keys {
			yield(carrier{it.Keys[i].Hash, int32(n), it.Keys[i].Rule, it.Emits(i)})
		}
	}
}

func (p *partition) closed(block []carrier) bool {
	if p.limits.Closed != nil {
		return p.limits.Closed(block[0].key)
	}
	return len(block) > p.limits.Block
}

// shutKeys notes which keys are closed.
func (p *partition) shutKeys(closed []ClosedKey) {
	p.shut = make(map[uint64]struct{}, len(closed))
	for _, c := range closed {
		p.shut[c.Hash] = struct{}{}
	}
}

// isShut reports whether a key is closed.
func (p *partition) isShut(key uint64) bool {
	if len(p.shut) == 0 {
		return false
	}
	_, is := p.shut[key]
	return is
}

func compareEdges(x, y edge) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) }

// scored is what one worker found.
type scored struct {
	edges, doubtful edgeList
	pairs           int64
	waiting         [][2]int32 // pairs of nodes to be weighed
	touched         uint64
}

// waitingPairs are weighed in one go: nodes lie all over the memory, and what a pair needs of it
// comes several times sooner if the processor is asked for many pairs at once.
const waitingPairs = 128

// scoreBlock weighs the pairs of a block, now or with those of the next ones.
func (p *partition) scoreBlock(block []carrier, out *scored) {
	for i := range block {
		for j := i + 1; j < len(block); j++ {
			a, b := block[i].node, block[j].node
			if p.metBefore(a, b, block[i].key) {
				continue
			}
			if out.waiting = append(out.waiting, [2]int32{a, b}); len(out.waiting) == waitingPairs {
				p.weighWaiting(out)
			}
		}
	}
}

// weighWaiting weighs the pairs that wait.
func (p *partition) weighWaiting(out *scored) {
	for _, pair := range out.waiting {
		out.touched += p.item(pair[0]).touch() + p.item(pair[1]).touch()
	}
	var ev Evidence
	for _, pair := range out.waiting {
		a, b := pair[0], pair[1]
		total, link := p.weigh(a, b, &ev), p.Link(p.item(a).Kind)
		switch {
		case total >= link:
			out.edges.add(edge{min(a, b), max(a, b), total})
		case total >= link-doubt:
			out.doubtful.add(edge{min(a, b), max(a, b), total})
		}
	}
	out.pairs += int64(len(out.waiting))
	out.waiting = out.waiting[:0]
}

// touch reads a little of all that a comparison looks at.
func (it *Item) touch() (sum uint64) {
	if n := it.names; n != nil {
		sum += uint64(n.stemMask + n.firstMask)
	}
	if p := it.places; p != nil && p.city != nil && p.street != nil {
		sum += uint64(p.city.mask + p.street.mask)
	}
	for _, a := range it.atomList() {
		if a.text != none {
			sum += uint64(a.text[0])
		}
	}
	return sum
}

// metBefore reports whether two nodes share an open key below the given one: the pair was, or
// will be, scored there.
func (p *partition) metBefore(a, b int32, key uint64) bool {
	x, y := p.keysOf(a), p.keysOf(b)
	for i, j := 0, 0; i < len(x) && j < len(y) && x[i] < key && y[j] < key; {
		switch {
		case x[i] == y[j] && !p.isShut(x[i]):
			return true
		case x[i] == y[j]:
			i++
			j++
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return false
}

func (p *partition) weigh(a, b int32, ev *Evidence) Weight {
	x, y := p.item(a), p.item(b)
	p.Compare(x, y, ev)
	return Sum(p.Prior(x.Kind), ev)
}

// Sum adds the evidence that is not missing to the prior: the evidence against chance or, where
// that is a better explanation of the pair, against a household.
func Sum(prior Weight, ev *Evidence) Weight {
	chance := sumOf(ev[:MaxComparisons])
	if ev[Household] == Missing {
		return prior + chance
	}
	return prior + min(chance, sumOf(ev[MaxComparisons:]))
}

func sumOf(places []int16) (sum Weight) {
	for _, w := range places {
		if w != Missing {
			sum += Weight(w)
		}
	}
	return sum
}
