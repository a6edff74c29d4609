package matching

import "kartoteka/customer"

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
type Item struct {
	Kind    customer.Kind
	Content [16]byte // of all comparable values; equal contents are one node (R1)
	Shared  []Shared // values of attributes with shared_by, which may become generic; at most 32
	Keys    []Key    // blocking keys, without doubles
	Firm    []Firm   // values that can veto: holds one, valid check, one reading (R8)

	Signature Signature
	// Generic has bit i set when Shared[i] is generic: it weighs nothing and its keys are not emitted.
	Generic uint32

	features features
	later    *kindRules // not nil: Keys are made when they are needed
}

// keys gives the item's keys, in the buffer if they have to be made.
func (it *Item) keys(buffer *[]Key) []Key {
	if it.later == nil {
		return it.Keys
	}
	f := it.later.fresh()
	f.it = it
	*buffer = append((*buffer)[:0], f.keys()...)
	f.done()
	return *buffer
}

// ruleOf is the rule that made a key.
func (it *Item) ruleOf(key uint64) uint8 {
	for _, k := range it.keys(new([]Key)) {
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
