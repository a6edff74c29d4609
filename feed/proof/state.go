package proof

import "kartoteka/customer"

// mark is a version of a code and what the code is in it.
type mark struct {
	version uint32
	epoch   uint16
	state   state
	stale   bool // a newer one stands before it in the topic
}

// state is what a code is, by its last message; nothing was told of the zero state.
type state uint8

const (
	unknown state = iota
	active
	retired
	gone // erased
	void // withdrawn after a restore: the hub does not know its records any more
	told // told again after a restore, as whatever the golden topic says
)

var stateNames = [...]string{"unknown", "active", "retired", "erased", "withdrawn", "told again"}

// fits reports whether a state by events is the one of the golden topic.
func (s state) fits(golden state) bool {
	return s == golden || s == told && golden != unknown || s == void && golden == gone
}

func (s state) String() string { return stateNames[s] }

// newer reports whether m comes after n.
func (m mark) newer(n mark) bool {
	return m.epoch > n.epoch || m.epoch == n.epoch && m.version > n.version
}

func (m mark) same(n mark) bool { return m.epoch == n.epoch && m.version == n.version }

// account is all that is kept of a code: what its events add up to, how its golden record ends, and
// whether the crosswalk agrees with it.
type account struct {
	events, golden mark
	// members is how many records the crosswalk has more than the golden record states, and xor
	// combines their numbers on both sides: zeros if both are the same.
	members int32
	partial bool   // the golden record does not name all of its members
	xor     uint64 // of record numbers, each scattered
	hash    uint64 // of the golden document
}

// scatter spreads record numbers so that their combination is no accident (splitmix64).
func scatter(id customer.RecordID) uint64 {
	x := uint64(id) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// kinds tells what each kind of event makes of a code; a merge retires the code that it gives a successor.
var kinds = map[customer.ChangeKind]state{
	customer.Created: active, customer.Updated: active, customer.Merged: active, customer.Split: active,
	customer.Restored: active, customer.Removed: retired, customer.Erased: gone,
	customer.Reissued: told, customer.Withdrawn: void,
}

func stateAfter(kind customer.ChangeKind, successor customer.Code) state {
	if (kind == customer.Merged || kind == customer.Reissued) && successor != 0 {
		return retired
	}
	return kinds[kind]
}

func stateOf(s customer.CodeState) state {
	switch s {
	case customer.CodeActive:
		return active
	case customer.CodeRetired:
		return retired
	case customer.CodeErased:
		return gone
	}
	return unknown
}
