package standardize

import "strings"

const (
	keysLatin    = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"
	keysCyrillic = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
)

var keyboard, keyboardBack = func() (there, back map[rune]rune) {
	there, back = map[rune]rune{}, map[rune]rune{}
	from := []rune(keysLatin)
	for i, r := range []rune(keysCyrillic) {
		there[from[i]], back[r] = r, from[i]
	}
	return there, back
}()

// otherLayout reads "Bdfyjd Gtnh" as "Иванов Петр" and "Ощрт Ыьшер" as "John Smith", if that makes a
// known given name beside a surname or a patronymic, and nothing is known as it stands.
func otherLayout(text string, n *personName) bool {
	if len(n.first) > 0 && (n.first[0].given.class > 0 || n.first[0].initial) || len(text) < 6 || len(text) > 80 || len(n.patronymic) > 0 && n.patronymic[0].patronymic > 0 {
		return false
	}
	switch scriptOf(text) & (latin | cyrillic | digits) {
	case latin:
		return n.retype(replaceRunes(text, keyboard), noVowel(text))
	case cyrillic:
		return len(n.first) > 0 && n.retype(replaceRunes(text, keyboardBack), false)
	}
	return false
}

// noVowel sees a single word that no language of the Latin alphabet writes.
func noVowel(text string) bool { return !strings.ContainsAny(text, "aeiouAEIOU ") }

// retype takes the text as typed in the other layout, if it is a name then; a lone surname must be sure.
func (n *personName) retype(text string, lone bool) bool {
	mended := personName{}
	tokens := nameTokens(nil, text)
	switch {
	case len(tokens) == 1 && lone && firmSurname(&tokens[0]) && len(tokens[0].folded) > 9:
		mended.last = tokens
	case len(tokens) < 2 || len(tokens) > 3:
		return false
	default:
		mended.order(tokens)
		if !mended.likely() {
			return false
		}
	}
	mended.note = noteKeyboard
	*n = mended
	return true
}

// likely wants a common given name beside a surname, and in Latin letters one that the dictionary itself has.
func (n *personName) likely() bool {
	if len(n.first) == 0 || n.first[0].given.class < 5 || len(n.last) != 1 {
		return false
	}
	first := &n.first[0]
	if first.script == latin {
		return givenNames()[first.folded].class > 4 && len(first.folded) > 3
	}
	return len(n.patronymic) > 0 || surnameLike(&n.last[0])
}
