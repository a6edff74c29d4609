package matching

import "kartoteka/customer"

// word is a skeleton that many records share; see [memo].
type word = string

// none is no text.
const none word = ""

// Marks of an atom.
const (
	markReading = 1 << iota // one of several valid readings of an ambiguous value
	markWeak                // its check digit is wrong
	markPart                // a date without day or month
	markOwnName             // an e-mail address that is made of its owner's name
	markBranch              // belongs to the second attribute of a comparison, a branch code
)

// atom is one value. What exact and near stand for is the comparator's affair.
type atom struct {
	exact  uint64
	near   uint64
	text   string // "" of a date
	rarity int16  // hundredths of a bit above the average value
	close  int16  // the rarity of what near stands for
	shared int8   // bit of Item.Generic; -1: it cannot become generic
	marks  uint8
	slot   uint8 // of its comparison

	attribute customer.AttributeID
}

// silent reports whether a value weighs nothing because it is generic.
func (a *atom) silent(generic uint32) bool { return a.shared >= 0 && generic>>a.shared&1 != 0 }

// personName is a name in skeletons of one script; see standardize.Latin. What is made of its
// parts is shared by all who are named so.
type personName struct {
	*lastName
	*givenName
	*patronymicName
	maiden  *lastName // a former surname
	gender  byte      // m, f or 0
	ordinal ordinal
}

// lastName is what is made of a written surname.
type lastName struct {
	last, stem word    // surname; without its ending of gender
	halves     [2]word // stems of the parts of a double surname
	written    word    // folded, in its own script
	sound      uint64  // hash of the sound of the stem
	stemHash   uint64
	lastHead   uint64 // hash of the first letters of the stem
	lastMask   uint32 // letters of last
	stemMask   uint32
	lastRarity int16
	cyrillic   bool
}

// givenName is what is made of a written given name.
type givenName struct {
	first       word
	forms       [3]word // full given names that first may stand for
	written     word    // folded, in its own script
	formHashes  [3]uint64
	firstSound  uint64 // hash of the sound of forms[0]
	firstHead   uint64 // hash of its first letters
	firstMask   uint32 // letters of first
	firstRarity int16
	firstMarks  nameMark
	cyrillic    bool
}

// patronymicName is what is made of a written patronymic.
type patronymicName struct {
	patronymic       word // without its ending of gender
	patronymicHash   uint64
	patronymicRarity int16
	patronymicGender byte
	patronymicMarks  nameMark
}

type nameMark uint8

const (
	firstInitial nameMark = 1 << iota
	patronymicInitial
	firstKnown // a common given name or in the dictionary: no misspelling of another one
)

// orgName is the name of an organization as a set of skeleton tokens.
type orgName struct {
	joined  word // tokens in order of spelling, without blanks
	sorted  word // tokens sorted, with blanks
	acronym word // first letters of the tokens
	form    word
	tokens  []orgToken // sorted by hash
}

type orgToken struct {
	text   word
	hash   uint64
	rarity int16 // bits in hundredths: how much agreement on it is worth, absolute
	order  bool  // a number or a compass point: it tells one of a row from the next
}

// place is an address in skeletons; its words are shared by all who live there, and never nil.
type place struct {
	city, street, house, flat, postcode *placeWord
	hash                                uint64 // of a place that may become generic
	shared                              int8
	attribute                           customer.AttributeID
}

// placeWord is what is made of a written part of an address.
type placeWord struct {
	part   *placePart
	text   word
	side   word   // of the world, of a street: n, s, e, w, ...
	hash   uint64 // of text
	raw    uint64 // another one
	mask   uint32 // letters of text
	rarity int16
}

// silent reports whether a place weighs nothing because it is generic.
func (p *place) silent(generic uint32) bool { return p.shared >= 0 && generic>>p.shared&1 != 0 }

// isIdentity reports whether a type is a number given by an authority.
func isIdentity(t customer.TypeName) bool { return len(t) > 3 && t[:3] == "id." }
