package standardize

import "strings"

const (
	keysLatin    = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"
	keysCyrillic = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
)

var keyboard = func() map[rune]rune {
	m := map[rune]rune{}
	from := []rune(keysLatin)
	for i, r := range []rune(keysCyrillic) {
		m[from[i]] = r
	}
	return m
}()

// otherLayout reads "Bdfyjd Gtnh" as "Иванов Петр", if that makes a known given name beside a
// surname or a patronymic, and nothing is known as it stands.
func otherLayout(text string, n *personName) bool {
	if scriptOf(text)&(latin|cyrillic|digits) != latin || len(text) < 8 || len(text) > 80 || !strings.Contains(text, " ") || len(n.first) > 0 && n.first[0].given.class > 0 {
		return false
	}
	mended := personName{}
	tokens := nameTokens(nil, replaceRunes(text, keyboard))
	if len(tokens) < 2 || len(tokens) > 3 {
		return false
	}
	mended.order(tokens)
	if len(mended.first) == 0 || mended.first[0].given.class < 5 || len(mended.last) != 1 || len(mended.patronymic) == 0 && !surnameLike(&mended.last[0]) {
		return false
	}
	mended.note = noteKeyboard
	*n = mended
	return true
}
