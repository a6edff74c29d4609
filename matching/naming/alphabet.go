package naming

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// symbol is a letter as the tables number it; signs above a letter make another symbol of the
// same base.
type symbol uint8

// The ends of a word are symbols too, so that a table can speak of them.
const (
	opening symbol = 1
	closing symbol = 2
)

// longestWord is how many letters of a word are compared; the rest is cut, so that time is bounded.
const longestWord = 40

// alphabet numbers the letters that occur in the tables; other letters share what numbers are left.
type alphabet struct {
	number map[rune]symbol
	base   [256]symbol
	next   symbol
}

// strange is the first number for letters that no table knows.
const strange symbol = 232

func newAlphabet() *alphabet {
	a := &alphabet{number: map[rune]symbol{'^': opening, '$': closing}, next: closing + 1}
	a.base[opening], a.base[closing] = opening, closing
	for s := strange; s != 0; s++ {
		a.base[s] = s
	}
	for _, r := range "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў" {
		a.add(r)
	}
	return a
}

// add numbers a letter; the table files have fewer than the numbers reach.
func (a *alphabet) add(r rune) symbol {
	if s, known := a.number[r]; known {
		return s
	}
	s := a.next
	a.next++
	a.number[r] = s
	a.base[s] = s
	if b := baseLetter(r); b != r {
		a.base[s] = a.add(b)
	}
	return s
}

// baseLetter is a Latin letter without its signs. Cyrillic letters stay: й is no и.
func baseLetter(r rune) rune {
	if r < 0x80 || !unicode.Is(unicode.Latin, r) {
		return r
	}
	b, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	return b
}

// symbolOf finds a letter's number.
func (a *alphabet) symbolOf(r rune) symbol {
	if s, known := a.number[r]; known {
		return s
	}
	if s, known := a.number[baseLetter(r)]; known {
		return s
	}
	return strange + symbol(r%rune(256-int(strange)))
}

// spelled is a word as the tables read it, with its ends.
type spelled struct {
	letters []symbol
	script  script
	// syllables says that a sign of it is a syllable or a word, as in Hangul and Chinese.
	syllables bool
}

type script uint8

const (
	scriptNone script = iota
	scriptLatin
	scriptCyrillic
	scriptOther
)

func scriptOf(r rune) script {
	switch {
	case r >= 'a' && r <= 'z', r >= 0xDF && r < 0x250, r >= 0x1E00 && r < 0x1F00:
		return scriptLatin
	case r >= 0x400 && r < 0x530:
		return scriptCyrillic
	case r >= '0' && r <= '9' || !unicode.IsLetter(r):
		return scriptNone
	}
	return scriptOther
}

// spell reads a folded word of one script.
func (a *alphabet) spell(word string) spelled {
	return a.read(make([]symbol, 0, min(len(word), longestWord)+2), word)
}

// read is [alphabet.spell] into a list that has room for all letters.
func (a *alphabet) read(into []symbol, word string) spelled {
	w := spelled{letters: append(into, opening)}
	for _, r := range word {
		if len(w.letters) > longestWord {
			break
		}
		w.script = max(w.script, scriptOf(r))
		w.syllables = w.syllables || r >= 0x1100 && unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
		w.letters = append(w.letters, a.symbolOf(r))
	}
	w.letters = append(w.letters, closing)
	return w
}

// segment numbers the letters of a table's entry.
func (a *alphabet) segment(text string) []symbol {
	var out []symbol
	for _, r := range text {
		out = append(out, a.add(r))
	}
	return slices.Clip(out)
}
