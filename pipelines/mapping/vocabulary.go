package mapping

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed vocabulary.txt
var vocabularyText string

// concept is what a column can mean: ATTRIBUTE[@KIND][.PART].
type concept struct {
	attribute string // portrait role: name, phone, ...; with a leading "-" no attribute
	kind      string // value kind: mobile, registration, ...
	part      string // last, year, city, ...
}

func (c concept) String() string {
	s := c.attribute
	if c.kind != "" {
		s += "@" + c.kind
	}
	if c.part != "" {
		s += "." + c.part
	}
	return s
}

func parseConcept(s string) concept {
	var c concept
	s, c.part, _ = strings.Cut(s, ".")
	c.attribute, c.kind, _ = strings.Cut(s, "@")
	return c
}

// vocabulary finds concepts by the names that columns have.
type vocabulary struct {
	exact     map[string]concept  // squashed name
	skeletons map[string]concept  // of names with five letters or more
	byWords   map[string][]phrase // first word of each phrase
}

type phrase struct {
	words   []string
	concept concept
}

var loadVocabulary = sync.OnceValue(func() *vocabulary { return readVocabulary(vocabularyText) })

// readVocabulary reads the embedded list; the first concept that claims a name keeps it.
func readVocabulary(text string) *vocabulary {
	v := &vocabulary{exact: map[string]concept{}, skeletons: map[string]concept{}, byWords: map[string][]phrase{}}
	for line := range strings.Lines(text) {
		name, list, ok := strings.Cut(line, " = ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		c := parseConcept(name)
		for alias := range strings.SplitSeq(list, ";") {
			v.add(words(alias), c)
		}
	}
	return v
}

func (v *vocabulary) add(w []string, c concept) {
	if len(w) == 0 {
		return
	}
	s := squash(w)
	if _, taken := v.exact[s]; taken {
		return
	}
	v.exact[s] = c
	if k := skeleton(s); len(k) >= 5 {
		if _, taken := v.skeletons[k]; !taken {
			v.skeletons[k] = c
		}
	}
	if len(s) >= 5 && inside(c) {
		v.byWords[w[0]] = append(v.byWords[w[0]], phrase{w, c})
	}
}

// inside reports concepts whose names tell even within longer ones: "контактный телефон для
// смс" is a telephone, but "file name" is no name and "work place" no town.
func inside(c concept) bool {
	switch c.attribute {
	case "name", "full", "org", "short", "product", "national_id", "tax_no", "register_no":
		return false
	case "address", "birth_date", "passport":
		return c.part == ""
	}
	return !strings.HasPrefix(c.attribute, "-")
}

// hit is a concept found for a heading, with how it was found.
type hit struct {
	concept    concept
	confidence float64
	how        string // reason: exact alias, transliterated alias, ...
}

var somebodyElse = hit{concept{attribute: "-foreign"}, 0.5, "belongs to somebody else"}

// find looks a heading up, the surest way first; ok is false if nothing fits.
func (v *vocabulary) find(heading string) (hit, bool) {
	w := words(heading)
	if h, ok := v.lookup(w, "exact alias", 0.95); ok {
		return h, true
	}
	for _, tail := range tails(heading) { // contact.phone, КлючевыеСвойства.ИНН
		if foreign(words(strings.TrimSuffix(heading, tail))) {
			return somebodyElse, true
		}
		if h, ok := v.lookup(words(tail), "alias at the end of the path", 0.9); ok {
			return h, true
		}
	}
	if foreign(w) {
		return somebodyElse, true
	}
	kind, rest := modifiers(w)
	if h, ok := v.lookup(rest, "alias without filling words", 0.85); ok {
		return h.as(kind), true
	}
	for _, in := range [][]string{rest, w} {
		if h, ok := v.longestPhrase(in); ok {
			return h.as(kind), true
		}
	}
	return hit{}, false
}

func (v *vocabulary) lookup(w []string, how string, confidence float64) (hit, bool) {
	if len(w) == 0 {
		return hit{}, false
	}
	s := squash(w)
	if c, ok := v.exact[s]; ok {
		return hit{c, confidence, how}, true
	}
	if c, ok := v.skeletons[skeleton(s)]; ok {
		return hit{c, confidence - 0.05, "transliterated " + how}, true
	}
	return hit{}, false
}

// longestPhrase finds an alias inside the heading: "номер телефона для связи с 9 до 18".
func (v *vocabulary) longestPhrase(w []string) (hit, bool) {
	best, length := concept{}, 0
	for i := range w {
		for _, p := range v.byWords[w[i]] {
			if n := len(squash(p.words)); n > length && hasPrefix(w[i:], p.words) {
				best, length = p.concept, n
			}
		}
	}
	return hit{best, 0.6, "alias inside the name"}, length > 0
}

func hasPrefix(w, prefix []string) bool {
	if len(w) < len(prefix) {
		return false
	}
	for i := range prefix {
		if w[i] != prefix[i] {
			return false
		}
	}
	return true
}

// as gives phones and addresses the value kind that a modifier says.
func (h hit) as(kind string) hit {
	if kind == "" || h.concept.kind != "" {
		return h
	}
	switch h.concept.attribute {
	case "phone", "email", "address":
		h.concept.kind = kind
	}
	return h
}

// tails are the ends of a dotted path, longest first, without the whole.
func tails(heading string) []string {
	var out []string
	for {
		_, tail, ok := strings.Cut(heading, ".")
		if !ok {
			return out
		}
		if strings.TrimSpace(tail) == "" {
			return out
		}
		out = append(out, tail)
		heading = tail
	}
}
