package desk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kartoteka/standardize"
)

// Forms are two written given names that may be one: Саша and Александр, Олександр and Александр.
type Forms struct {
	Left, Right string
	// Short tells that the left one is short for the right one; the other way round is turned.
	Short bool
}

// SameGiven finds in two names of persons the given names that are written differently and may stand
// for one name; the zero Forms if there are none.
func SameGiven(a, b string) Forms {
	right := words(b)
	for _, x := range words(a) {
		if slices.ContainsFunc(right, func(y string) bool { return standardize.Fold(x) == standardize.Fold(y) }) {
			continue // in both
		}
		full := standardize.GivenForms(x)
		for _, y := range right {
			for _, form := range standardize.GivenForms(y) {
				if slices.Contains(full, form) {
					return formsOf(x, y, form)
				}
			}
		}
	}
	return Forms{}
}

func formsOf(x, y, full string) Forms {
	short := func(s string) bool {
		return utf8.RuneCountInString(s) < utf8.RuneCountInString(full) && standardize.Fold(s) != full
	}
	switch {
	case standardize.Fold(x) == full && short(y):
		return Forms{y, x, true}
	case standardize.Fold(y) == full && short(x):
		return Forms{x, y, true}
	}
	return Forms{Left: x, Right: y}
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' && r != '-' })
}
