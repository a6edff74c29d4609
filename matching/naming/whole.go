package naming

import (
	"slices"
	"strings"
	"sync"

	"kartoteka/customer"
)

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
	case translated(c.a.codes, c.b.codes):
		c.note(FormSame, a, b, evidence(0.1))
	default:
		c.note(FormDiffers, a, b, evidence(-2))
	}
}

// families are the legal forms that translate each other.
var families = sync.OnceValue(func() (list [][]string) {
	for line := range lines(wordsText) {
		if rest, ok := strings.CutPrefix(line, "family:"); ok {
			list = append(list, strings.Fields(rest))
		}
	}
	return list
})

// translated reports whether two names have forms of one family.
func translated(a, b []string) bool {
	for _, family := range families() {
		member := func(code string) bool { return slices.Contains(family, code) }
		if slices.ContainsFunc(a, member) && slices.ContainsFunc(b, member) {
			return true
		}
	}
	return false
}

func (c *comparison) titles() {
	a, b := strings.Join(c.a.titles, " "), strings.Join(c.b.titles, " ")
	if a != b {
		c.note(TitleDropped, a, b, evidence(-0.1))
	}
}
