package standardize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the form of a text in which small differences of writing are gone: lower case,
// NFC, ё as е, no apostrophes, Latin look-alikes in Cyrillic words repaired (and Cyrillic ones
// in Latin words), other signs and blanks collapsed to one blank. Hyphens count as blanks.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	return string(appendFold(make([]byte, 0, len(s)), s))
}

// appendFold appends the folded text.
func appendFold(out []byte, s string) []byte {
	s = compose(s)
	gap, begin := false, len(out)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isLetter(r) && !unicode.IsDigit(r) {
			i += size
			gap = gap || !isApostrophe(r)
			continue
		}
		end := wordEnd(s, i)
		if gap && len(out) > begin {
			out = append(out, ' ')
		}
		gap = false
		out = appendFolded(out, s[i:end])
		i = end
	}
	return out
}

// isLetter is unicode.IsLetter with a short way for the two scripts met most.
func isLetter(r rune) bool {
	switch {
	case r < 0x80:
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	case r >= 0x400 && r < 0x482:
		return true
	}
	return unicode.IsLetter(r)
}

// isMark sees combining marks.
func isMark(r rune) bool {
	return r >= 0x300 && (r < 0x400 || r >= 0x483) && unicode.Is(unicode.Mn, r)
}

// isFolded sees without an allocation that folding changes nothing.
func isFolded(s string) bool {
	script := script(0)
	blank := true
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			script |= latin
		case r >= 'а' && r <= 'я':
			script |= cyrillic
		case r >= '0' && r <= '9':
		case r == ' ' && !blank:
			blank = true
			continue
		default:
			return false
		}
		blank = false
	}
	return script != latin|cyrillic && (!blank || s == "")
}

// wordEnd is the end of the word that begins at i: letters, digits and marks; apostrophes do not end it.
func wordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isLetter(r) && !unicode.IsDigit(r) && !isMark(r) && !isApostrophe(r) {
			return i
		}
		i += size
	}
	return i
}

// appendFolded appends one word.
func appendFolded(dst []byte, word string) []byte {
	for _, r := range repair(word) {
		switch r = lower(r); {
		case r == 'ё':
			r = 'е'
		case isApostrophe(r) || isMark(r):
			continue
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// compose gives NFC; most texts are in it already.
func compose(s string) string {
	if isComposed(s) || norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}

// isComposed sees texts of Latin, Cyrillic and common punctuation, which have nothing to compose.
func isComposed(s string) bool {
	for _, r := range s {
		if r >= 0x300 && (r < 0x400 || r >= 0x482) && (r < 0x2010 || r >= 0x2120) {
			return false
		}
	}
	return true
}

// lower is unicode.ToLower with a short way for the two scripts met most.
func lower(r rune) rune {
	switch {
	case r < 0x80:
		if r >= 'A' && r <= 'Z' {
			return r + 32
		}
		return r
	case r >= 'А' && r <= 'Я':
		return r + 32
	case r >= 'а' && r <= 'я':
		return r
	}
	return unicode.ToLower(r)
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', 'ʼ', '`', '‘', '´', 'ʹ', '′', 'ˈ':
		return true
	}
	return false
}

// script is a set of writing systems.
type script uint8

const (
	latin script = 1 << iota
	cyrillic
	digits
	other
)

func scriptOf(s string) script {
	var found script
	for _, r := range s {
		found |= runeScript(r)
	}
	return found
}

func runeScript(r rune) script {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return latin
	case r >= 0x400 && r < 0x530:
		return cyrillic
	case r >= '0' && r <= '9':
		return digits
	case r < 0xC0:
		return 0
	case r < 0x250:
		return latin
	case unicode.IsLetter(r):
		return other
	}
	return 0
}

// Look-alike letters, in pairs.
const (
	looksLatin    = "AaBCcEeHKkMOoPpTXxYyIiSsJj"
	looksCyrillic = "АаВСсЕеНКкМОоРрТХхУуІіЅѕЈј"
)

var toCyrillic, toLatin = lookAlikes()

func lookAlikes() (c, l map[rune]rune) {
	c, l = map[rune]rune{}, map[rune]rune{}
	from, to := []rune(looksLatin), []rune(looksCyrillic)
	for i, r := range from {
		c[r], l[to[i]] = to[i], r
	}
	delete(c, 'S')
	delete(c, 's')
	delete(c, 'J')
	delete(c, 'j')
	return c, l
}

// repair writes a word of two scripts in one, if every letter of one of them has a twin in
// the other: "Гончapов" and "Mосква" become Cyrillic, "Smitн" stays.
func repair(word string) string {
	if scriptOf(word)&(latin|cyrillic) != latin|cyrillic {
		return word
	}
	toC, toL := replaceable(word, latin, toCyrillic), replaceable(word, cyrillic, toLatin)
	switch {
	case toC && (!toL || firmCyrillic(word)):
		return replaceRunes(word, toCyrillic)
	case toL:
		return replaceRunes(word, toLatin)
	}
	return word
}

// firmCyrillic decides a word whose every letter has a twin: by the greater number.
func firmCyrillic(word string) bool {
	n := 0
	for _, r := range word {
		switch runeScript(r) {
		case cyrillic:
			n++
		case latin:
			n--
		}
	}
	return n >= 0
}

func replaceable(word string, from script, twins map[rune]rune) bool {
	for _, r := range word {
		if runeScript(r) == from && twins[r] == 0 {
			return false
		}
	}
	return true
}

func replaceRunes(s string, twins map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if t, ok := twins[r]; ok {
			return t
		}
		return r
	}, s)
}
