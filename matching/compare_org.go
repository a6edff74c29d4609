package matching

// Levels of the name core of an organization.
const (
	coreExact = iota
	coreMost
	corePart
	coreAcronym
	coreClose
	coreSome
	coreSibling
	coreDiffers
)

var (
	coreKeys = []string{"exact", "most", "part", "acronym", "close", "some", "sibling", "differs"}
	formKeys = []string{"exact", "differs"}
)

// orgComparison compares names of organizations as sets of words, each worth its rarity.
type orgComparison struct {
	core, form []level
}

func newOrgComparison(k *KindModel, attribute string) (c *orgComparison, err error) {
	c = new(orgComparison)
	if c.core, err = k.table(coreKeys, attribute+".core", "organization_name.core"); err != nil {
		return nil, err
	}
	c.form, err = k.table(formKeys, attribute+".form", "organization_name.form")
	return c, err
}

func (c *orgComparison) compare(a, b *Item, t *trace) finding {
	var found finding
	var bestX, bestY *orgName
	for i := range a.orgs {
		for j := range b.orgs {
			x, y := &a.orgs[i], &b.orgs[j]
			if f := c.pair(x, y, nil); f.better(found) {
				found, bestX, bestY = f, x, y
			}
		}
	}
	if t != nil && found.seen {
		c.pair(bestX, bestY, t)
	}
	return found
}

func (c *orgComparison) pair(x, y *orgName, t *trace) finding {
	if x.sorted == none || y.sorted == none {
		return finding{}
	}
	at, rarity := c.coreLevel(x, y)
	sum := t.note("core", &c.core[at], rarity, rarity, x.joined, y.joined)
	if x.form == none || y.form == none || at == coreDiffers {
		return sum
	}
	if x.form == y.form {
		return sum.add(t.note("form", &c.form[0], 0, 0, x.form, y.form))
	}
	return sum.add(t.note("form", &c.form[1], 0, 0, x.form, y.form))
}

// coreLevel finds the level and how rare what is shared is. Names that share words are told apart
// by what is left of each: nothing much of either, of one of them, or of both. A number or a
// compass point on either side that the other lacks makes two of a row: School 5 and School 6.
func (c *orgComparison) coreLevel(x, y *orgName) (int, int16) {
	if x.sorted == y.sorted || x.joined == y.joined {
		return coreExact, min(x.worth(), y.worth())
	}
	o := overlapOf(x, y)
	rarity := clampRarity(o.common - orgBase)
	switch {
	case o.siblings() && o.common > 0 && o.common >= min(o.allX, o.allY)/3:
		return coreSibling, rarity
	case o.siblings():
		return coreDiffers, 0
	case sameButSlips(x.joined, y.joined):
		return coreClose, min(x.worth(), y.worth())
	case o.restX <= o.allX/4 && o.restY <= o.allY/4:
		return coreMost, rarity
	case o.restX <= o.allX/4 || o.restY <= o.allY/4:
		return corePart, rarity
	case x.acronym != none && x.acronym == y.joined || y.acronym != none && y.acronym == x.joined:
		return coreAcronym, 0
	case o.common >= enoughCommon:
		return coreSome, rarity
	}
	return coreDiffers, 0
}

const (
	// orgBase is the worth of the words of an average name, in hundredths of a bit; the table's u stands for it.
	orgBase = 1150
	// enoughCommon is the worth of common words from which two names are not simply different.
	enoughCommon = 700
)

func clampRarity(w Weight) int16 { return int16(max(-maxRarity, min(maxRarity, w))) }

// worth is how much rarer than average the words of a name are together.
func (n *orgName) worth() int16 {
	var sum Weight
	for i := range n.tokens {
		sum += Weight(n.tokens[i].rarity)
	}
	return clampRarity(sum - orgBase)
}

// overlap says what two sets of words have in common and what is left of each.
type overlap struct {
	common         Weight // what the common words are worth; words written nearly alike count less
	allX, allY     Weight
	restX, restY   Weight
	orderX, orderY bool // a number or compass point is left
}

// siblings reports names that both have a number or a compass point that the other lacks.
func (o *overlap) siblings() bool { return o.orderX && o.orderY }

func overlapOf(x, y *orgName) (o overlap) {
	var common, back Weight
	common, o.allX, o.restX, o.orderX = covered(x.tokens, y.tokens)
	back, o.allY, o.restY, o.orderY = covered(y.tokens, x.tokens)
	o.common = min(common, back) // two words may be near the same one
	return o
}

// covered weighs the words of a name that another one has too.
func covered(list, others []orgToken) (common, all, rest Weight, order bool) {
	for i := range list {
		t := &list[i]
		all += Weight(t.rarity)
		part := commonWeight(t, others)
		common += part
		if part == 0 {
			rest += Weight(t.rarity)
			order = order || t.order
		}
	}
	return common, all, rest, order
}

// commonWeight is what a word is worth as a common one; 0 if the list has none like it. A slip of
// the pen costs a quarter, an abbreviation half. Numbers have no slips.
func commonWeight(t *orgToken, list []orgToken) Weight {
	best := Weight(0)
	for i := range list {
		o := &list[i]
		if o.hash == t.hash {
			return Weight(t.rarity)
		}
		if t.order || o.order {
			continue
		}
		worth := Weight(min(t.rarity, o.rarity))
		switch {
		case nearness(ordered(t.text, o.text)) == 2:
			best = max(best, worth*3/4)
		case abbreviates(t.text, o.text) || abbreviates(o.text, t.text):
			best = max(best, worth/2)
		}
	}
	return best
}

// abbreviates reports whether a short word stands for a long one: an initial, its beginning (dev,
// assoc), or its consonants (ctr, svcs).
func abbreviates(short, long string) bool {
	switch {
	case short[0] != long[0] || len(short) >= len(long):
		return false
	case len(short) == 1:
		return true
	case len(short) < 3 || len(short)+2 > len(long):
		return false
	}
	return long[:len(short)] == short || !hasVowel(short) && isWithin(short, long)
}

func hasVowel(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case 'a', 'e', 'i', 'o', 'u':
			return true
		}
	}
	return false
}

// isWithin reports whether the letters of a word stand in another one in the same order.
func isWithin(short, long string) bool {
	at := 0
	for i := 0; i < len(long) && at < len(short); i++ {
		if long[i] == short[at] {
			at++
		}
	}
	return at == len(short)
}

// sameButSlips reports whether two names written without blanks differ by slips of the pen: one
// for every eight letters, none in a number.
func sameButSlips(x, y string) bool {
	s, o := ordered(x, y)
	least := min(len(s), len(o))
	if least < 5 || least > longest || !sameDigits(s, o) {
		return false
	}
	return within(s, o, min(3, 1+least/10)) <= min(3, 1+least/10)
}

// sameDigits reports whether two texts have the same digits in the same order.
func sameDigits(s, o string) bool {
	i, j := 0, 0
	for {
		for i < len(s) && !isDigit(s[i]) {
			i++
		}
		for j < len(o) && !isDigit(o[j]) {
			j++
		}
		switch {
		case i == len(s) || j == len(o):
			return i == len(s) && j == len(o)
		case s[i] != o[j]:
			return false
		}
		i, j = i+1, j+1
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
