package standardize

import (
	"bytes"
	"strings"
)

// cyrillicLatin writes each letter in the alphabet of the skeleton; see [Latin].
var cyrillicLatin = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'ё': "e", 'є': "e", 'ж': "zh", 'з': "z", 'и': "i", 'і': "i", 'ї': "i",
	'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ў': "u", 'ф': "f", 'х': "kh",
	'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sh", 'ъ': "", 'ы': "i", 'ь': "", 'э': "e", 'ю': "iu", 'я': "ia",
	'ә': "a", 'ғ': "g", 'қ': "k", 'ң': "n", 'ө': "o", 'ұ': "u", 'ү': "u", 'һ': "kh",
}

// Cyrillic letters stand between these.
const firstCyrillic, lastCyrillic = 0x400, 0x530

// cyrillicTable is cyrillicLatin by letter.
var cyrillicTable = func() (t [lastCyrillic - firstCyrillic]struct {
	latin string
	known bool
}) {
	for r, s := range cyrillicLatin {
		t[r-firstCyrillic].latin, t[r-firstCyrillic].known = s, true
	}
	return t
}()

// latinLatin writes Latin letters with signs as transliterations use them.
var latinLatin = map[rune]string{
	'ž': "zh", 'č': "ch", 'š': "sh", 'ŝ': "sh", 'ś': "s", 'ć': "c", 'è': "e", 'é': "e", 'ë': "e", 'ê': "e", 'û': "iu", 'â': "ia", 'ä': "a", 'á': "a", 'à': "a", 'å': "a",
	'ã': "a", 'ą': "a", 'ö': "o", 'ó': "o", 'ò': "o", 'ô': "o", 'õ': "o", 'ø': "o", 'ü': "u", 'ú': "u", 'ù': "u", 'í': "i", 'ì': "i", 'î': "i", 'ï': "i", 'ı': "i", 'ñ': "n", 'ń': "n",
	'ç': "c", 'ß': "s", 'ł': "l", 'ż': "zh", 'ź': "z", 'ę': "e", 'ý': "i", 'ğ': "g", 'ş': "sh",
	'ĭ': "i", 'ŭ': "u", 'ě': "e", 'ė': "e", 'ē': "e", 'ĕ': "e", 'ř': "r", 'ŕ': "r", 'ů': "u", 'ű': "u", 'ū': "u", 'ő': "o", 'ō': "o", 'ī': "i", 'ā': "a", 'ă': "a", 'æ': "ae", 'œ': "e",
	'ď': "d", 'đ': "d", 'ð': "d", 'ť': "t", 'ň': "n", 'ņ': "n", 'ĺ': "l", 'ľ': "l", 'ļ': "l", 'ķ': "k", 'ģ': "g", 'ĝ': "g", 'ș': "sh", 'ț': "ts", 'ţ': "ts", 'þ': "th", 'ə': "a",
}

// spellings are the ways in which transliterations write one sound, by first letter, longest first.
var spellings = func() (m [256][][2]string) {
	for _, s := range [][2]string{{"schtsch", "S"}, {"stsch", "S"}, {"shch", "S"}, {"sch", "S"}, {"shh", "S"}, {"sh", "S"}, {"sz", "S"}, {"tsch", "C"}, {"tch", "C"}, {"ch", "C"},
		{"zgh", "zg"}, {"zh", "Z"}, {"kh", "h"}, {"ghe", "ge"}, {"ghi", "gi"}, {"gue", "ge"}, {"gui", "gi"}, {"ts", "c"}, {"tc", "c"}, {"tz", "c"}, {"cz", "c"}, {"ck", "k"}, {"ph", "f"}, {"x", "ks"}, {"w", "v"}, {"q", "k"}, {"j", "i"}, {"y", "i"}} {
		m[s[0][0]] = append(m[s[0][0]], s)
	}
	return m
}()

// appendSounds writes each sound in one way.
func appendSounds(dst, b []byte) []byte {
next:
	for i := 0; i < len(b); {
		for _, s := range spellings[b[i]] {
			if len(b)-i >= len(s[0]) && string(b[i:i+len(s[0])]) == s[0] {
				dst, i = append(dst, s[1]...), i+len(s[0])
				continue next
			}
		}
		dst, i = append(dst, b[i]), i+1
	}
	return dst
}

// Latin gives one skeleton for a folded text in Cyrillic or in Latin letters: the popular
// transliterations of a name and the name itself meet in it (Евгений, Evgenii, Yevgeny). It
// is made to be compared, not to be shown.
func Latin(folded string) string {
	var buffer [64]byte
	return string(appendLatin(buffer[:0], folded))
}

// appendLatin appends the skeleton of a text to an empty list.
func appendLatin(dst []byte, folded string) []byte {
	var buffer [64]byte
	b := buffer[:0]
	for i, r := range folded {
		switch {
		case r == 'c' && hardC(folded, i):
			b = append(b, 'k')
		case r == 'x' && softX(folded, i):
			b = append(b, 'h')
		case r < 0x80:
			b = append(b, byte(lower(r)))
		case r >= firstCyrillic && r < lastCyrillic && cyrillicTable[r-firstCyrillic].known:
			b = append(b, cyrillicTable[r-firstCyrillic].latin...)
		default:
			b = append(b, latinLatin[r]...)
		}
	}
	if bytes.Contains(b, []byte("yo")) {
		b = []byte(softYo(string(b)))
	}
	return smooth(appendSounds(dst, b))
}

// softX tells an x that stands for х, as in GOST 7.79 and in Uzbek: at the beginning, but for Xenia.
func softX(s string, i int) bool {
	return (i == 0 || s[i-1] == ' ') && i+1 < len(s) && strings.IndexByte("eiy ", s[i+1]) < 0
}

// hardC tells a c that sounds as k: not before e, i, y, nor part of ch, ck, cz, tc, nor of Slavic cv (but McVey).
func hardC(s string, i int) bool {
	if i > 0 && s[i-1] == 't' {
		return false
	}
	if i+1 < len(s) && s[i+1] == 'v' {
		return i > 0 && s[i-1] == 'm'
	}
	return i+1 == len(s) || strings.IndexByte("eiyhzk", s[i+1]) < 0
}

// softYo writes ё after a consonant as е: "semyon" as "semen".
func softYo(s string) string {
	i := strings.Index(s, "yo")
	if i < 1 || strings.IndexByte("aeiouy ", s[i-1]) >= 0 {
		return s
	}
	return s[:i] + "e" + softYo(s[i+2:])
}

// smooth drops in place what transliterations disagree on: i before e and u, doubled letters, stray signs.
func smooth(b []byte) []byte {
	out := b[:0]
	for _, c := range b {
		if (c == 'e' || c == 'u') && len(out) > 0 && out[len(out)-1] == 'i' {
			out = out[:len(out)-1]
		}
		if len(out) > 0 && out[len(out)-1] == c && c > '9' {
			continue
		}
		out = append(out, c)
	}
	return out
}
