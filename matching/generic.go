package matching

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// carried says that an item carries a value that may become generic.
type carried struct {
	key       uint64
	signature Signature
	item      int32
	place     uint8
}

// CountGeneric finds the values that are generic among all items and marks them in each item (R3).
func CountGeneric(items []*Item) []GenericValue {
	all := suspects(items, runtime.GOMAXPROCS(0))
	slices.SortFunc(all, func(x, y carried) int {
		if x.key != y.key {
			return cmp.Compare(x.key, y.key)
		}
		return x.signature.Compare(y.signature)
	})
	var found []GenericValue
	var signatures []Signature
	var buffer []Shared
	for at := 0; at < len(all); {
		end := at
		signatures = signatures[:0]
		for end < len(all) && all[end].key == all[at].key {
			signatures = append(signatures, all[end].signature)
			end++
		}
		it := items[all[at].item]
		shared := it.shared(&buffer)[all[at].place]
		if n := Distinct(signatures); n > int(shared.Above) {
			found = append(found, GenericValue{Key: shared.Key, Kind: it.Kind, Attribute: shared.Attribute, Signatures: n})
			for _, c := range all[at:end] {
				items[c.item].Generic |= 1 << c.place
			}
		}
		at = end
	}
	return found
}

// suspects lists who carries the values that are carried often enough to be generic. Values share
// counters, so that the few that may be too many are told from nearly all that are not.
func suspects(items []*Item, workers int) (all []carried) {
	bits := 10
	for 1<<bits < 2*len(items) && bits < 24 {
		bits++
	}
	counts := make([]atomic.Uint32, 1<<bits)
	inRanges(len(items), workers, func(from, to int) {
		var buffer []Shared
		for _, it := range items[from:to] {
			it.Generic = 0
			for _, s := range it.shared(&buffer) {
				counts[s.Key>>(64-bits)].Add(1)
			}
		}
	})
	var mutex sync.Mutex
	inRanges(len(items), workers, func(from, to int) {
		var buffer []Shared
		var some []carried
		for i := from; i < to; i++ {
			for place, s := range items[i].shared(&buffer) {
				if int64(counts[s.Key>>(64-bits)].Load()) > int64(s.Above) {
					some = append(some, carried{s.Key, items[i].Signature(), int32(i), uint8(place)})
				}
			}
		}
		mutex.Lock()
		defer mutex.Unlock()
		all = append(all, some...)
	})
	return all
}

// Distinct counts signatures, sorted by name and year: those without a name do not count, those
// without a year only if no other of the same name has one.
func Distinct(sorted []Signature) int {
	n := 0
	for i, s := range sorted {
		last := i+1 == len(sorted) || sorted[i+1] != s
		yearless := s.Year == 0 && i+1 < len(sorted) && sorted[i+1].Name == s.Name && sorted[i+1].Year != 0
		if s.Name != 0 && last && !yearless {
			n++
		}
	}
	return n
}

// SortSignatures sorts for [Distinct].
func SortSignatures(list []Signature) { slices.SortFunc(list, Signature.Compare) }

// MarkGeneric sets the item's mask by what is known to be generic.
func MarkGeneric(it *Item, generic func(key uint64) bool) {
	it.Generic = 0
	for i := range it.Shared {
		if generic(it.Shared[i].Key) {
			it.Generic |= 1 << i
		}
	}
}
