package matching

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// scanSlices is into how many ranges of buckets the blocking keys are cut: only as many ranges as
// there are workers are in memory at a time, as carriers of keys.
const scanSlices = 8

// scan weighs each pair of nodes that an open key brings together once. It keeps the pairs that
// reach the threshold, and the doubtful ones.
func (p *partition) scan(workers int) (edges, doubtful []edge, pairs int64, closed []ClosedKey) {
	closed = p.closedKeys(workers)
	p.shutKeys(closed)
	workers = max(1, min(workers, p.size()/512+1))
	found := make([]scored, workers)
	room := p.roomForCarriers(workers)
	var taken atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			s := slice{all: room[w]}
			ranges := min(scanSlices, len(p.counts))
			for i := int(taken.Add(1)) - 1; i < ranges; i = int(taken.Add(1)) - 1 {
				s.fill(p, len(p.counts)*i/ranges, len(p.counts)*(i+1)/ranges)
				s.score(p, &found[w])
			}
			p.weighWaiting(&found[w])
		})
	}
	wg.Wait()
	for i := range found {
		pairs += found[i].pairs
	}
	edges = sortedEdges(found, func(s *scored) *edgeList { return &s.edges })
	return edges, sortedEdges(found, func(s *scored) *edgeList { return &s.doubtful }), pairs, closed
}

// edgeList grows without being copied: there are many edges, and nobody looks for garbage meanwhile.
type edgeList struct {
	full [][]edge
	last []edge
}

// edgePiece is how many edges lie together.
const edgePiece = 1 << 12

func (l *edgeList) add(e edge) {
	if len(l.last) == cap(l.last) && len(l.last) > 0 {
		l.full, l.last = append(l.full, l.last), make([]edge, 0, edgePiece)
	}
	l.last = append(l.last, e)
}

// sortedEdges joins and sorts the lists of all workers.
func sortedEdges(found []scored, of func(*scored) *edgeList) []edge {
	n := 0
	for i := range found {
		l := of(&found[i])
		for _, piece := range l.full {
			n += len(piece)
		}
		n += len(l.last)
	}
	out := make([]edge, 0, n)
	for i := range found {
		l := of(&found[i])
		for _, piece := range l.full {
			out = append(out, piece...)
		}
		out = append(out, l.last...)
	}
	slices.SortFunc(out, compareEdges)
	return out
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
	for n := range int32(p.size()) {
		for _, key := range p.keysOf(n) {
			count(key, n)
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

// crowded tells which keys may be carried by more nodes than the limit; nil if none is. So many keys
// share a counter that it reaches an eighth of the limit on the average: few reach the limit by chance.
func (p *partition) crowded(workers int) func(uint64) bool {
	keys := len(p.mute)
	for _, n := range p.counts {
		keys += int(n)
	}
	bits := 10
	for 1<<bits < 8*keys/max(1, p.limits.Block) && bits < 24 {
		bits++
	}
	counts := make([][]uint16, max(1, min(workers, len(p.chunks))))
	var wg sync.WaitGroup
	for w := range counts {
		counts[w] = make([]uint16, 1<<bits)
		wg.Go(func() {
			for i := w; i < len(p.chunks); i += len(counts) {
				tallyKeys(counts[w], p.chunks[i].keys, 64-bits)
			}
		})
	}
	wg.Wait()
	for _, c := range p.mute {
		tallyKeys(counts[0], []uint64{c.key}, 64-bits)
	}
	sum, limit, any := counts[0], min(p.limits.Block, math.MaxUint16-1), false
	for i := range sum {
		all := 0
		for w := range counts {
			all += int(counts[w][i])
		}
		sum[i] = uint16(min(all, math.MaxUint16))
		any = any || all > limit
	}
	if !any {
		return nil
	}
	return func(key uint64) bool { return int(sum[key>>(64-bits)]) > limit }
}

func tallyKeys(counts []uint16, keys []uint64, shift int) {
	for _, key := range keys {
		if c := &counts[key>>shift]; *c < math.MaxUint16 {
			*c++
		}
	}
}

// slice is the carriers of the keys of a range of buckets, each of which fits into a processor's
// cache. Its memory is used again.
type slice struct {
	all    []carrier
	starts []int32
	next   []int32
	spread []carrier // of one bucket
}

// mostCarriers is how many carriers a range of buckets has at most.
func (p *partition) mostCarriers() (most int) {
	ranges := min(scanSlices, len(p.counts))
	for i := range ranges {
		n := 0
		for _, count := range p.counts[len(p.counts)*i/ranges : len(p.counts)*(i+1)/ranges] {
			n += int(count)
		}
		most = max(most, n)
	}
	return most
}

// roomForCarriers gives each worker room for those of a range, the first one what is at hand if it is enough.
func (p *partition) roomForCarriers(workers int) [][]carrier {
	most, room := p.mostCarriers(), make([][]carrier, workers)
	for w := range room {
		if w == 0 && len(p.spare) >= most {
			room[w] = p.spare
		} else {
			room[w] = make([]carrier, most)
		}
	}
	p.spare = nil
	return room
}

// fill gathers the emitted keys of all nodes that fall into buckets.
func (s *slice) fill(p *partition, from, to int) {
	s.starts, s.next = append(s.starts[:0], 0), s.next[:0]
	n := int32(0)
	for _, count := range p.counts[from:to] {
		s.next = append(s.next, n)
		n += int32(count)
		s.starts = append(s.starts, n)
	}
	s.all = s.all[:n]
	shift := 64 - p.bucketBits
	low := uint64(from) << shift
	last := uint64(to)<<shift - 1 // the end of the last bucket; of all of them it is the greatest number
	for number, c := range p.chunks {
		for i := range c.ends[:chunkNodes] {
			for _, key := range c.keys[c.ends[i]:max(c.ends[i], c.ends[i+1])] {
				if key < low {
					continue
				}
				if key > last {
					break
				}
				at := &s.next[key>>shift-uint64(from)]
				s.all[*at] = carrier{key: key, node: int32(number<<chunkBits + i)}
				*at++
			}
		}
	}
}

// score weighs the pairs of the slice's blocks.
func (s *slice) score(p *partition, out *scored) {
	for i := 1; i < len(s.starts); i++ {
		bucket := s.sort(s.all[s.starts[i-1]:s.starts[i]], p.bucketBits)
		for at := 1; at < len(bucket); at++ {
			if bucket[at].key == bucket[at-1].key {
				out.touched += p.keysOf(bucket[at-1].node)[0] + p.keysOf(bucket[at].node)[0]
			}
		}
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

// spreadBits are the bits of a key, after those of its bucket, that a bucket is spread by.
const spreadBits = 9

// sort brings equal keys of a bucket together, nodes in order: the next bits of the keys spread
// it over lists of hardly more than one, which insertion sorts.
func (s *slice) sort(bucket []carrier, bits int) []carrier {
	var ends [1<<spreadBits + 1]int32
	shift, mask := 64-bits-spreadBits, uint64(1<<spreadBits-1)
	for i := range bucket {
		ends[bucket[i].key>>shift&mask+1]++
	}
	for i := range ends[1:] {
		ends[i+1] += ends[i]
	}
	s.spread = slices.Grow(s.spread[:0], len(bucket))[:len(bucket)]
	for i := range bucket {
		at := &ends[bucket[i].key>>shift&mask]
		s.spread[*at] = bucket[i]
		*at++
	}
	from := int32(0)
	for _, end := range ends[:1<<spreadBits] {
		if end-from > 1 {
			sortFew(s.spread[from:end])
		}
		from = end
	}
	return s.spread
}

// sortFew sorts carriers whose nodes are in order.
func sortFew(list []carrier) {
	if len(list) > fewCarriers {
		if slices.ContainsFunc(list, func(c carrier) bool { return c.key != list[0].key }) {
			slices.SortFunc(list, compareCarriers)
		}
		return
	}
	for i := 1; i < len(list); i++ {
		x, at := list[i], i
		for ; at > 0 && list[at-1].key > x.key; at-- {
			list[at] = list[at-1]
		}
		list[at] = x
	}
}

// fewCarriers is how many are sorted by insertion.
const fewCarriers = 32

func compareCarriers(x, y carrier) int {
	if x.key != y.key {
		return cmp.Compare(x.key, y.key)
	}
	return int(x.node) - int(y.node)
}
