package desk

import (
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// The orders of what a search finds.
const (
	ByScore = "score"
	ByName  = "name"
)

// Collate tells which of two names comes first in the dictionaries of a language: Ё beside Е, Ґ
// behind Г, Є behind Е, І and Ї behind И in Ukrainian. It is not safe for concurrent use.
func Collate(lang string) func(a, b string) int {
	tag, err := language.Parse(lang)
	if err != nil {
		tag = language.Und
	}
	return collate.New(tag).CompareString
}

// sortByName puts customers in the order of their names; who has none comes last.
func sortByName(list []Found, lang string) {
	compare := Collate(lang)
	slices.SortStableFunc(list, func(a, b Found) int {
		x, y := a.name(), b.name()
		if x == "" || y == "" {
			return byBool(x != "", y != "")
		}
		return compare(x, y)
	})
}

// name is the first value by which people tell customers apart.
func (f *Found) name() string {
	for _, v := range f.Values {
		if v.Attribute == "name" {
			return v.Value
		}
	}
	return ""
}
