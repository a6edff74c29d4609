package standardize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameToken is one word of a person's name.
type nameToken struct {
	text    string // as shown: title case, look-alikes repaired
	folded  string
	script  script
	given   givenName
	initial bool
	// patronymic is 2 for a sure ending, 1 for one with a slip of the pen, which is looked for
	// where nothing else is found, 0 for none.
	patronymic uint8
	comma      bool // a comma stood behind it
	shout      bool // written in capitals, as passports and cards do
	dot        bool // a point stood behind it
	small      bool // begins with a small letter
	// breaks is the sign behind it that may part two persons: / ; & + | or a line break.
	breaks byte
	// joins is 2 for a conjunction, 1 for a capital letter that may be one.
	joins uint8
}

// nameTokens appends the words of a name to an empty list; "А.В.Ковалев" is three, "Иванова-Смирнова" one.
// A number behind two words ends the name: what follows is a date, a phone, a contract.
func nameTokens(tokens []nameToken, text string) []nameToken {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isLetter(r) && !slipAtStart(text[i:]) {
			switch {
			case isASCIIDigit(r) && len(tokens) > 1:
				return splitJoinedInitials(joinDoubleSurname(withOrdinal(tokens, text[i:]), text))
			case isASCIIDigit(r):
				size = skipNumber(text[i:])
			case len(tokens) > 0:
				tokens[len(tokens)-1].mark(r)
			}
			i += size
			continue
		}
		end := nameWordEnd(text, i)
		word := strings.TrimRight(text[i:end], "'’`ʼ-")
		dot := end < len(text) && text[end] == '.'
		tokens = appendWord(tokens, word, dot)
		i = end
	}
	return splitJoinedInitials(joinDoubleSurname(tokens, text))
}

// mark notes the sign that stands behind a word.
func (t *nameToken) mark(r rune) {
	switch r {
	case ',':
		t.comma = true
	case '/', ';', '&', '+', '|', '\n':
		t.breaks = byte(r)
	}
}

// nameWords remembers the words without a point.
var nameWords Memo[[]nameToken]

// appendWord appends a word, or the words that it is glued of.
func appendWord(tokens []nameToken, word string, dot bool) []nameToken {
	if dot {
		return readWord(tokens, word, true)
	}
	return append(tokens, nameWords.Of(word, func(word string) []nameToken { return readWord(nil, word, false) })...)
}

func readWord(tokens []nameToken, word string, dot bool) []nameToken {
	var buffer [4]string
	if glued := unglue(buffer[:0], word); len(glued) > 1 {
		for _, part := range glued {
			tokens = append(tokens, newToken(part, false))
		}
		return tokens
	}
	return append(tokens, newToken(word, dot))
}

// nameWordEnd ends a word of letters, inner hyphens and apostrophes.
func nameWordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isLetter(r) && r != '-' && !isApostrophe(r) && !isMark(r) && !slipInside(s[i:]) && !signAsApostrophe(s[i:]) {
			break
		}
		i += size
	}
	return i
}

func newToken(word string, dot bool) nameToken {
	var t nameToken
	var buffer [64]byte
	if folded, s, plain := plainWord(buffer[:0], word); plain {
		t.text, t.folded, t.script = word, string(folded), s
	} else {
		word = repair(lettersForDigits(apostrophes.Replace(word)))
		t = nameToken{text: titleCase(word), folded: Fold(word), script: scriptOf(word), shout: len(word) > 2 && strings.ToUpper(word) == word}
		t.small = unicode.IsLower(firstLetter(word))
	}
	t.dot = dot
	t.initial = isInitial(word, t.folded, dot)
	if t.initial || len(word) < 5 {
		t.joins = conjunctions[word]
	}
	if !t.initial {
		t.given = givenOf(t.folded, t.script)
		t.patronymic = patronymicEnding(t.folded, t.script)
		if t.given.class == 0 {
			t.given = doubleGiven(t.folded)
		}
	}
	return t
}

// isInitial sees one letter, or with a point the two that stand for one sound (Ю. as Yu.).
func isInitial(word, folded string, dot bool) bool {
	if len(folded) > 4 {
		return false
	}
	switch utf8.RuneCountInString(folded) {
	case 1:
		return true
	case 2:
		return dot && scriptOf(word) == latin && latinInitials[folded]
	}
	return false
}

var latinInitials = foldedSet("yu ya zh ch sh kh ts iu ia ye")

// splitJoinedInitials reads "Ковалев АП", "JRR Tolkien": two or three capitals beside a word that is no given name's initials.
func splitJoinedInitials(tokens []nameToken) []nameToken {
	if len(tokens) != 2 {
		return tokens
	}
	for at := range tokens {
		if other := &tokens[1-at]; len(other.folded) > 4 && jointInitials(&tokens[at], other) {
			return spreadInitials(tokens, at)
		}
	}
	return tokens
}

// jointInitials wants two Cyrillic letters behind the surname, or Latin capitals without a vowel beside a
// word that is not all capitals.
func jointInitials(t, other *nameToken) bool {
	n := utf8.RuneCountInString(t.folded)
	if t.given.class > 0 || n < 2 || n > 3 || t.initial {
		return false
	}
	if t.script == cyrillic {
		return n == 2 && !t.small && (t.shout || other.shout) && t.patronymic == 0
	}
	return t.script == latin && t.shout && !other.shout && !strings.ContainsAny(t.folded, "aeiouy")
}

// spreadInitials writes the letters of one word as initials.
func spreadInitials(tokens []nameToken, at int) []nameToken {
	out := append([]nameToken(nil), tokens[:at]...)
	for _, r := range tokens[at].folded {
		out = append(out, newToken(string(unicode.ToUpper(r)), true))
	}
	return append(out, tokens[at+1:]...)
}

// plainWord is the short way for a word of one script that begins with a capital and goes on
// small: it needs no repair, and is folded here.
func plainWord(dst []byte, word string) (folded []byte, s script, plain bool) {
	if len(word) > cap(dst) {
		return dst, 0, false
	}
	for i, r := range word {
		switch {
		case i == 0 && r >= 'А' && r <= 'Я':
			s, r = cyrillic, r+32
		case i == 0 && r >= 'A' && r <= 'Z':
			s, r = latin, r+32
		case r >= 'а' && r <= 'я' && s == cyrillic && i > 0, r >= 'a' && r <= 'z' && s == latin && i > 0:
		case r == 'ё' && s == cyrillic && i > 0:
			r = 'е'
		default:
			return dst, 0, false
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst, s, true
}

// titleCase writes a word that begins small, or has capitals inside, in title case; "McDonald" and "Ростов-на-Дону" stay.
func titleCase(word string) string {
	if word != "" && isASCIIDigit(rune(word[0])) {
		return strings.ToLower(word)
	}
	upper, inner := 0, false
	for _, r := range word {
		if !isLetter(r) {
			inner = false
			continue
		}
		switch isUpper := unicode.IsUpper(r); {
		case isUpper && inner:
			upper++
		case !isUpper && !inner && upper == 0 && r == firstLetter(word):
			return capitalize(word) // begins small
		}
		inner = true
	}
	if upper > 1 || upper == 1 && utf8.RuneCountInString(word) == 2 {
		return capitalize(word)
	}
	return word
}

// capitalize writes each part of a word between hyphens in title case.
func capitalize(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	first := true
	for _, r := range word {
		switch {
		case !isLetter(r):
			first = r == '-' || b.Len() <= 2 && isApostrophe(r) // O'Brien, but Лук'янов
		case first:
			r, first = unicode.ToUpper(r), false
		default:
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	if strings.IndexByte(word, '-') < 0 {
		return b.String()
	}
	return smallInside.Replace(b.String())
}

// smallInside are words that stay small between hyphens.
var smallInside = strings.NewReplacer("-На-", "-на-", "-Над-", "-над-", "-Де-", "-де-", "-Na-", "-na-", "-Upon-", "-upon-")

// patronymicEnding rates a word by its end.
func patronymicEnding(folded string, s script) uint8 {
	if sureEndings[s&(latin|cyrillic)].of(folded) {
		return 2
	}
	if s == cyrillic && turkicPatronymic(folded) {
		return 2
	}
	return 0
}

// markSlips looks for patronymics with a slip of the pen.
func markSlips(t []nameToken) {
	for i := range t {
		if t[i].patronymic == 2 {
			return
		}
	}
	for i := 1; i < len(t); i++ {
		if t[i].script == cyrillic && len(t[i].folded) >= 12 && slipOfEnding(t[i].folded) {
			t[i].patronymic = 1
		}
	}
}

// slipOfEnding sees -ович, -евич, -овна, -евна with one letter lost, doubled, changed or swapped.
func slipOfEnding(folded string) bool {
	runes := []rune(folded)
	for _, want := range [...]string{"ович", "евич", "овна", "евна", "ична"} {
		for n := 3; n <= 5; n++ {
			if len(runes) > n+2 && oneEdit(string(runes[len(runes)-n:]), want) {
				return true
			}
		}
	}
	return false
}

// oneEdit reports whether two short words differ by one letter changed, lost or doubled, or two swapped.
func oneEdit(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	j := 0
	for j < len(x)-i && x[len(x)-1-j] == y[len(y)-1-j] {
		j++
	}
	left := len(x) - i - j
	if len(x) < len(y) {
		return left == 0
	}
	return left <= 1 || left == 2 && x[i] == y[i+1] && x[i+1] == y[i]
}
