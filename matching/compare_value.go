package matching

import "fmt"

// Levels of a date, best first.
const (
	dateExact = iota
	dateReading
	dateTypo
	datePart
	dateDays
	dateYear
	dateDiffers
)

var dateKeys = []string{"exact", "reading", "typo", "part", "days", "year", "differs"}

// best compares two sets of atoms: the best pair counts, generic values do not.
func best(slot uint8, a, b *Item, t *trace, levels []level, levelOf func(x, y *atom) int) finding {
	var found finding
	var bestX, bestY *atom
	at := 0
	left, right := a.of(slot), b.of(slot)
	for i := range left {
		x := &left[i]
		if x.marks&markBranch != 0 || x.silent(a.Generic) {
			continue
		}
		for j := range right {
			y := &right[j]
			if y.marks&markBranch != 0 || y.silent(b.Generic) {
				continue
			}
			l := levelOf(x, y)
			if l < 0 {
				continue
			}
			if f := levels[l].at(x.rarity, y.rarity); f.better(found) {
				found, bestX, bestY, at = f, x, y, l
			}
		}
	}
	if t != nil && found.seen {
		t.say("", &levels[at], bestX.rarity, bestY.rarity, bestX.shown(), bestY.shown())
	}
	return found
}

// shown is the value as people read it.
func (a *atom) shown() string {
	if a.text != "" {
		return a.text
	}
	year, month, day := a.exact/10000, a.exact/100%100, a.exact%100
	switch {
	case month == 0:
		return fmt.Sprintf("%04d", year)
	case day == 0:
		return fmt.Sprintf("%04d-%02d", year, month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

// dateComparison compares dates. An atom's exact is year, month, day as yyyymmdd; near is the year.
type dateComparison struct {
	slot   uint8
	levels []level
}

func (c *dateComparison) compare(a, b *Item, t *trace) finding {
	return best(c.slot, a, b, t, c.levels, dateLevel)
}

func dateLevel(x, y *atom) int {
	if (x.marks|y.marks)&markWeak != 0 {
		return brokenDateLevel(x.exact, y.exact)
	}
	if (x.marks|y.marks)&markPart != 0 {
		return partialLevel(x.exact, y.exact)
	}
	if x.exact == y.exact {
		if (x.marks|y.marks)&markReading != 0 {
			return dateReading
		}
		return dateExact
	}
	xd, yd := x.exact%10000, y.exact%10000
	switch {
	case apart(x.near, y.near) >= generation && xd != yd:
		return dateDiffers
	case x.near == y.near && xd/100 == yd%100 && xd%100 == yd/100:
		return dateReading
	case oneSlip(x.exact, y.exact):
		return dateTypo
	case x.near == y.near:
		return dateYear
	case xd == yd:
		return dateDays
	}
	return dateDiffers
}

// brokenDateLevel compares a date that is none, by a slip of the pen; one that is another says nothing.
func brokenDateLevel(x, y uint64) int {
	equal := 0
	for _, unit := range [...]uint64{10000, 100, 1} {
		if x/unit%100 == y/unit%100 && (unit < 10000 || x/unit == y/unit) {
			equal++
		}
	}
	if equal >= 2 || oneSlip(x, y) {
		return dateTypo
	}
	return -1
}

// brokenDate reads year, month and day as they are written, whatever they are; 0 if there are no three numbers.
func brokenDate(s string) uint64 {
	var groups [4]uint64
	var digits [4]int
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			continue
		}
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			if digits[n]++; digits[n] > 4 {
				return 0
			}
			groups[n] = groups[n]*10 + uint64(s[i]-'0')
		}
		if n++; n > 3 {
			return 0
		}
	}
	switch {
	case n != 3 || digits[1] > 2:
		return 0
	case digits[0] == 4 && digits[2] <= 2:
		return groups[0]*10000 + groups[1]*100 + groups[2]
	case digits[2] == 4 && digits[0] <= 2:
		return groups[2]*10000 + groups[1]*100 + groups[0]
	}
	return 0
}

// generation is how many years lie at least between parents and children: dates so far apart
// are no slip of the pen, unless month and day are equal.
const generation = 15

func apart(x, y uint64) uint64 { return max(x, y) - min(x, y) }

// partialLevel compares what two dates both have.
func partialLevel(x, y uint64) int {
	switch {
	case x/10000 != y/10000:
		return dateDiffers
	case x/100%100 != 0 && y/100%100 != 0 && x/100 != y/100:
		return dateYear
	}
	return datePart
}

// oneSlip reports whether two numbers of eight digits differ in one digit or by a swap of neighbors.
func oneSlip(x, y uint64) bool {
	differ, swapped := 0, true
	var dx, dy [2]uint64
	last := -2
	for i := range 8 {
		p, q := x%10, y%10
		x, y = x/10, y/10
		if p == q {
			continue
		}
		if differ == 2 {
			return false
		}
		dx[differ], dy[differ] = p, q
		swapped = differ == 0 || last == i-1
		last = i
		differ++
	}
	return differ == 1 || differ == 2 && swapped && dx[0] == dy[1] && dx[1] == dy[0]
}

// Levels of an identity number.
const (
	idExact = iota
	idReading
	idTypo
	idDiffers
)

var (
	idKeys     = []string{"exact", "reading", "typo", "differs"}
	branchKeys = []string{"exact", "differs"}
)

// idComparison compares numbers given by an authority; with a branch code of the same owner it
// weighs that as well, mildly.
type idComparison struct {
	slot   uint8
	levels []level
	branch []level // nil: there is no branch code
	apart  bool    // organizations with other branch codes are other customers
}

func (c *idComparison) compare(a, b *Item, t *trace) finding {
	found := best(c.slot, a, b, t, c.levels, idLevel)
	if !found.seen || c.branch == nil {
		return found
	}
	return found.add(c.branchOf(a, b, t))
}

func idLevel(x, y *atom) int {
	weak := (x.marks | y.marks) & markWeak
	switch {
	case x.exact == y.exact && (x.marks|y.marks)&(markReading|markWeak) != 0:
		return idReading
	case x.exact == y.exact:
		return idExact
	case nearNumber(x.text, y.text):
		return idTypo
	case weak != 0:
		return -1 // a number that is wrong anyway says nothing by being another one
	}
	return idDiffers
}

// nearNumber reports whether two numbers of some length differ by one digit or a swap of neighbors.
func nearNumber(s, o string) bool {
	return len(s) == len(o) && len(s) >= 6 && within(s, o, 1) == 1
}

func (c *idComparison) branchOf(a, b *Item, t *trace) finding {
	seen := false
	left, right := a.of(c.slot), b.of(c.slot)
	var bx, by *atom
	for i := range left {
		for j := range right {
			x, y := &left[i], &right[j]
			if x.marks&y.marks&markBranch == 0 {
				continue
			}
			if x.exact == y.exact {
				return t.say("branch", &c.branch[0], 0, 0, x.text, y.text)
			}
			seen, bx, by = true, x, y
		}
	}
	if !seen {
		return finding{}
	}
	found := t.say("branch", &c.branch[1], 0, 0, bx.text, by.text)
	if c.apart {
		found.weight, found.kin = found.weight-branchesApart, found.kin-branchesApart
	}
	return found
}

// branchesApart is what another branch code takes when branches are customers of their own.
const branchesApart = 6000

// Levels of a phone.
const (
	phoneExact = iota
	phoneTypo
	phoneLast7
	phoneDiffers
)

var phoneKeys = []string{"exact", "typo", "last7", "differs"}

// phoneComparison compares phones. An atom's near is the number made of its last seven digits.
type phoneComparison struct {
	slot   uint8
	levels []level
}

func (c *phoneComparison) compare(a, b *Item, t *trace) finding {
	return best(c.slot, a, b, t, c.levels, phoneLevel)
}

func phoneLevel(x, y *atom) int {
	if (x.marks|y.marks)&markWeak != 0 {
		return brokenLevel(x, y)
	}
	switch {
	case x.exact == y.exact:
		return phoneExact
	case nearNumber(x.text, y.text):
		return phoneTypo
	case x.near == y.near:
		return phoneLast7
	}
	return phoneDiffers
}

// brokenLevel compares by one slip what may have lost its country code; a broken number that is
// another one says nothing.
func brokenLevel(x, y *atom) int {
	s, o := x.text, y.text
	if len(s) > 10 && len(o) > 10 && within(s, o, 1) <= 1 || within(s[max(0, len(s)-10):], o[max(0, len(o)-10):], 1) <= 1 {
		return phoneTypo
	}
	return -1
}

// Levels of an e-mail address.
const (
	emailExact = iota
	emailLocal
	emailClose
	emailName
	emailDiffers
)

var emailKeys = []string{"exact", "local", "close", "name", "differs"}

// emailComparison compares e-mail addresses. An atom's near is the hash of its local part, close the rarity of that.
type emailComparison struct {
	slot   uint8
	levels []level
}

func (c *emailComparison) compare(a, b *Item, t *trace) finding {
	return best(c.slot, a, b, t, c.levels, emailLevel)
}

func emailLevel(x, y *atom) int {
	switch {
	case x.exact == y.exact:
		return emailExact
	case x.near == y.near:
		return emailLocal
	case x.marks&y.marks&markOwnName != 0 && sameLetters(x.text, y.text):
		return emailName // anna.berg46 and anna.berg16: namesakes, told apart by a number
	case len(x.text) >= 9 && within(x.text, y.text, 1) == 1:
		return emailClose
	case x.marks&y.marks&markOwnName != 0:
		return emailName
	}
	return emailDiffers
}

// Levels of a text.
const (
	textExact = iota
	textClose
	textDiffers
)

var (
	textKeys     = []string{"exact", "close", "differs"}
	categoryKeys = []string{"exact", "differs"}
)

// textComparison compares texts without a meaning of their own.
type textComparison struct {
	slot   uint8
	levels []level
}

func (c *textComparison) compare(a, b *Item, t *trace) finding {
	return best(c.slot, a, b, t, c.levels, textLevel)
}

func textLevel(x, y *atom) int {
	switch {
	case x.exact == y.exact:
		return textExact
	case nearness(ordered(x.text, y.text)) == 2:
		return textClose
	}
	return textDiffers
}

// categoryComparison compares values out of few.
type categoryComparison struct {
	slot   uint8
	levels []level
}

func (c *categoryComparison) compare(a, b *Item, t *trace) finding {
	return best(c.slot, a, b, t, c.levels, func(x, y *atom) int {
		if x.exact == y.exact {
			return 0
		}
		return 1
	})
}
