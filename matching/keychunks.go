package matching

import (
	"slices"
	"sync"
	"sync/atomic"
)

// The keys that nodes emit lie behind each other, in chunks of nodes: flat memory that the
// collector does not look into, and 4 bytes a node besides the keys.
const (
	chunkBits  = 12
	chunkNodes = 1 << chunkBits
)

// keyChunk has the keys of a run of nodes.
type keyChunk struct {
	keys []uint64
	ends [chunkNodes + 1]uint32 // the i-th node's keys end at ends[i+1]
}

// keysOf gives the keys that a node emits, sorted.
func (p *partition) keysOf(n int32) []uint64 {
	c := p.chunks[n>>chunkBits]
	i := n & (chunkNodes - 1)
	return c.keys[c.ends[i]:c.ends[i+1]]
}

// emission is what one worker found while it made the keys of nodes.
type emission struct {
	counts  []uint32 // keys by their bucket
	mute    []carrier
	touched uint64
}

// aheadNodes are touched in one go; see [partition.weighWaiting].
const aheadNodes = 32

// emitKeys makes the keys that each node emits, counts them by bucket, and lists those that nodes
// carry without emitting them.
func (p *partition) emitKeys(workers int) {
	for 1<<p.bucketBits < p.size()*usualKeys/bucketSize && p.bucketBits < maxBucketBits {
		p.bucketBits++
	}
	p.chunks = make([]*keyChunk, (p.size()+chunkNodes-1)>>chunkBits)
	found := make([]emission, max(1, min(workers, len(p.chunks))))
	var taken atomic.Int64
	var wg sync.WaitGroup
	for w := range found {
		wg.Go(func() {
			e := &found[w]
			e.counts = make([]uint32, 1<<p.bucketBits)
			var m keyMaker
			var all []uint64
			for i := int(taken.Add(1)) - 1; i < len(p.chunks); i = int(taken.Add(1)) - 1 {
				all = p.emitChunk(i, e, &m, all[:0])
			}
		})
	}
	wg.Wait()
	p.counts = found[0].counts
	for i := range found {
		p.mute = append(p.mute, found[i].mute...)
		if i > 0 {
			for b, n := range found[i].counts {
				p.counts[b] += n
			}
		}
	}
}

// usualKeys is how many keys a node emits, about.
const usualKeys = 12

// emitChunk makes the keys of a chunk, with memory that is used again.
func (p *partition) emitChunk(number int, e *emission, m *keyMaker, all []uint64) []uint64 {
	c := new(keyChunk)
	from := number << chunkBits
	for n := from; n < min(from+chunkNodes, p.size()); n++ {
		if n&(aheadNodes-1) == 0 {
			for _, it := range p.items[n:min(n+aheadNodes, p.size())] {
				e.touched += it.touch()
			}
		}
		it, begin := p.items[n], len(all)
		for _, key := range m.keys(it) {
			if key.Uses&it.Generic == 0 {
				all = append(all, key.Hash)
			} else {
				e.mute = append(e.mute, carrier{key: key.Hash, node: int32(n), rule: key.Rule})
			}
		}
		all = all[:begin+len(sorted(all[begin:]))]
		for _, key := range all[begin:] {
			e.counts[key>>(64-p.bucketBits)]++
		}
		c.ends[n-from+1] = uint32(len(all))
	}
	c.keys = slices.Clone(all)
	p.chunks[number] = c
	return all
}

// sorted sorts a few keys and drops doubles, in place.
func sorted(keys []uint64) []uint64 {
	for i := 1; i < len(keys); i++ {
		key, at := keys[i], i
		for ; at > 0 && keys[at-1] > key; at-- {
			keys[at] = keys[at-1]
		}
		keys[at] = key
	}
	return slices.Compact(keys)
}
