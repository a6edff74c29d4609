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
	// patronymic is 2 for a sure ending, 1 for one with a slip of the pen, 0 for none.
	patronymic uint8
	comma      bool // a comma stood behind it
}

// nameTokens cuts a name into words; "А.В.Ковалев" is three, "Иванова-Смирнова" one.
func nameTokens(text string) []nameToken {
	tokens := make([]nameToken, 0, 6)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) {
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
		if !unicode.IsLetter(r) && r != '-' && !isApostrophe(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		i += size
	}
	return i
}

func newToken(word string, dot bool) nameToken {
	word = repair(word)
	t := nameToken{text: titleCase(word), script: scriptOf(word)}
	t.folded = foldWord(word)
	t.initial = isInitial(word, t.folded, dot)
	if !t.initial {
		t.given = givenOf(t.folded, t.script)
		t.patronymic = patronymicEnding(t.folded, t.script)
	}
	return t
}

// isInitial sees one letter, or with a point the two that stand for one sound (Ю. as Yu.).
func isInitial(word, folded string, dot bool) bool {
	switch utf8.RuneCountInString(folded) {
	case 1:
		return true
	case 2:
		return dot && scriptOf(word) == latin && (folded == "yu" || folded == "ya" || folded == "zh" || folded == "ch" || folded == "sh" || folded == "kh" || folded == "ts" || folded == "iu" || folded == "ia")
	}
	return false
}

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

// foldWord folds a word whose hyphens stay blanks.
func foldWord(word string) string { return Fold(word) }

// titleCase writes a word of one case in title case; a word of mixed case is left alone.
func titleCase(word string) string {
	upper, lower := false, false
	first := true
	for _, r := range word {
		if !unicode.IsLetter(r) {
			first = true
			continue
		}
		isUpper := unicode.IsUpper(r)
		if first && isUpper {
			first = false
			continue
		}
		upper = upper || isUpper
		lower = lower || !isUpper
		if first { // begins small
			return capitalize(word)
		}
	}
	if upper && !lower {
		return capitalize(word)
	}
	return word
}

// lowerInNames stay small inside a name.
var lowerInNames = foldedSet("оглы огли оглу угли углы улы уулу кызы гызы қызы ұлы ўғли қизи van von der den de del della di da la le el al bin ibn ter ten фон ван де дер ла")

func capitalize(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	first := true
	for _, r := range word {
		switch {
		case !unicode.IsLetter(r):
			first = r == '-' || b.Len() <= 2 && isApostrophe(r) // O'Brien, but Лук'янов
		case first:
			r, first = unicode.ToUpper(r), false
		default:
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

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
	if s == cyrillic && len(folded) >= 12 && slipOfEnding(folded) {
		return 1
	}
	return 0
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
