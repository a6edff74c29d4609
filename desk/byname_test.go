package desk

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// W32: names stand as in the dictionaries of the language.
func TestNamesSortByLanguage(t *testing.T) {
	for lang, want := range map[string][]string{
		"ru": {"Авдеев", "Егоров", "Ежов", "Елкин", "Ёлкин", "Ермаков", "Жуков", "Иванов", "Йовович", "Щукин", "Ыков", "Эдуардов", "Яковлев"},
		"uk": {"Гончар", "Гусак", "Ґалаґан", "Ґудзь", "Дяченко", "Еней", "Євтушенко", "Жук", "Ивасик", "Іваненко", "Ісаєнко", "Їжакевич", "Йосипенко", "Коваль", "Щербак", "Юрченко", "Яценко"},
		"en": {"adams", "Adams", "Baker", "Muller", "Müller", "Mulligan", "O'Neil", "Zimmer"},
	} {
		compare, got := Collate(lang), slices.Clone(want)
		rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, compare)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
	}
}
