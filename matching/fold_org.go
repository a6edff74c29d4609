package matching

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// joinedCore is the core of a name as its words are joined for comparison.
func joinedCore(core string) string {
	var b strings.Builder
	for _, w := range orgWords(standardize.Fold(core)) {
		b.WriteString(w.text)
	}
	return b.String()
}

// orgName folds one value of the name of an organization.
func (f *folding) orgName(v *value) orgName {
	words := orgWords(standardize.Fold(f.text(v.part(customer.OrgCore))))
	var n orgName
	var acronym []byte
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
		acronym = append(acronym, w.text[0])
		n.tokens = append(n.tokens, orgToken{w.text, hashText(0, w.text), f.coreTokens.of(w.text), w.order})
	}
	if len(words) > 2 {
		n.acronym = string(acronym)
	}
	n.joined = strings.Join(texts, "")
	slices.Sort(texts)
	n.sorted = strings.Join(slices.Compact(texts), " ")
	slices.SortFunc(n.tokens, func(x, y orgToken) int { return cmp.Compare(x.hash, y.hash) })
	n.tokens = slices.CompactFunc(n.tokens, func(x, y orgToken) bool { return x.hash == y.hash })
	n.form = standardize.Fold(f.text(v.part(customer.OrgForm)))
	return n
}

type orgWord struct {
	text  string
	order bool
}

// orgWords are the words of a folded name in skeletons, without those that only join others.
func orgWords(folded string) []orgWord {
	fields := strings.Fields(folded)
	out := make([]orgWord, 0, len(fields))
	for i, w := range fields {
		text, order := orderWord(w, i > 0 && i == len(fields)-1)
		if !order {
			text = standardize.Latin(w)
			order = text != "" && compassPoints()[text]
		}
		joins := joiners[w] || text == "i" && i > 0 && i < len(fields)-1 // и in Latin letters
		if text != "" && !joins {
			out = append(out, orgWord{text, order})
		}
	}
	if len(out) == 0 {
		for _, w := range fields {
			if text := standardize.Latin(w); text != "" {
				out = append(out, orgWord{text: text})
			}
		}
	}
	return out
}

// orderWord reads what numbers one of a row: 5, 5th, ii; a lone i only at the end.
func orderWord(w string, last bool) (string, bool) {
	if n, ok := romanNumbers[w]; ok && (len(w) > 1 || last) {
		return n, true
	}
	if w == "" || !isDigit(w[0]) {
		return "", false
	}
	return plainNumber(w), true
}

// plainNumber drops the ending of an ordinal number: 5th as 5.
func plainNumber(w string) string {
	digits := 0
	for digits < len(w) && isDigit(w[digits]) {
		digits++
	}
	switch w[digits:] {
	case "st", "nd", "rd", "th":
		return w[:digits]
	}
	return w
}

var (
	romanNumbers = map[string]string{"i": "1", "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
	joiners      = map[string]bool{"and": true, "of": true, "the": true, "for": true, "at": true, "in": true, "und": true, "et": true, "и": true, "в": true, "на": true, "та": true, "і": true, "с": true, "по": true}
)

// sides are the words for compass points, by the letter that stands for each.
var sides = map[string]string{"n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest"}

// compassPoints are the skeletons of the written-out compass points.
var compassPoints = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, written := range sides {
		out[skeleton(written)] = true
	}
	return out
})

// streetSides leads from the skeleton of a compass point, as a letter or written out, to its letter.
var streetSides = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for letter, written := range sides {
		out[skeleton(letter)], out[skeleton(written)] = letter, letter
	}
	return out
})

// streetOf takes the compass point off either end of a street's name and the endings off its
// numbers: "w 65th" is 65 on the w side.
func streetOf(s word) (street, side word) {
	words := strings.Fields(s)
	for len(words) > 1 {
		if letter, ok := streetSides()[words[0]]; ok && side == none {
			side, words = letter, words[1:]
			continue
		}
		if letter, ok := streetSides()[words[len(words)-1]]; ok && side == none {
			side, words = letter, words[:len(words)-1]
			continue
		}
		break
	}
	for i, w := range words {
		words[i] = plainNumber(w)
	}
	return strings.Join(words, " "), side
}
