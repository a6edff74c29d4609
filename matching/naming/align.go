package naming

import (
	"cmp"
	"slices"
	"strings"

	"kartoteka/customer"
)

// Weights of a comparison, in bits. They are set by what words of names generally tell, and
// are the same for every file.
const (
	gainBase       = 1.0  // for agreeing at all
	gainLetter     = 0.6  // for each letter that agrees
	gainMost       = 4.5  // of one word
	loss           = -9.0 // a word for another one
	lossTypo       = 5.0  // as much as a slip of the pen may differ
	priorBits      = -1.0
	lossMissing    = -0.9 // a word that only one person's name has
	lossLonely     = -1.5 // and no more than one word is left that agrees
	lossMissingOrg = -2.8
	lossNumber     = -6.0 // another number
	lossFirst      = -1.5 // the first of several often has no number
	lossDescent    = -5.0 // father and son changed places
)

// weight is how much of the usual a word of a class tells.
func (c class) weight() float64 {
	switch c {
	case particle, title:
		return 0.15
	case weak:
		return 0.4
	case initial:
		return 0.4
	}
	return 1
}

// link is a word of one name beside a word, or two joined, of the other.
type link struct {
	i, j   int
	ni, nj int // how many words it takes: 1 or 2
	how    How
	finding
}

func (c *comparison) compare() {
	c.note("prior", "", "", evidence(priorBits))
	c.reasons = c.reasons[:0]
	if len(c.a.tokens) == 0 || len(c.b.tokens) == 0 {
		c.empty()
		return
	}
	if c.a.joined == c.b.joined && len(c.a.tokens) != len(c.b.tokens) || c.a.whole == c.b.whole && c.a.joined != c.b.joined {
		c.note(Joined, c.a.text(0, len(c.a.tokens)), c.b.text(0, len(c.b.tokens)), evidence(gainMost+gainBase))
	} else if !c.acronym() {
		c.assign(c.links())
	}
	c.forms()
	c.titles()
}

func (c *comparison) empty() {
	if len(c.a.tokens) == len(c.b.tokens) {
		c.note(Exact, "", "", evidence(-priorBits))
		return
	}
	c.note(Missing, c.a.text(0, len(c.a.tokens)), c.b.text(0, len(c.b.tokens)), evidence(loss))
}

func (n *name) text(from, to int) string {
	list := make([]string, 0, to-from)
	for _, t := range n.tokens[from:to] {
		list = append(list, t.text)
	}
	return strings.Join(list, " ")
}

// links lists how words may go together, the best first; what is listed is the same from either side.
func (c *comparison) links() (list []link) {
	for i := range c.a.tokens {
		for j := range c.b.tokens {
			how, found := c.pair(&c.a.tokens[i], &c.b.tokens[j])
			if how == Differs && unequal(&c.a.tokens[i], &c.b.tokens[j]) {
				continue // neither stands for the other
			}
			list = append(list, link{i, j, 1, 1, how, found})
			list = c.joins(list, i, j)
		}
	}
	slices.SortStableFunc(list, func(x, y link) int {
		return cmp.Or(cmp.Compare(y.bits(), x.bits()), cmp.Compare(abs(x.i-x.j), abs(y.i-y.j)), cmp.Compare(x.i+x.j, y.i+y.j))
	})
	return list
}

// unequal reports whether one word tells much and the other little.
func unequal(x, y *token) bool {
	return (x.class == plain) != (y.class == plain) && x.class != initial && y.class != initial
}

func abs(n int) int { return max(n, -n) }

// joins adds one word against two that are written together: "al assad" and "alassad".
func (c *comparison) joins(list []link, i, j int) []link {
	if i+1 < len(c.a.tokens) {
		if found := c.joined(c.a.tokens[i:i+2], &c.b.tokens[j]); found.plus > 0 {
			list = append(list, link{i, j, 2, 1, Joined, found})
		}
	}
	if j+1 < len(c.b.tokens) {
		if found := c.joined(c.b.tokens[j:j+2], &c.a.tokens[i]); found.plus > 0 {
			list = append(list, link{i, j, 1, 2, Joined, found})
		}
	}
	return list
}

func (c *comparison) joined(two []token, one *token) finding {
	both := two[0].text + two[1].text
	if len(one.text) < 4 || abs(len(both)-len(one.text)) > 1+len(both)/2 || two[0].class == number || two[1].class == number {
		return finding{}
	}
	read := compiled().letters.spell(both)
	cost, size := c.cost(&read, &one.read)
	if cost > 12*size { // at most one letter in eight
		return finding{}
	}
	return finding{1.2 * gain(size), -lossTypo*float64(cost)/tolerated(size) - 0.2}
}

func (c *comparison) cost(x, y *spelled) (cost, size int) {
	size = max(len(x.letters), len(y.letters)) - 2
	cost = int(compiled().apart(&c.grid, x, y, never-1))
	if x.syllables || y.syllables {
		cost *= 2
	}
	return cost, max(1, size)
}

func gain(letters int) float64 { return min(gainMost, gainBase+gainLetter*float64(letters)) }

// pair compares two words.
func (c *comparison) pair(x, y *token) (How, finding) {
	weight := min(x.class.weight(), y.class.weight())
	if x.class == number || y.class == number {
		return pairNumbers(x, y)
	}
	if x.class == initial || y.class == initial {
		return c.pairInitials(x, y)
	}
	if x.text == y.text {
		return Exact, finding{plus: weight * gain(len(x.read.letters)-2)}
	}
	cost, size := c.cost(&x.read, &y.read)
	apart := float64(cost) / tolerated(size-sharedEnding(x.text, y.text))
	if apart > 0.3 && sharesForm(x, y) {
		return GivenForm, finding{0.8 * gain(size), -0.8}
	}
	f := finding{weight * gain(size) * max(0, 1-apart/1.5), weight * max(loss, -lossTypo*apart)}
	return c.kindOf(x, y, apart), f
}

// tolerated is the cost up to which two words may be one: a letter of a short word, two of a long one.
func tolerated(size int) float64 { return 90 + 8*float64(size) }

func (c *comparison) kindOf(x, y *token, apart float64) How {
	switch {
	case x.read.script != y.read.script && apart < 0.4:
		return Transliteration
	case apart < 0.3:
		return Spelling
	case apart <= 1:
		return Typo
	case apart < 1.5:
		return Similar
	}
	return Differs
}

// finding is evidence for and against one bearer, in bits; against is negative.
type finding struct{ plus, minus float64 }

func (f finding) bits() float64 { return f.plus + f.minus }

func pairNumbers(x, y *token) (How, finding) {
	switch {
	case x.text == y.text:
		return Exact, finding{plus: 2}
	case x.class == y.class:
		return NumberDiffers, finding{minus: lossNumber}
	}
	return Differs, finding{minus: loss - 1}
}

func sharesForm(x, y *token) bool {
	for _, f := range x.forms {
		if slices.Contains(y.forms, f) {
			return true
		}
	}
	return false
}

// pairInitials compares an initial with a word or with another initial.
func (c *comparison) pairInitials(x, y *token) (How, finding) {
	if x.class != initial {
		x, y = y, x
	}
	if y.class == particle {
		return Differs, finding{minus: loss * particle.weight()}
	}
	if y.class == initial {
		if cost, _ := c.cost(&x.read, &y.read); cost <= 10 {
			return Initial, finding{1, -0.5}
		}
		return Differs, finding{minus: loss * 0.7}
	}
	for n := 2; n <= min(5, len(y.read.letters)-1); n++ {
		head := spelled{letters: append(slices.Clone(y.read.letters[:n]), closing), script: y.read.script}
		if cost := compiled().apart(&c.grid, &x.read, &head, never-1); cost <= 10 {
			return Initial, finding{0.8, -0.5}
		}
	}
	return Differs, finding{minus: loss * 0.7}
}

// assign takes the best links first and judges what is left.
func (c *comparison) assign(list []link) {
	usedA, usedB := make([]bool, len(c.a.tokens)), make([]bool, len(c.b.tokens))
	var taken []link
	for _, l := range list {
		if anyOf(usedA[l.i:l.i+l.ni]) || anyOf(usedB[l.j:l.j+l.nj]) {
			continue
		}
		fill(usedA[l.i : l.i+l.ni])
		fill(usedB[l.j : l.j+l.nj])
		taken = append(taken, l)
	}
	slices.SortFunc(taken, func(x, y link) int { return cmp.Compare(x.i, y.i) })
	agreeing := 0
	for _, l := range taken {
		if l.bits() > 0 && c.a.tokens[l.i].class != particle {
			agreeing++
		}
		c.note(l.how, c.a.text(l.i, l.i+l.ni), c.b.text(l.j, l.j+l.nj), l.finding)
	}
	for i := range c.a.tokens {
		if !usedA[i] {
			c.missing(&c.a.tokens[i], true, agreeing)
		}
	}
	for j := range c.b.tokens {
		if !usedB[j] {
			c.missing(&c.b.tokens[j], false, agreeing)
		}
	}
	c.order(taken)
}

func anyOf(list []bool) bool { return slices.Contains(list, true) }

func fill(list []bool) {
	for i := range list {
		list[i] = true
	}
}

// missing judges a word that one name has and the other has not.
func (c *comparison) missing(t *token, inA bool, agreeing int) {
	bits := lossMissing
	switch {
	case t.class == number && t.text == "1":
		bits = lossFirst
	case t.class == number:
		bits = lossNumber
	case c.kind == customer.Organization:
		bits = lossMissingOrg
	case agreeing < 2:
		bits = lossLonely
	}
	if t.class != number {
		bits *= t.class.weight()
	}
	if inA {
		c.note(Missing, t.text, "", evidence(bits))
		return
	}
	c.note(Missing, "", t.text, evidence(bits))
}

// order notes words that stand in another order.
func (c *comparison) order(taken []link) {
	crossed, descent := 0, false
	for i := 1; i < len(taken); i++ {
		if taken[i].j < taken[i-1].j {
			crossed++
		}
	}
	if crossed > 0 && c.kind == customer.Person {
		descent = c.descent(taken)
	}
	if descent {
		c.note(Descent, "", "", evidence(lossDescent))
		return
	}
	if crossed > 0 {
		c.note(Order, "", "", evidence(-0.3*float64(crossed)))
	}
}

// sons are the words between a son's name and his father's.
var sons = map[string]bool{"bin": true, "ben": true, "ibn": true, "бин": true, "ибн": true, "бен": true}

// descent reports whether the words next to "bin" are exchanged: Salman bin Muhammad is no
// Muhammad bin Salman.
func (c *comparison) descent(taken []link) bool {
	at := [2]int{c.a.son(), c.b.son()}
	if at[0] < 0 || at[1] < 0 {
		return false
	}
	for _, l := range taken {
		if l.bits() > 0 && (l.i < at[0] && l.j > at[1] || l.i > at[0] && l.j < at[1]) {
			return true
		}
	}
	return false
}

// son is the place of the word for son, if names stand on both sides of it.
func (n *name) son() int {
	for i := 1; i < len(n.tokens)-1; i++ {
		if sons[n.tokens[i].text] {
			return i
		}
	}
	return -1
}

// acronym sees "МГУ" for "Московский государственный университет".
func (c *comparison) acronym() bool {
	if c.kind != customer.Organization {
		return false
	}
	short, long := c.a, c.b
	if len(short.tokens) > len(long.tokens) {
		short, long = long, short
	}
	if len(short.tokens) != 1 || len(long.tokens) < 3 || short.joined != long.firstLetters() {
		return false
	}
	c.note(Acronym, c.a.text(0, len(c.a.tokens)), c.b.text(0, len(c.b.tokens)), evidence(gainMost+1))
	return true
}

func (n *name) firstLetters() string {
	var out strings.Builder
	for i := range n.tokens {
		if n.tokens[i].class != particle && n.tokens[i].text != "of" && n.tokens[i].text != "for" {
			for _, r := range n.tokens[i].text {
				out.WriteRune(r)
				break
			}
		}
	}
	return out.String()
}

// forms compares legal forms.
func (c *comparison) forms() {
	a, b := strings.Join(c.a.codes, " "), strings.Join(c.b.codes, " ")
	switch {
	case a == b && a == "":
	case a == b:
		c.note(FormSame, a, b, evidence(0.7))
	case a == "" || b == "":
		c.note(FormDropped, a, b, evidence(-0.1))
	case slices.ContainsFunc(c.a.codes, func(s string) bool { return slices.Contains(c.b.codes, s) }):
		c.note(FormSame, a, b, evidence(0.5))
	default:
		c.note(FormDiffers, a, b, evidence(-0.6))
	}
}

func (c *comparison) titles() {
	a, b := strings.Join(c.a.titles, " "), strings.Join(c.b.titles, " ")
	if a != b {
		c.note(TitleDropped, a, b, evidence(-0.1))
	}
}

// evidence puts bits on the side where they belong.
func evidence(bits float64) finding {
	if bits > 0 {
		return finding{plus: bits}
	}
	return finding{minus: bits}
}
