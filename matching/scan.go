package matching

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// scanSlices is into how many ranges of hashes the blocking keys are cut: only as many ranges as
// there are workers are in memory at a time, as carriers of keys.
const scanSlices = 1 << sliceBits

// sliceBits are the bits of a hash that say in which range it is.
const sliceBits = 3

// scan weighs each pair of nodes that an open key brings together once. It keeps the pairs that
// reach the threshold, and the doubtful ones.
func (p *partition) scan(workers int) (edges, doubtful []edge, pairs int64, closed []ClosedKey) {
	closed = p.closedKeys(workers)
	p.shut = make(map[uint64]struct{}, len(closed))
	for _, c := range closed {
		p.shut[c.Hash] = struct{}{}
	}
	workers = max(1, min(workers, len(p.nodes)/512+1))
	found := make([]scored, workers)
	var taken atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			var s slice
			for i := taken.Add(1) - 1; i < scanSlices; i = taken.Add(1) - 1 {
				s.fill(p, uint64(i))
				s.score(p, &found[w])
			}
		})
	}
	wg.Wait()
	for i := range found {
		edges = append(edges, found[i].edges...)
		doubtful = append(doubtful, found[i].doubtful...)
		pairs += found[i].pairs
	}
	slices.SortFunc(edges, compareEdges)
	slices.SortFunc(doubtful, compareEdges)
	return edges, doubtful, pairs, closed
}

// closedKeys lists the keys that more nodes carry than the limit allows, by hash. Keys share
// counters first, so that only those that may be too many are counted one by one.
func (p *partition) closedKeys(workers int) []ClosedKey {
	suspect := p.limits.Closed
	if suspect == nil {
		suspect = p.crowded(workers)
	}
	if suspect == nil {
		return nil
	}
	found := map[uint64]*crowding{}
	count := func(key uint64, node int32) {
		if !suspect(key) { // nearly all: asked first, for the map is slower
			return
		}
		if c := found[key]; c != nil {
			c.nodes++
		} else {
			found[key] = &crowding{node, 1}
		}
	}
	for n := range p.nodes {
		for _, key := range p.nodes[n].keys {
			count(key, int32(n))
		}
	}
	for _, c := range p.mute {
		count(c.key, c.node)
	}
	var out []ClosedKey
	for key, c := range found {
		if p.limits.Closed != nil || c.nodes > p.limits.Block {
			it := p.item(c.node)
			out = append(out, ClosedKey{Hash: key, Kind: it.Kind, Rule: it.ruleOf(key), Nodes: c.nodes})
		}
	}
	slices.SortFunc(out, func(x, y ClosedKey) int { return cmp.Compare(x.Hash, y.Hash) })
	return out
}

// crowding is how many nodes carry a key, and one of them.
type crowding struct {
	node  int32
	nodes int
}

// crowded tells which keys may be carried by more nodes than the limit; nil if none is. Each
// worker counts a part of the hashes.
func (p *partition) crowded(workers int) func(uint64) bool {
	bits := 10
	for 1<<bits < 4*len(p.nodes) && bits < 24 {
		bits++
	}
	counts := make([]uint16, 1<<bits)
	limit := uint16(min(p.limits.Block, math.MaxUint16-1))
	var any atomic.Bool
	inRanges(len(counts), workers, func(from, to int) {
		if from == to {
			return
		}
		shift := 64 - bits
		low, high := uint64(from)<<shift, uint64(to)<<shift-1
		count := func(key uint64) {
			if low <= key && key <= high {
				c := &counts[key>>shift]
				*c = min(*c, math.MaxUint16-1) + 1
				if *c > limit && !any.Load() {
					any.Store(true)
				}
			}
		}
		for n := range p.nodes {
			for _, key := range p.nodes[n].keys {
				count(key)
			}
		}
		for _, c := range p.mute {
			count(c.key)
		}
	})
	if !any.Load() {
		return nil
	}
	return func(key uint64) bool { return counts[key>>(64-bits)] > limit }
}

// slice is the carriers of one range of keys, in buckets that fit into a processor's cache. Its
// memory is used again.
type slice struct {
	all    []carrier
	starts []int32
}

// fill gathers the emitted keys of all nodes that fall into a range.
func (s *slice) fill(p *partition, number uint64) {
	low, shift := number<<(64-sliceBits), 64-sliceBits
	for buckets := 1; buckets < p.emitted/scanSlices/bucketSize && shift > 64-sliceBits-maxBucketBits; buckets *= 2 {
		shift--
	}
	s.starts = append(s.starts[:0], make([]int32, 1<<(64-sliceBits-shift)+1)...)
	s.each(p, low, func(key uint64, _ int32) { s.starts[(key-low)>>shift+1]++ })
	for i := 1; i < len(s.starts); i++ {
		s.starts[i] += s.starts[i-1]
	}
	n := int(s.starts[len(s.starts)-1])
	s.all = slices.Grow(s.all[:0], n)[:n]
	next := slices.Clone(s.starts)
	s.each(p, low, func(key uint64, node int32) {
		at := &next[(key-low)>>shift]
		s.all[*at] = carrier{key: key, node: node, emit: true}
		*at++
	})
}

// each yields the keys of a range with their nodes.
func (s *slice) each(p *partition, low uint64, yield func(key uint64, node int32)) {
	high := low + (1<<64-1)/scanSlices
	for n := range p.nodes {
		for _, key := range p.nodes[n].keys {
			if key < low {
				continue
			}
			if key > high {
				break
			}
			yield(key, int32(n))
		}
	}
}

// score weighs the pairs of the slice's blocks.
func (s *slice) score(p *partition, out *scored) {
	for i := 1; i < len(s.starts); i++ {
		bucket := s.all[s.starts[i-1]:s.starts[i]]
		slices.SortFunc(bucket, compareCarriers)
		for at := 0; at < len(bucket); {
			end := at + 1
			for end < len(bucket) && bucket[end].key == bucket[at].key {
				end++
			}
			if end-at > 1 && !p.isShut(bucket[at].key) {
				p.scoreBlock(bucket[at:end], out)
			}
			at = end
		}
	}
}

func compareCarriers(x, y carrier) int {
	if x.key != y.key {
		return cmp.Compare(x.key, y.key)
	}
	return int(x.node) - int(y.node)
}

func (p *partition) isShut(key uint64) bool {
	_, is := p.shut[key]
	return is
}
