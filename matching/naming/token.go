package naming

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"kartoteka/customer"
	"kartoteka/standardize"
)

//go:embed dict/words.txt
var wordsText string

// class says how much a word of a name tells.
type class uint8

const (
	plain class = iota
	particle
	title
	initial
	number
	weak // a word that many organizations have
)

var classNames = map[string]class{"particle": particle, "title": title, "weak": weak}

// endings are common endings of names, the longest first: words that share one are not alike for that.
var endings = sync.OnceValue(func() (list []string) {
	for line := range lines(wordsText) {
		if rest, ok := strings.CutPrefix(line, "ending:"); ok {
			list = append(list, strings.Fields(rest)...)
		}
	}
	slices.SortStableFunc(list, func(x, y string) int { return len(y) - len(x) })
	return list
})

// sharedEnding is how many letters of a common ending two words share.
func sharedEnding(x, y string) int {
	for _, e := range endings() {
		if strings.HasSuffix(x, e) && strings.HasSuffix(y, e) {
			return utf8.RuneCountInString(e)
		}
	}
	return 0
}

// classes leads from folded words to their class, for persons and for organizations.
var classes = sync.OnceValue(func() (m [2]map[string]class) {
	m = [2]map[string]class{{}, {}}
	for line := range lines(wordsText) {
		name, words, _ := strings.Cut(line, ":")
		if name == "ending" || name == "family" {
			continue
		}
		kinds, name, both := strings.Cut(name, " ")
		if !both {
			name = kinds
		}
		for w := range strings.FieldsSeq(words) {
			for k, kind := range []string{"person", "organization"} {
				if !both || kinds == kind {
					m[k][standardize.Fold(w)] = classNames[name]
				}
			}
		}
	}
	return m
})

// mostWords is how many words of a name are compared; the rest is cut, so that time is bounded.
const mostWords = 16

// longestName is how many bytes of a name are read.
const longestName = 1024

// token is one word of a name.
type token struct {
	text  string
	class class
	read  spelled
	forms []string // full given names that it may stand for
}

// name is a name taken apart.
type name struct {
	tokens []token
	codes  []string // of legal forms
	joined string   // its words without blanks
	whole  string   // the same with its legal forms
	titles []string
}

// clip cuts a text at the limit, not inside a letter.
func clip(s string) string {
	if len(s) > longestName {
		s = s[:longestName]
	}
	return strings.ToValidUTF8(s, "")
}

func words(s string) []string { return strings.Fields(romanize(standardize.Fold(clip(s)))) }

// readPerson takes a person's name apart.
func readPerson(s string) *name {
	all := words(s)
	n := &name{whole: strings.Join(all, "")}
	if core, codes := standardize.CutForms(all); isTrader(codes) {
		all = core
	}
	for _, w := range all {
		t := newToken(w, classes()[0][w])
		switch {
		case utf8.RuneCountInString(w) == 1 && t.read.script != scriptOther:
			t.class = initial
		case t.class == title || t.class == plain && standardize.IsNameTitle(w):
			t.class = title
		case t.class == plain:
			t.forms = standardize.GivenForms(w)
		}
		n.tokens = append(n.tokens, t)
	}
	n.dropTitles()
	return n.finish()
}

// dropTitles takes forms of address off, unless nothing else is left.
func (n *name) dropTitles() {
	kept := slices.DeleteFunc(slices.Clone(n.tokens), func(t token) bool { return t.class == title })
	if !slices.ContainsFunc(kept, func(t token) bool { return t.class == plain }) {
		return
	}
	for i := range n.tokens {
		if n.tokens[i].class == title {
			n.titles = append(n.titles, n.tokens[i].text)
		}
	}
	n.tokens = kept
}

// readOrganization takes an organization's name apart.
func readOrganization(s string) *name {
	all := words(strings.ReplaceAll(clip(s), "&", " and "))
	core, codes := standardize.CutForms(all)
	n := &name{codes: codes, whole: strings.Join(all, "")}
	for _, w := range numbers(joinLetters(core)) {
		t := newToken(w, classes()[1][w])
		if isNumber(w) {
			t.class = number
		}
		n.tokens = append(n.tokens, t)
	}
	n.dropArticle()
	return n.finish()
}

func (n *name) dropArticle() {
	kept := slices.DeleteFunc(slices.Clone(n.tokens), func(t token) bool { return t.text == "the" || t.text == "and" })
	if len(kept) > 0 {
		n.tokens = kept
	}
}

func newToken(w string, c class) token {
	return token{text: w, class: c, read: compiled().letters.spell(w)}
}

func (n *name) finish() *name {
	n.tokens = n.tokens[:min(len(n.tokens), mostWords)]
	for i := range n.tokens {
		n.joined += n.tokens[i].text
	}
	return n
}

// joinLetters makes one word of letters that stand alone: "l x c".
func joinLetters(list []string) (out []string) {
	run := false
	for _, w := range list {
		letter := utf8.RuneCountInString(w) == 1 && !isNumber(w)
		if letter && run {
			out[len(out)-1] += w
			continue
		}
		out, run = append(out, w), letter
	}
	return out
}

// guess decides what two names are about, if nobody says.
func guess(a, b string) customer.Kind {
	for _, s := range []string{a, b} {
		folded := words(s)
		core, codes := standardize.CutForms(folded)
		if isTrader(codes) {
			return customer.Person
		}
		if len(codes) > 0 && len(core) > 0 && (len(codes[0]) > 2 || !lonelyInitials(folded)) {
			return customer.Organization
		}
		for _, w := range folded {
			if classes()[1][w] == weak && classes()[0][w] == plain || isNumber(w) {
				return customer.Organization
			}
		}
	}
	return customer.Person
}

// isTrader reports whether a legal form is that of a person who trades alone.
func isTrader(codes []string) bool {
	return len(codes) > 0 && (codes[0] == "IP" || codes[0] == "FOP")
}

// lonelyInitials sees "ковалев а о", which ends like a legal form.
func lonelyInitials(folded []string) bool {
	return utf8.RuneCountInString(folded[len(folded)-1]) <= 2
}
