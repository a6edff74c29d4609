package naming

import (
	"slices"
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
	lossNumber     = -8.0 // another number, or one that only one name has
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
	size = max(1, size)
	cost = int(compiled().apart(&c.grid, x, y, int16(far(size))))
	if x.syllables || y.syllables {
		cost *= 2
	}
	return cost, size
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

// far is a cost from which words have nothing in common, whatever their ending.
func far(size int) int { return int(tolerated(size) * -loss / lossTypo) }

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

// evidence puts bits on the side where they belong.
func evidence(bits float64) finding {
	if bits > 0 {
		return finding{plus: bits}
	}
	return finding{minus: bits}
}
