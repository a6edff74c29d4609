package naming

import (
	"cmp"
	"slices"
	"strings"

	"kartoteka/customer"
)

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

// joins adds one word against two that are written together: "al assad" and "alassad". A word that stands
// there by itself is no two.
func (c *comparison) joins(list []link, i, j int) []link {
	if i+1 < len(c.a.tokens) && !stands(c.a.tokens[i:i+2], &c.b.tokens[j]) {
		if found := c.joined(c.a.tokens[i:i+2], &c.b.tokens[j]); found.plus > 0 {
			list = append(list, link{i, j, 2, 1, Joined, found})
		}
	}
	if j+1 < len(c.b.tokens) && !stands(c.b.tokens[j:j+2], &c.a.tokens[i]) {
		if found := c.joined(c.b.tokens[j:j+2], &c.a.tokens[i]); found.plus > 0 {
			list = append(list, link{i, j, 1, 2, Joined, found})
		}
	}
	return list
}

func stands(two []token, one *token) bool { return two[0].text == one.text || two[1].text == one.text }

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
		c.add(l.finding)
	}
	c.tell(taken)
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

// tell names the links that were taken in the order of the caller's first name.
func (c *comparison) tell(taken []link) {
	if c.swapped {
		taken = slices.SortedFunc(slices.Values(taken), func(x, y link) int { return cmp.Compare(x.j, y.j) })
	}
	for _, l := range taken {
		c.reason(l.how, c.a.text(l.i, l.i+l.ni), c.b.text(l.j, l.j+l.nj), l.finding)
	}
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

// order notes words that stand in another order; taken stands in the order of a, whoever is the caller's first,
// since a permutation and its inverse may have unequal numbers of descents.
func (c *comparison) order(taken []link) {
	crossed, descent := 0, false
	for i := 1; i < len(taken); i++ {
		if taken[i].j < taken[i-1].j != (taken[i].i < taken[i-1].i) {
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
