package matching

import (
	"math"
	"unsafe"

	"kartoteka/customer"
)

// Weight is evidence in hundredths of a bit. Integers make sums associative, so that
// workers and processors cannot disagree about them (R4).
type Weight = int32

// Bits turns bits into a Weight.
func Bits(b float64) Weight {
	if b < 0 {
		return Weight(b*100 - 0.5)
	}
	return Weight(b*100 + 0.5)
}

// MaxComparisons bounds the comparisons of one kind of customer.
const MaxComparisons = 24

// Missing in an [Evidence] says that one side had no value: no evidence either way.
const Missing int16 = -1 << 15

// Evidence is what the comparisons of a kind found for a pair, by place in the ruleset;
// Missing where nothing could be compared. It does not contain the prior.
//
// The first half weighs one customer against chance, the second, place by place, one customer
// against two members of a household (or two companies of one owner), who share as much; see
// [Sum]. The evidence of two groups is the maximum, place by place, of that of their pairs.
type Evidence [2 * MaxComparisons]int16

// Item is a standardized record in the form in which pairs are compared: interned and folded.
// It is immutable but for the generic mask.
//
// There are many of them, so it has no gaps: lists are their first element and a count.
type Item struct {
	Content [16]byte // of all comparable values; equal contents are one node (R1)
	*listed
	names  *personName // nil if there is none
	places *place
	atoms  *atom // values that are compared as a whole or nearly so, by comparison

	sound uint64 // and year: the signature
	// Generic has bit i set when Shared[i] is generic: it weighs nothing and its keys are not emitted.
	Generic               uint32
	atomCount             int32
	nameCount, placeCount uint16
	year                  uint16
	gender                byte // m, f or 0
}

// listed is what many items have in common, or what an item has besides what most comparisons read.
type listed struct {
	Kind   customer.Kind
	later  *kindRules // not nil: Shared and Keys are made when they are needed
	Shared []Shared   // values of attributes with shared_by, which may become generic; at most 32
	Keys   []Key      // blocking keys, without doubles
	Firm   []Firm     // values that can veto: holds one, valid check, one reading (R8)
	orgs   []orgName
}

// noLists is that of an item without anything.
var noLists = new(listed)

// Signature tells customers apart roughly.
func (it *Item) Signature() Signature { return Signature{Name: it.sound, Year: it.year} }

func (it *Item) nameList() []personName { return unsafe.Slice(it.names, it.nameCount) }
func (it *Item) placeList() []place     { return unsafe.Slice(it.places, it.placeCount) }
func (it *Item) atomList() []atom       { return unsafe.Slice(it.atoms, it.atomCount) }

// set gives the item its lists; they are kept. What a record has names or addresses of beyond 65,535 is not compared.
func (it *Item) set(names []personName, places []place, atoms []atom) {
	it.setNames(names)
	it.setPlaces(places)
	it.setAtoms(atoms)
}

func (it *Item) setNames(list []personName) {
	list = list[:min(len(list), math.MaxUint16)]
	it.names, it.nameCount = first(list), uint16(len(list))
}

func (it *Item) setPlaces(list []place) {
	list = list[:min(len(list), math.MaxUint16)]
	it.places, it.placeCount = first(list), uint16(len(list))
}

func (it *Item) setAtoms(list []atom) {
	it.atoms, it.atomCount = first(list), int32(len(list))
}

// first is the first element of a list; nil of none, whatever room it has.
func first[T any](list []T) *T {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// of returns the atoms of one comparison.
func (it *Item) of(slot uint8) []atom {
	all := it.atomList()
	from := 0
	for from < len(all) && all[from].slot < slot {
		from++
	}
	to := from
	for to < len(all) && all[to].slot == slot {
		to++
	}
	return all[from:to]
}

// keyMaker makes the keys of items that have none yet. It is for one goroutine.
type keyMaker struct{ folding *folding }

// keys gives the keys of an item; they are valid until the next call.
func (m *keyMaker) keys(it *Item) []Key {
	if it.later == nil {
		return it.Keys
	}
	if m.folding == nil || m.folding.kindRules != it.later {
		m.folding = newFolding(it.later)
	}
	m.folding.it = it
	return m.folding.keys()
}

// shared gives the item's values that may become generic, in the buffer if they have to be made.
func (it *Item) shared(buffer *[]Shared) []Shared {
	if it.later == nil {
		return it.Shared
	}
	out := (*buffer)[:0]
	put := func(at int8, id customer.AttributeID, value uint64) {
		for len(out) <= int(at) {
			out = append(out, Shared{})
		}
		out[at] = it.later.plans[id].share(id, value)
	}
	for i, all := 0, it.atomList(); i < len(all); i++ {
		if a := &all[i]; a.shared >= 0 {
			put(a.shared, a.attribute, a.exact)
		}
	}
	for i, all := 0, it.placeList(); i < len(all); i++ {
		if p := &all[i]; p.shared >= 0 {
			put(p.shared, p.attribute, p.hash)
		}
	}
	*buffer = out
	return out
}

// ruleOf is the rule that made a key.
func (it *Item) ruleOf(key uint64) uint8 {
	for _, k := range new(keyMaker).keys(it) {
		if k.Hash == key {
			return k.Rule
		}
	}
	return 0
}

// The words of the index, which the store keeps.
type (
	// Shared is a value that several customers may share up to a limit.
	Shared = customer.SharedValue
	// Key is a blocking key: a pure function of record and ruleset.
	Key = customer.BlockKey
	// Signature tells customers apart roughly, to count how many share a value (R3).
	Signature = customer.Signature
	// ClosedKey is a blocking key that too many nodes carry.
	ClosedKey = customer.ClosedKey
	// GenericValue is a value that more customers share than one may.
	GenericValue = customer.GenericValue
)

// Firm is a value of an attribute that a customer holds one of.
type Firm struct {
	Attribute customer.AttributeID
	Value     uint64
}

// Emits reports whether the item yields pairs by its i-th key.
func (it *Item) Emits(i int) bool { return it.Keys[i].Uses&it.Generic == 0 }
