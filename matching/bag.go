package matching

import "math"

// Limits of what a trainer keeps of one kind.
const (
	sampleCustomers = 1 << 17 // customers whose values are counted
	sampleRelated   = 1 << 16 // records that are paired
)

// kept is a record in a sample.
type kept struct {
	content uint64
	texts   *Texts
	row     Row
}

// bagged is a record in a bag with the hash that it is kept by.
type bagged struct {
	*kept
	by uint64
}

// bag keeps the records with the smallest hashes, so that what is kept is a function of the set of
// records and not of their order: when it is full, the bound is halved.
type bag struct {
	kept  map[uint64]bagged // by what must be distinct
	bound uint64
	limit int
}

func newBag(limit int) *bag { return &bag{map[uint64]bagged{}, math.MaxUint64, limit} }

func (b *bag) wants(by uint64) bool { return by <= b.bound }

// offer keeps a record under a key if its hash is small enough; of several under one key the
// one with the smallest content stays.
func (b *bag) offer(key, by uint64, x *kept) {
	if by > b.bound {
		return
	}
	if old, is := b.kept[key]; is && old.content <= x.content {
		return
	}
	b.kept[key] = bagged{x, by}
	for len(b.kept) > b.limit {
		b.lower(b.bound / 2)
	}
}

func (b *bag) lower(bound uint64) {
	b.bound = bound
	for key, x := range b.kept {
		if x.by > bound {
			delete(b.kept, key)
		}
	}
}

func (b *bag) merge(other *bag) {
	if other.bound < b.bound {
		b.lower(other.bound)
	}
	for key, x := range other.kept {
		b.offer(key, x.by, x.kept)
	}
}

// sketch counts distinct hashes by keeping the smallest (Bar-Yossef and others 2002): exact
// while it is not full, then within about one per cent.
type sketch struct {
	kept  map[uint64]struct{}
	bound uint64
}

const sketchLimit = 1 << 14

func newSketch() *sketch { return &sketch{map[uint64]struct{}{}, math.MaxUint64} }

func (k *sketch) add(hash uint64) {
	if hash > k.bound {
		return
	}
	k.kept[hash] = struct{}{}
	for len(k.kept) > sketchLimit {
		k.lower(k.bound / 2)
	}
}

func (k *sketch) lower(bound uint64) {
	k.bound = min(k.bound, bound)
	for h := range k.kept {
		if h > k.bound {
			delete(k.kept, h)
		}
	}
}

func (k *sketch) merge(other *sketch) {
	k.lower(other.bound)
	for h := range other.kept {
		k.add(h)
	}
}

func (k *sketch) distinct() float64 {
	if k.bound == math.MaxUint64 {
		return float64(len(k.kept))
	}
	return math.Round(float64(len(k.kept)) * (math.MaxUint64 / float64(k.bound)))
}
