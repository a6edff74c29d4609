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
}

// nameTokens appends the words of a name to an empty list; "А.В.Ковалев" is three, "Иванова-Смирнова" one.
func nameTokens(tokens []nameToken, text string) []nameToken {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isLetter(r) {
			if r == ',' && len(tokens) > 0 {
				tokens[len(tokens)-1].comma = true
			}
			i += size
			continue
		}
		end := nameWordEnd(text, i)
		word := strings.TrimRight(text[i:end], "'’`ʼ-")
		dot := end < len(text) && text[end] == '.'
		tokens = append(tokens, newToken(word, dot))
		i = end
	}
	return splitJoinedInitials(tokens)
}

// nameWordEnd ends a word of letters, inner hyphens and apostrophes.
func nameWordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isLetter(r) && r != '-' && !isApostrophe(r) && !isMark(r) {
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
		word = repair(word)
		t = nameToken{text: titleCase(word), folded: Fold(word), script: scriptOf(word), shout: len(word) > 2 && strings.ToUpper(word) == word}
	}
	t.initial = isInitial(word, t.folded, dot)
	if !t.initial {
		t.given = givenOf(t.folded, t.script)
		t.patronymic = patronymicEnding(t.folded, t.script)
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

// splitJoinedInitials reads "Ковалев АП": two capitals beside words that are not all capitals.
func splitJoinedInitials(tokens []nameToken) []nameToken {
	if len(tokens) != 2 || len(tokens[0].folded) < 5 || tokens[1].script != cyrillic || utf8.RuneCountInString(tokens[1].folded) != 2 || tokens[1].given.class > 0 {
		return tokens
	}
	var out []nameToken
	out = append(out, tokens[0])
	for _, r := range tokens[1].folded {
		out = append(out, newToken(string(unicode.ToUpper(r)), true))
	}
	return out
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

var sureEndings = map[script][]string{
	cyrillic: {"ович", "евич", "овна", "евна", "инична", "ьична", "йович", "івна", "ївна", "авіч", "евіч", "аўна", "еўна", "аич", "ьич", "мич", "кич", "тич", "нич", "вич", "ична"},
	latin:    {"ovich", "evich", "ovna", "evna", "ievich", "yevich", "inichna", "ichna", "ovych", "evych", "ivna", "yivna", "ilich", "ilyich", "kuzmich", "nikitich", "lukich", "fomich", "ovitch", "evitch", "ovic", "evic"},
}

// patronymicEnding rates a word by its end.
func patronymicEnding(folded string, s script) uint8 {
	for _, ending := range sureEndings[s&(latin|cyrillic)] {
		if len(folded) > len(ending)+1 && strings.HasSuffix(folded, ending) {
			return 2
		}
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
