package matching

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// A sketch says what an index can tell of an item in one number. Of a patronymic, city and street it has
// the place among the model's most frequent ones; of a date, an identity number and a phone some bits of
// hashes of parts, of which one slip of the pen leaves one as it is; of an e-mail address which letters
// it has an odd number of times, of which one slip changes two at most; and which other comparisons have
// something to compare. Each field is 0 where there is nothing, and all ones where it cannot tell.
// It depends on the ruleset, as keys do: an index is written anew under another one, so who changes what
// sketches say changes [version] as well.
const (
	sketchStreet     = 0  // 6 bits
	sketchPatronymic = 6  // 6 bits
	sketchOthers     = 12 // 2 bits; 15 is always set
	sketchCity       = 16 // 5 bits
	sketchDate       = 21 // 17 bits
	sketchID         = 38 // 8 bits
	sketchPhone      = 46 // 10 bits
	sketchEmail      = 56 // 8 bits

	others   = 2
	anyWord  = 1<<6 - 1
	anyCity  = 1<<5 - 1
	anyDate  = 1<<17 - 1
	anyID    = 1<<8 - 1
	anyPhone = 1<<10 - 1
	anyEmail = 1<<8 - 1

	// unlisted is the only patronymic, and not among the frequent ones.
	unlisted = anyWord - 1
)

// sketched are the comparisons of a kind that sketches tell of; -1: none.
type sketched struct {
	date, id, phone, email, place int
	shared                        [MaxComparisons]bool // has values that may become generic
	patronymics, cities, streets  *frequent
}

func (k *kindRules) compileSketch() {
	k.sketched = sketched{date: -1, id: -1, phone: -1, email: -1, place: -1, cities: new(frequent), streets: new(frequent)}
	s := &k.sketched
	for i := range k.comparisons {
		if at := s.fieldOf(k.comparisons[i].comparator); at != nil && *at < 0 {
			*at = i
		}
	}
	s.patronymics = frequentOf(k.patronymics, unlisted-1)
	for i := range k.plans {
		pl := &k.plans[i]
		if pl.above > 0 {
			s.shared[pl.slot] = true
		}
		if pl.role == rolePlace && s.cities.codes == nil {
			s.cities, s.streets = frequentOf(pl.parts[0].rarities, anyCity-1), frequentOf(pl.parts[1].rarities, anyWord-1)
		}
	}
}

func (s *sketched) fieldOf(c comparator) *int {
	switch c := c.(type) {
	case *dateComparison:
		return &s.date
	case *idComparison:
		if c.branch == nil {
			return &s.id
		}
	case *phoneComparison:
		return &s.phone
	case *emailComparison:
		return &s.email
	case *placeComparison:
		return &s.place
	}
	return nil
}

// tells reports whether sketches tell of a comparison.
func (s *sketched) tells(i int) bool {
	return i == s.date || i == s.id || i == s.phone || i == s.email || i == s.place
}

// frequent are the most frequent words of a model, by code - 1.
type frequent struct {
	words []word
	codes map[word]uint64
	alike standardize.Memo[likeness]
}

// likeness says which of the frequent words are near a word but not equal, and which are not even near, by code - 1.
type likeness struct{ nearly, far uint64 }

func frequentOf(r *rarities, n int) *frequent {
	if r == nil {
		return new(frequent)
	}
	words := slices.SortedFunc(maps.Keys(r.seen), func(x, y word) int {
		return cmp.Or(cmp.Compare(r.seen[y], r.seen[x]), cmp.Compare(x, y))
	})
	f := &frequent{words: words[:min(n, len(words))], codes: map[word]uint64{}}
	for i, w := range f.words {
		f.codes[w] = uint64(i + 1)
	}
	return f
}

// code gives the code of a word, 0 of none.
func (f *frequent) code(w word, unlisted uint64) uint64 {
	if w == none {
		return 0
	}
	if c, is := f.codes[w]; is {
		return c
	}
	return unlisted
}

// likenessOf compares a word with the frequent ones.
func (f *frequent) likenessOf(w word, near func(w, o word) bool) likeness {
	return f.alike.Of(w, func(w string) (l likeness) {
		for i, o := range f.words {
			switch {
			case w == o:
			case near(w, o):
				l.nearly |= 1 << i
			default:
				l.far |= 1 << i
			}
		}
		return l
	})
}

// Sketch is a pure function of the item. See [Ruleset.Prospect].
func (r *Ruleset) Sketch(it *Item) customer.Sketch {
	k := r.of(it.Kind)
	if k == nil {
		return 0
	}
	s := uint64(customer.SketchKnown)
	for i := range k.comparisons {
		if !k.sketched.tells(i) && k.compares(it, i) {
			s |= 1 << (sketchOthers + i%others)
		}
	}
	city, street := k.placeFields(it)
	s |= street<<sketchStreet | k.patronymicField(it)<<sketchPatronymic | city<<sketchCity
	s |= k.dateField(it)<<sketchDate | k.numberField(it, k.sketched.id, idField, anyID)<<sketchID
	s |= k.numberField(it, k.sketched.phone, phoneField, anyPhone)<<sketchPhone | k.emailField(it)<<sketchEmail
	return customer.Sketch(s)
}

// patronymicField is the code of the patronymic of the only name, unless it is an initial.
func (k *kindRules) patronymicField(it *Item) uint64 {
	names := it.nameList()
	switch {
	case k.name == nil || len(names) == 0:
		return 0
	case len(names) > 1 || names[0].patronymicMarks&patronymicInitial != 0:
		return anyWord
	}
	return k.sketched.patronymics.code(names[0].patronymic, unlisted)
}

// placeFields are the codes of city and street of the only address.
func (k *kindRules) placeFields(it *Item) (city, street uint64) {
	places := it.placeList()
	switch {
	case k.sketched.place < 0 || len(places) == 0:
		return 0, 0
	case len(places) > 1:
		return anyCity, anyWord
	}
	return k.sketched.cities.code(places[0].city.text, anyCity), k.sketched.streets.code(places[0].street.text, anyWord)
}

// compares reports whether an item has something to compare, names aside; in doubt it has.
func (k *kindRules) compares(it *Item, i int) bool {
	switch k.comparisons[i].comparator.(type) {
	case *nameComparison:
		return k.name == nil || i != k.nameAt
	case *placeComparison:
		return it.placeCount > 0
	case *orgComparison:
		return len(it.orgs) > 0
	case *dateComparison, *idComparison, *phoneComparison, *emailComparison, *textComparison, *categoryComparison:
		return len(it.of(uint8(i))) > 0
	}
	return true
}

// only is the atom of a comparison that has one, without other marks than these.
func (it *Item) only(slot int, marks uint8) (a *atom, has bool) {
	if slot < 0 {
		return nil, false
	}
	atoms := it.of(uint8(slot))
	if len(atoms) != 1 || atoms[0].marks&^marks != 0 {
		return nil, len(atoms) > 0
	}
	return &atoms[0], true
}

// dateField hashes the year, the day of the year, and both without the digits where they meet. Dates
// that are alike have one of the first two in common, or all of the rest.
func (k *kindRules) dateField(it *Item) uint64 {
	a, has := it.only(k.sketched.date, 0)
	switch {
	case !has:
		return 0
	case a == nil:
		return anyDate
	}
	year, day := a.exact/10000, a.exact%10000
	return (fewOf(year, 30)+1)<<12 | fewOf(day, 64)<<6 | fewOf(year/10, 8)<<3 | fewOf(day%1000, 8)
}

func datesFar(x, y customer.Sketch) bool { return x>>12 != y>>12 && x>>6&63 != y>>6&63 && x&63 != y&63 }

// fewOf hashes a number to less than n.
func fewOf(number, n uint64) uint64 { return mix(others, number) % n }

// few hashes a text to less than n.
func few(s string, n uint64) uint64 { return hashText(others, s) % n }

// numberField hashes the only number of a comparison.
func (k *kindRules) numberField(it *Item, slot int, of func(s string) uint64, unknown uint64) uint64 {
	a, has := it.only(slot, 0)
	switch {
	case !has:
		return 0
	case a == nil || len(a.text) < 7 || len(a.text) > longest:
		return unknown
	}
	return of(a.text)
}

// idField has both halves without what is between them: one slip of the pen cannot change both.
func idField(s string) uint64 {
	return (few(s[:len(s)/2], 14)+1)<<4 | few(s[len(s)/2+1:], 16)
}

func idsFar(x, y customer.Sketch) bool { return x>>4 != y>>4 && x&15 != y&15 }

// phoneField has a tail that equal last digits share.
func phoneField(s string) uint64 {
	return (few(s[:len(s)-5], 30)+1)<<5 | few(s[len(s)-4:], 32)
}

func phonesFar(x, y customer.Sketch) bool { return x>>5 != y>>5 && x&31 != y&31 }

// emailField tells which of seven kinds of letters the local part has an odd number of times.
func (k *kindRules) emailField(it *Item) uint64 {
	a, has := it.only(k.sketched.email, markOwnName)
	switch {
	case !has:
		return 0
	case a == nil || strings.Count(a.text, "@") != 1:
		return anyEmail
	}
	odd := uint64(0)
	for i := 0; a.text[i] != '@'; i++ {
		odd ^= 1 << (a.text[i] % 7)
	}
	return odd + 2
}

// emailsApart is how many kinds of letters tell two local parts apart.
func emailsApart(x, y customer.Sketch) int { return bits.OnesCount64(uint64(x-2) ^ uint64(y-2)) }
