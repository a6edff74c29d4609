package diff

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Note names a relation of two whole values that single characters do not show.
type Note string

// The notes.
const (
	Encoding Note = "encoding" // equal but for how the characters are encoded
	Case     Note = "case"     // equal but for capitals
	Signs    Note = "signs"    // equal but for blanks and punctuation
	Yo       Note = "yo"       // ё and е
	LikeI    Note = "i"        // і and и, ї and и, є and е
	Lookers  Note = "lookers"  // equal to the eye: letters of another script
	Order    Note = "order"    // the same words in another order
	Translit Note = "translit" // equal when written in Latin letters
	Slip     Note = "slip"     // typed with the wrong keyboard layout
	DayMonth Note = "swapped"  // day and month are exchanged
)

// Notes lists all notes.
func Notes() []Note {
	return []Note{Encoding, Case, Signs, Yo, LikeI, Lookers, Order, Translit, Slip, DayMonth}
}

// Explain gives the first note that makes two different values equal, "" if none does.
func Explain(a, b string) Note {
	if a == b || a == "" || b == "" || len(a)+len(b) > 4096 {
		return ""
	}
	a, b = norm.NFC.String(a), norm.NFC.String(b)
	if a == b {
		return Encoding
	}
	if swapped(a, b) {
		return DayMonth
	}
	x, y := strings.ToLower(a), strings.ToLower(b)
	for _, s := range []struct {
		note Note
		same func(string) string
	}{
		{Case, func(s string) string { return s }},
		{Signs, lettersOf},
		{Yo, func(s string) string { return lettersOf(strings.ReplaceAll(s, "ё", "е")) }},
		{LikeI, func(s string) string { return lettersOf(likeI.Replace(s)) }},
		{Lookers, func(s string) string { return lettersOf(strings.Map(toCyrillic, s)) }},
		{Order, ordered},
		{Translit, func(s string) string { return ordered(loose(Latin(s))) }},
	} {
		if p, q := s.same(x), s.same(y); p != "" && p == q {
			return s.note
		}
	}
	if slipped(x, y) || slipped(y, x) {
		return Slip
	}
	return ""
}

var likeI = strings.NewReplacer("ё", "е", "і", "и", "ї", "и", "є", "е", "ґ", "г")

func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func toCyrillic(r rune) rune {
	if c, yes := looks[r]; yes {
		return unicode.ToLower(c)
	}
	return r
}

func ordered(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	slices.Sort(words)
	return strings.Join(words, " ")
}

// swapped reports whether two dates (1985-04-12, 12.04.1985) differ by day and month exchanged.
func swapped(a, b string) bool {
	x, y := dateParts(a), dateParts(b)
	return x != nil && y != nil && x[0] == y[0] && x[1] == y[2] && x[2] == y[1] && x[1] != x[2]
}

// dateParts gives year, month and day of a date; nil for anything else.
func dateParts(s string) []string {
	p := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '.' })
	if len(p) != 3 || len(s) != 10 {
		return nil
	}
	if len(p[2]) == 4 {
		slices.Reverse(p)
	}
	if len(p[0]) != 4 {
		return nil
	}
	return p
}

// Dates tells how a date differs from another one: by day, month and year, not by digits.
func Dates(anchor, value string) []Piece {
	a, b := strings.FieldsFunc(anchor, isDot), strings.FieldsFunc(value, isDot)
	if dateParts(anchor) == nil || dateParts(value) == nil {
		return Against(anchor, value)
	}
	var w writer
	from := 0
	for i, part := range b {
		at := from + strings.Index(value[from:], part)
		w.add(value[from:at], Same, "")
		kind := Same
		if part != a[i] {
			kind = Added
		}
		w.add(part, kind, "")
		from = at + len(part)
	}
	return w.pieces
}

func isDot(r rune) bool { return r == '-' || r == '.' }

const (
	latinKeys = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
	ruKeys    = "йцукенгшщзхъфывапролджэячсмитьбюё"
	ukKeys    = "йцукенгшщзхїфівапролджєячсмитьбю'"
)

// slipped reports whether a is b typed with a Latin layout.
func slipped(a, b string) bool {
	for _, keys := range []string{ruKeys, ukKeys} {
		if typed(a, []rune(keys)) == b {
			return true
		}
	}
	return false
}

func typed(s string, keys []rune) string {
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(latinKeys, r); i >= 0 {
			return keys[i]
		}
		return r
	}, s)
}
