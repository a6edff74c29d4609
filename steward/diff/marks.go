package diff

import (
	"fmt"
	"strings"
	"unicode"
)

// Mark names what is unusual about a character that looks usual.
type Mark string

// The marks.
const (
	Homoglyph Mark = "homoglyph" // a letter of another script than its word
	Invisible Mark = "invisible" // zero width, direction and other signs that show nothing
	NoBreak   Mark = "nbsp"      // a blank that is not the usual one
	Combining Mark = "combining" // a letter and its sign written as two
	Control   Mark = "control"
)

// Marks lists all marks.
func Marks() []Mark { return []Mark{Homoglyph, Invisible, NoBreak, Combining, Control} }

// looks holds the Latin letters that look like Cyrillic ones; the other direction follows.
var looks = map[rune]rune{
	'A': 'А', 'B': 'В', 'C': 'С', 'E': 'Е', 'H': 'Н', 'I': 'І', 'J': 'Ј', 'K': 'К', 'M': 'М', 'O': 'О', 'P': 'Р', 'S': 'Ѕ', 'T': 'Т', 'X': 'Х', 'Y': 'У',
	'a': 'а', 'c': 'с', 'e': 'е', 'i': 'і', 'j': 'ј', 'o': 'о', 'p': 'р', 's': 'ѕ', 'x': 'х', 'y': 'у', 'Ï': 'Ї', 'ï': 'ї', 'Ë': 'Ё', 'ë': 'ё',
}

// marksOf finds the mark of each character; a script is that of most letters of a word.
func marksOf(list []string) []Mark {
	marks := make([]Mark, len(list))
	for i := 0; i < len(list); {
		j := i
		for j < len(list) && letter(list[j]) {
			j++
		}
		if j == i {
			marks[i] = markOf(list[i])
			i++
			continue
		}
		markWord(list[i:j], marks[i:j])
		i = j
	}
	return marks
}

func letter(c string) bool {
	for _, r := range c {
		return unicode.IsLetter(r)
	}
	return false
}

func markWord(word []string, marks []Mark) {
	latin, cyrillic := 0, 0
	for _, c := range word {
		switch r := []rune(c)[0]; {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		}
	}
	for i, c := range word {
		r := []rune(c)[0]
		foreign := unicode.Is(unicode.Latin, r) && cyrillic >= latin && cyrillic > 0 || unicode.Is(unicode.Cyrillic, r) && latin > cyrillic
		switch {
		case foreign && lookalike(r):
			marks[i] = Homoglyph
		default:
			marks[i] = markOf(c)
		}
	}
}

func lookalike(r rune) bool {
	if _, yes := looks[r]; yes {
		return true
	}
	for _, c := range looks {
		if c == r {
			return true
		}
	}
	return false
}

func markOf(c string) Mark {
	runes := []rune(c)
	r := runes[0]
	switch {
	case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Cc, r):
		return Control
	case unicode.Is(unicode.Cf, r) || r == '\u115f' || r == '\u3164':
		return Invisible
	case r != ' ' && unicode.Is(unicode.Zs, r):
		return NoBreak
	case len(runes) > 1 && letter(c) && hidden(runes[1:]):
		return Invisible
	case len(runes) > 1 && letter(c):
		return Combining
	}
	return ""
}

func hidden(runes []rune) bool {
	for _, r := range runes {
		if unicode.Is(unicode.Cf, r) {
			return true
		}
	}
	return false
}

// Points names the code points of a text: U+0041 U+0300.
func Points(text string) string {
	var out []string
	for _, r := range text {
		out = append(out, fmt.Sprintf("U+%04X", r))
	}
	return strings.Join(out, " ")
}
