package matching

import (
	"math/bits"
	"strings"

	"kartoteka/matching/naming"
)

// Levels of the parts of a person's name, best first, by place in their tables.
const (
	lastExact = iota
	lastGendered
	lastPart
	lastClose
	lastSimilar
	lastChanged // a woman's other surname
	lastDiffers
)

const (
	firstExact = iota
	firstForm
	firstInitials
	firstClose
	firstSimilar
	firstDiffers
)

const (
	patronymicExact = iota
	patronymicSibling
	patronymicInitials
	patronymicClose
	patronymicDiffers
)

var (
	lastKeys       = []string{"exact", "gendered", "part", "close", "similar", "changed", "differs"}
	firstKeys      = []string{"exact", "form", "initial", "close", "similar", "differs"}
	patronymicKeys = []string{"exact", "sibling", "initial", "close", "differs"}
	genderKeys     = []string{"exact", "differs"}
	suffixKeys     = []string{"exact", "differs"}
)

// nameComparison compares surname, given name, patronymic, gender and suffix as one: its weight is
// the sum of its parts.
type nameComparison struct {
	last, first, patronymic, gender []level
	suffix                          []level // nil in a model from before suffixes were compared
	swapped                         level
}

func newNameComparison(k *KindModel, attribute, genderAttribute string) (c *nameComparison, err error) {
	c = new(nameComparison)
	var order []level
	for _, part := range []struct {
		into  *[]level
		keys  []string
		names []string
	}{
		{&c.last, lastKeys, []string{attribute + ".last", "person_name.last"}},
		{&c.first, firstKeys, []string{attribute + ".first", "person_name.first"}},
		{&c.patronymic, patronymicKeys, []string{attribute + ".patronymic", "person_name.patronymic"}},
		{&c.gender, genderKeys, []string{genderAttribute, "gender"}},
		{&order, []string{"swapped"}, []string{attribute + ".order", "person_name.order"}},
	} {
		if *part.into, err = k.table(part.keys, part.names...); err != nil {
			return nil, err
		}
	}
	c.swapped = order[0]
	if names := []string{attribute + ".suffix", "person_name.suffix"}; k.levels(names...) != nil {
		c.suffix, err = k.table(suffixKeys, names...)
	}
	return c, err
}

func (c *nameComparison) compare(a, b *Item, t *trace) finding {
	main, patronymic := c.both(a, b, t)
	return main.add(patronymic)
}

// both compares the names and gives what the patronymics say apart.
func (c *nameComparison) both(a, b *Item, t *trace) (main, patronymic finding) {
	var best finding
	var bestA, bestB *personName
	for i := range a.nameList() {
		for j := range b.nameList() {
			x, y := &a.nameList()[i], &b.nameList()[j]
			m, p := c.pair(x, y, a, b, nil)
			if f := m.add(p); f.better(best) {
				best, bestA, bestB = f, x, y
				main, patronymic = m, p
			}
		}
	}
	if t != nil && best.seen {
		c.pair(bestA, bestB, a, b, t)
	}
	return main, patronymic
}

// pair compares two names: in the order as written, or surname and given name exchanged.
func (c *nameComparison) pair(x, y *personName, a, b *Item, t *trace) (main, patronymic finding) {
	crossed := false
	if x.lastName != y.lastName && x.stem != y.stem && !strange(x.lastMask, y.firstMask) && !strange(y.lastMask, x.firstMask) {
		swapped := c.exchanged(x, y, nil)
		crossed = swapped.seen && swapped.better(c.lastName(x, y, nil).add(c.firstName(x, y, nil)))
	}
	if crossed {
		return c.exchanged(x, y, t).add(c.suffixOf(x, y, t)), c.patronymicOf(x, y, t)
	}
	main = c.lastName(x, y, t).add(c.firstName(x, y, t))
	if main.seen {
		main = main.add(c.suffixOf(x, y, t))
	}
	patronymic = c.patronymicOf(x, y, t)
	if main.seen || patronymic.seen {
		main = main.add(c.genderOf(x, y, a, b, t))
	}
	return main, patronymic
}

func (c *nameComparison) lastName(x, y *personName, t *trace) finding {
	if x.last == none || y.last == none {
		return finding{}
	}
	at := c.lastLevel(x, y)
	return t.note("last", &c.last[at], x.lastRarity, y.lastRarity, x.last, y.last)
}

func (c *nameComparison) lastLevel(x, y *personName) int {
	switch {
	case x.lastName == y.lastName || x.last == y.last:
		return lastExact
	case x.stem == y.stem:
		if x.gender != 0 && x.gender == y.gender {
			return lastClose
		}
		return lastGendered
	case x.stem == y.maiden.stem || x.maiden.stem == y.stem || x.maiden.stem != none && x.maiden.stem == y.maiden.stem || sharesHalf(x, y):
		return lastPart
	}
	if !strange(x.stemMask, y.stemMask) {
		near := alike(ordered(x.stem, y.stem))
		switch {
		case near == 2 || x.lastName.cyrillic != y.lastName.cyrillic && naming.Across(x.lastName.written, y.lastName.written):
			return lastClose
		case near == 1:
			return lastSimilar
		}
	}
	if x.gender == 'f' || y.gender == 'f' {
		return lastChanged
	}
	return lastDiffers
}

// nearness says how like two skeletons are: 2 a slip of the pen, 1 similar, 0 not.
func nearness(s, o string) int {
	if strange(letters(s), letters(o)) {
		return 0
	}
	return alike(s, o)
}

// alike is nearness of words that are not strange to each other.
func alike(s, o string) int {
	least := min(len(s), len(o))
	if least < 3 {
		return 0
	}
	edits := within(s, o, 2)
	switch {
	case edits <= 1 && least >= 4, edits == 2 && least >= 8:
		return 2
	case edits <= 2 && least >= 6:
		return 1
	}
	similarity := jaroWinkler(s, o)
	switch {
	case similarity >= 940 && least >= 5:
		return 2
	case similarity >= 860 && least >= 4, edits <= 1:
		return 1
	}
	return 0
}

// strange sees cheaply, by the letters that they have, that two words cannot be one.
func strange(x, y uint32) bool { return bits.OnesCount32(x^y) > 6 }

func letters(s string) (set uint32) {
	for i := range len(s) {
		set |= 1 << (s[i] & 31)
	}
	return set
}

// sharesHalf reports whether one surname is a half of the other, double one.
func sharesHalf(x, y *personName) bool {
	for _, half := range x.halves {
		if half != none && (half == y.stem || half == y.halves[0] || half == y.halves[1]) {
			return true
		}
	}
	return y.halves[0] == x.stem && x.stem != none || y.halves[1] == x.stem && x.stem != none
}

func (c *nameComparison) firstName(x, y *personName, t *trace) finding {
	if x.first == none || y.first == none {
		return finding{}
	}
	at := firstLevel(x, y)
	return t.note("first", &c.first[at], x.firstRarity, y.firstRarity, x.first, y.first)
}

func firstLevel(x, y *personName) int {
	if (x.firstMarks|y.firstMarks)&firstInitial != 0 {
		if initialFits(x, y) {
			return firstInitials
		}
		return firstDiffers
	}
	switch {
	case x.givenName == y.givenName || x.first == y.first:
		return firstExact
	case sharesForm(x, y):
		return firstForm
	case x.firstMarks&y.firstMarks&firstKnown != 0:
		return firstDiffers
	}
	if !strange(x.firstMask, y.firstMask) {
		// words of two scripts, whose skeletons differ, may be one in the spelling of some language: Джексон and Jackson
		if x.givenName.cyrillic != y.givenName.cyrillic && naming.Across(x.givenName.written, y.givenName.written) {
			return firstClose
		}
		switch alike(ordered(x.first, y.first)) {
		case 2:
			return firstClose
		case 1:
			return firstSimilar
		}
	}
	if closeForm(x, y) {
		return firstSimilar
	}
	return firstDiffers
}

// initialFits reports whether an initial may stand for the other given name or a full form of it.
func initialFits(x, y *personName) bool {
	if x.firstMarks&firstInitial == 0 {
		x, y = y, x
	}
	initial := x.first
	if strings.HasPrefix(y.first, initial) {
		return true
	}
	for _, form := range y.forms {
		if form != none && strings.HasPrefix(form, initial) {
			return true
		}
	}
	return y.firstMarks&firstInitial != 0 && strings.HasPrefix(initial, y.first)
}

func sharesForm(x, y *personName) bool {
	for _, f := range x.forms {
		if f == none {
			return false
		}
		if f == y.forms[0] || f == y.forms[1] || f == y.forms[2] {
			return true
		}
	}
	return false
}

// closeForm sees a slip of the pen in a short form.
func closeForm(x, y *personName) bool {
	for _, f := range x.forms {
		for _, g := range y.forms {
			if f != none && g != none && max(len(f), len(g)) >= 5 && within(f, g, 1) <= 1 {
				return true
			}
		}
	}
	return false
}

func (c *nameComparison) patronymicOf(x, y *personName, t *trace) finding {
	if x.patronymic == none || y.patronymic == none {
		return finding{}
	}
	at := patronymicLevel(x, y)
	return t.note("patronymic", &c.patronymic[at], x.patronymicRarity, y.patronymicRarity, x.patronymic, y.patronymic)
}

func patronymicLevel(x, y *personName) int {
	s, o := x.patronymic, y.patronymic
	switch {
	case (x.patronymicMarks|y.patronymicMarks)&patronymicInitial != 0:
		if strings.HasPrefix(s, o) || strings.HasPrefix(o, s) {
			return patronymicInitials
		}
		return patronymicDiffers
	case s == o:
		if x.patronymicGender != 0 && y.patronymicGender != 0 && x.patronymicGender != y.patronymicGender {
			return patronymicSibling
		}
		return patronymicExact
	}
	if nearness(ordered(s, o)) > 0 {
		return patronymicClose
	}
	return patronymicDiffers
}

// exchanged compares surname with given name and the other way round.
func (c *nameComparison) exchanged(x, y *personName, t *trace) finding {
	if (x.firstMarks|y.firstMarks)&firstInitial != 0 || x.last == none || y.last == none || x.first == none || y.first == none {
		return finding{}
	}
	one, two := crossLevel(x.lastName, y.givenName), crossLevel(y.lastName, x.givenName)
	if one < 0 || two < 0 {
		return finding{}
	}
	sum := t.note("last", &c.last[max(one, two)], x.lastRarity, y.lastRarity, x.last, y.first)
	sum = sum.add(t.note("first", &c.first[firstExact], x.firstRarity, y.firstRarity, x.first, y.last))
	return sum.add(t.note("order", &c.swapped, 0, 0, none, none))
}

// crossLevel compares a surname with a given name; -1: they differ.
func crossLevel(x *lastName, y *givenName) int {
	last, first := x.last, y.first
	if last == first {
		return lastExact
	}
	if strange(x.lastMask, y.firstMask) {
		return -1
	}
	if len(last) > 4 && alike(ordered(last, first)) == 2 || x.cyrillic != y.cyrillic && naming.Across(x.written, y.written) {
		return lastClose
	}
	return -1
}

// genderOf weighs what the given names have not said already.
func (c *nameComparison) genderOf(x, y *personName, a, b *Item, t *trace) finding {
	g, h := genderIn(x, a), genderIn(y, b)
	if g == 0 || h == 0 {
		return finding{}
	}
	agreed := x.first != none && y.first != none && (x.firstMarks|y.firstMarks)&firstInitial == 0
	switch {
	case g != h:
		return t.note("gender", &c.gender[1], 0, 0, genderWord(g), genderWord(h))
	case agreed:
		return finding{}
	}
	return t.note("gender", &c.gender[0], 0, 0, genderWord(g), genderWord(h))
}

var male, female = "m", "f"

func genderWord(g byte) word {
	if g == 'm' {
		return male
	}
	return female
}

func genderIn(n *personName, it *Item) byte {
	if it.gender != 0 {
		return it.gender
	}
	return n.gender
}
