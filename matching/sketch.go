package matching

import (
	"strings"

	"kartoteka/customer"
)

// A sketch says what an index can tell of an item in one number: some bits of hashes of the parts of a
// date, an identity number, a phone and an e-mail address, of which one slip of the pen leaves one as it
// is; and which other comparisons have something to compare.
// Bits 0 and 1 are the other comparisons; 15 is always set.
const (
	sketchOthers     = 2
	sketchStreet     = 2  // 3 bits
	sketchHouse      = 5  // 3 bits
	sketchFlat       = 8  // 3 bits
	sketchPatronymic = 11 // 3 bits
	sketchDate       = 16 // 17 bits
	sketchID         = 33 // 10 bits
	sketchPhone      = 43 // 10 bits
	sketchEmail      = 53 // 11 bits

	anyWord  = 1<<3 - 1
	anyDate  = 1<<17 - 1 // what the sketch cannot tell of
	anyEnds  = 1<<10 - 1
	anyEmail = 1<<11 - 1
)

// sketched are the comparisons of a kind that sketches tell of; -1: none.
type sketched struct {
	date, id, phone, email int
	shared                 [MaxComparisons]bool // has values that may become generic
}

func (k *kindRules) compileSketch() {
	k.sketched = sketched{date: -1, id: -1, phone: -1, email: -1}
	take := func(at *int, i int) {
		if *at < 0 {
			*at = i
		}
	}
	for i := range k.comparisons {
		switch c := k.comparisons[i].comparator.(type) {
		case *dateComparison:
			take(&k.sketched.date, i)
		case *idComparison:
			if c.branch == nil {
				take(&k.sketched.id, i)
			}
		case *phoneComparison:
			take(&k.sketched.phone, i)
		case *emailComparison:
			take(&k.sketched.email, i)
		}
	}
	for i := range k.plans {
		if pl := &k.plans[i]; pl.above > 0 {
			k.sketched.shared[pl.slot] = true
		}
	}
}

// tells reports whether sketches tell of a comparison.
func (s *sketched) tells(i int) bool { return i == s.date || i == s.id || i == s.phone || i == s.email }

// Sketch is a pure function of the item. See [Ruleset.Prospect].
func (r *Ruleset) Sketch(it *Item) customer.Sketch {
	k := r.of(it.Kind)
	if k == nil {
		return 0
	}
	s := uint64(customer.SketchKnown)
	for i := range k.comparisons {
		if !k.sketched.tells(i) && k.compares(it, i) {
			s |= 1 << (i % sketchOthers)
		}
	}
	s |= patronymicField(it) << sketchPatronymic
	s |= placeField(it, func(p *place) word { return p.street.text }) << sketchStreet
	s |= placeField(it, func(p *place) word { return p.house.text }) << sketchHouse
	s |= placeField(it, func(p *place) word { return p.flat.text }) << sketchFlat
	s |= k.dateField(it) << sketchDate
	s |= k.numberField(it, k.sketched.id, idEnds) << sketchID
	s |= k.numberField(it, k.sketched.phone, phoneEnds) << sketchPhone
	s |= k.emailField(it) << sketchEmail
	return customer.Sketch(s)
}

// wordField is a hash of a word; 0 of none.
func wordField(w word) uint64 {
	if w == none {
		return 0
	}
	return few(w, anyWord-1) + 1
}

// patronymicField is a hash of the patronymic of the only name, unless it is an initial.
func patronymicField(it *Item) uint64 {
	names := it.names.list()
	switch {
	case len(names) == 0:
		return 0
	case len(names) > 1 || names[0].patronymicMarks&patronymicInitial != 0:
		return anyWord
	}
	return wordField(names[0].patronymic)
}

// placeField is a hash of a part of the only address.
func placeField(it *Item, of func(*place) word) uint64 {
	places := it.places.list()
	switch {
	case len(places) == 0:
		return 0
	case len(places) > 1:
		return anyWord
	}
	return wordField(of(&places[0]))
}

func wordsFar(x, y customer.Sketch) bool { return x != y }

// compares reports whether an item has something to compare, names aside; in doubt it has.
func (k *kindRules) compares(it *Item, i int) bool {
	switch k.comparisons[i].comparator.(type) {
	case *nameComparison:
		return k.name == nil || i != k.nameAt
	case *placeComparison:
		return it.places.n > 0
	case *orgComparison:
		return len(it.orgs) > 0
	case *dateComparison, *idComparison, *phoneComparison, *emailComparison, *textComparison, *categoryComparison:
		return len(it.of(uint8(i))) > 0
	}
	return true
}

// single is the only atom of a comparison, if it has no other marks than these.
func single(atoms []atom, marks uint8) *atom {
	if len(atoms) != 1 || atoms[0].marks&^marks != 0 {
		return nil
	}
	return &atoms[0]
}

// dateField hashes the year, the day of the year, and both without the digits where they meet. Dates
// that are alike have one of the first two in common, or all of the rest.
func (k *kindRules) dateField(it *Item) uint64 {
	if k.sketched.date < 0 {
		return 0
	}
	atoms := it.of(uint8(k.sketched.date))
	if len(atoms) == 0 {
		return 0
	}
	a := single(atoms, 0)
	if a == nil {
		return anyDate
	}
	year, day := a.exact/10000, a.exact%10000
	return (fewOf(year, 30)+1)<<12 | fewOf(day, 64)<<6 | fewOf(year/10, 8)<<3 | fewOf(day%1000, 8)
}

func datesFar(x, y customer.Sketch) bool { return x>>12 != y>>12 && x>>6&63 != y>>6&63 && x&63 != y&63 }

// fewOf hashes a number to less than n.
func fewOf(number, n uint64) uint64 { return mix(sketchOthers, number) % n }

// ends of a number that one slip of the pen cannot change both: there is a character between them.
type ends func(s string) (head, tail string, ok bool)

func idEnds(s string) (head, tail string, ok bool) {
	if len(s) < 3 || len(s) > longest {
		return "", "", false
	}
	return s[:len(s)/2], s[len(s)/2+1:], true
}

// phoneEnds has a tail that equal last digits share.
func phoneEnds(s string) (head, tail string, ok bool) {
	if len(s) < 7 || len(s) > longest {
		return "", "", false
	}
	return s[:len(s)-5], s[len(s)-4:], true
}

// numberField is a hash of each end of a number that is the only one.
func (k *kindRules) numberField(it *Item, slot int, of ends) uint64 {
	if slot < 0 {
		return 0
	}
	atoms := it.of(uint8(slot))
	if len(atoms) == 0 {
		return 0
	}
	a := single(atoms, 0)
	if a == nil {
		return anyEnds
	}
	head, tail, ok := of(a.text)
	if !ok {
		return anyEnds
	}
	return (few(head, 30)+1)<<5 | few(tail, 32)
}

// few hashes a text to less than n.
func few(s string, n uint64) uint64 { return hashText(sketchOthers, s) % n }

// emailField is a hash of the local part, of its beginning, and of its end with the domain.
func (k *kindRules) emailField(it *Item) uint64 {
	if k.sketched.email < 0 {
		return 0
	}
	atoms := it.of(uint8(k.sketched.email))
	if len(atoms) == 0 {
		return 0
	}
	a := single(atoms, markOwnName)
	if a == nil {
		return anyEmail
	}
	// One slip changes the beginning, or the end, as there is a character between them.
	at := strings.IndexByte(a.text, '@')
	if at < 6 || len(a.text) > longest {
		return anyEmail
	}
	return (few(a.text[:at], 6)+1)<<8 | few(a.text[:3], 16)<<4 | few(a.text[at-2:], 16)
}
