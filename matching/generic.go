package matching

import (
	"cmp"
	"runtime"
	"slices"
)

// CountGeneric finds the values that are generic among all items and marks them in each item (R3).
func CountGeneric(items []*Item) []GenericValue {
	type carried struct {
		key       uint64
		signature Signature
		item      int32
		place     uint8
	}
	n := 0
	var buffer []Shared
	for _, it := range items {
		it.Generic = 0
		n += len(it.shared(&buffer))
	}
	all := gathered(n, runtime.GOMAXPROCS(0), func(x *carried) uint64 { return x.key }, func(yield func(carried)) {
		for i, it := range items {
			for s, x := range it.shared(&buffer) {
				yield(carried{x.Key, it.Signature, int32(i), uint8(s)})
			}
		}
	}, func(x, y carried) int {
		if x.key != y.key {
			return cmp.Compare(x.key, y.key)
		}
		return x.signature.Compare(y.signature)
	})
	var found []GenericValue
	var signatures []Signature
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
