package standardize

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// addressWord is one word of an address.
type addressWord struct {
	text   string // look-alikes repaired
	lower  string // if it is small already, or a word that addresses look for
	number bool   // begins with a digit
	levels uint16 // what it names as a type word, a bit each
	dot    bool
	shown  bool // written as it is shown
}

func (w *addressWord) is(l level) bool { return w.levels&(1<<l) != 0 }

// addressWords cuts a segment into words; "г.Москва" is two, "48к3" and "3/1-15" one.
func addressWords(dst []addressWord, s string) []addressWord {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isLetter(r) && !unicode.IsDigit(r) {
			i += size
			continue
		}
		end := addressWordEnd(s, i)
		w := newAddressWord(strings.TrimRight(s[i:end], "-/'’\\"))
		w.dot = end < len(s) && s[end] == '.'
		if w.text != "" {
			dst = splitGlued(dst, w)
		}
		i = max(end, i+size)
	}
	return dst
}

func newAddressWord(s string) addressWord {
	if isDigits(s) && s != "" {
		return addressWord{text: s, lower: s, number: true}
	}
	return addressTexts.Of(s, readAddressWord)
}

// addressTexts remembers words of addresses.
var addressTexts Memo[addressWord]

func readAddressWord(s string) addressWord {
	w := addressWord{text: s, number: s != "" && isASCIIDigit(rune(s[0]))}
	w.text = repair(s)
	w.lower = lowerWord(w.text)
	if !w.number {
		w.levels = levelWords()[w.lower]
	}
	return w
}

// splitGlued parts a type word from its number: "д5", "кв12", "корп2".
func splitGlued(dst []addressWord, w addressWord) []addressWord {
	if w.number {
		return splitNumber(dst, w)
	}
	i := strings.IndexFunc(w.text, isASCIIDigit)
	if i <= 0 {
		return append(dst, w)
	}
	if tail := w.text[i:]; len(tail) == 6 && isDigits(tail) && i > 4 {
		return append(dst, newAddressWord(w.text[:i]), newAddressWord(tail)) // Москва101000
	}
	head := newAddressWord(w.text[:i])
	if head.levels&(1<<levelHouse|1<<levelBuilding|1<<levelFlat) == 0 {
		return append(dst, w)
	}
	return append(dst, head, newAddressWord(w.text[i:]))
}

// splitNumber parts a number from the word behind it: "5кв", "101000Москва".
func splitNumber(dst []addressWord, w addressWord) []addressWord {
	i := 0
	for i < len(w.text) && isASCIIDigit(rune(w.text[i])) {
		i++
	}
	if i == len(w.text) || len(w.text)-i < 4 {
		return append(dst, w)
	}
	tail := newAddressWord(w.text[i:])
	if tail.number || tail.levels&(1<<levelFlat) == 0 && (i != 6 || len(tail.text) < 6) {
		return append(dst, w)
	}
	return append(dst, newAddressWord(w.text[:i]), tail)
}

func addressWordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '/' && r != '\\' && !isApostrophe(r) && !isMark(r) {
			break
		}
		i += size
	}
	return i
}

// plainWords are words that addresses look for, so that most lower-case forms need no memory.
var plainWords = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for word := range levelWords() {
		m[word] = word
	}
	for word := range directions {
		m[word] = word
	}
	for _, words := range []map[string]int{ordinalWords, tensWords} {
		for word := range words {
			m[word] = word
		}
	}
	for _, words := range []map[string]bool{westernTypes, unitWords, floorWords, boxWords} {
		for word := range words {
			m[word] = word
		}
	}
	m["the"] = "the"
	for tens := range tensWords {
		for ones, n := range ordinalWords {
			if n < 10 {
				m[tens+"-"+ones] = tens + "-" + ones
			}
		}
	}
	for _, word := range append(easternWords, crossingWords...) {
		m[word] = word
	}
	return m
})

// lowerWord is a word in lower case if that is written so, or one of [plainWords]; else "".
func lowerWord(s string) string {
	var buffer [64]byte
	small := true
	out := buffer[:0]
	for _, r := range s {
		l := lower(r)
		small = small && l == r
		out = utf8.AppendRune(out, l)
	}
	if small {
		return s
	}
	return plainWords()[string(out)]
}

// foldWords appends the folded text of words.
func foldWords(dst []byte, words []addressWord) []byte {
	for i := range words {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendFold(dst, words[i].text)
	}
	return dst
}

// shownWords joins words for showing, each in title case; small words stay small.
func shownWords(words []addressWord) string {
	if len(words) == 1 && !words[0].shown {
		return titleCase(words[0].text)
	}
	size := 0
	for i := range words {
		size += len(words[i].text) + 1
	}
	var b strings.Builder
	b.Grow(size)
	for i := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		if words[i].shown {
			b.WriteString(words[i].text)
		} else {
			b.WriteString(titleCase(words[i].text))
		}
	}
	return b.String()
}
