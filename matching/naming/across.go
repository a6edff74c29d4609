package naming

import "unicode/utf8"

// Across reports whether two folded words, one in Cyrillic and one in Latin letters, are
// spellings of one word by the table of sounds: джексон and jackson. Of words of one script it
// knows nothing and says no. It allocates nothing.
func Across(a, b string) bool {
	var bufferA, bufferB [longestWord + 2]symbol
	ts := compiled()
	x, y := ts.letters.read(bufferA[:0], a), ts.letters.read(bufferB[:0], b)
	if x.script == scriptLatin {
		x, y = y, x
	}
	if x.script != scriptCyrillic || y.script != scriptLatin {
		return false
	}
	var g grid
	limit := int16(acrossLetter * (max(len(x.letters), len(y.letters)) - 2))
	return ts.cross.distance(&g, x.letters, y.letters, limit) <= limit
}

// acrossLetter is what each letter of one word in two scripts may cost: spellings that are not
// the most usual ones, but no slip of the pen.
const acrossLetter = 6

// IsCyrillic reports whether a folded word begins with a Cyrillic letter.
func IsCyrillic(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return scriptOf(r) == scriptCyrillic
}
