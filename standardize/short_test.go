package standardize

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kartoteka/customer"
)

// The short ways say what the long ways say.

func TestPlainStreetIsTheStreetColumn(t *testing.T) {
	words := rapid.SampledFrom([]string{"High", "St", "street", "Rd.", "Apt", "4", "5th", "Old", "the", "East", "PO", "Box", "Flat", "12a", "at", "near", "1/2", "Musterstr", "ul", "Лесная", "th", "Close",
		"#3", "Floor", "Seventh", "Avenue", "of", "N", "", "O'Hara", "St.Mary", "Highway", "61", "5/6", "e", "2nd"})
	rapid.Check(t, func(t *rapid.T) {
		column := fmt.Sprint(rapid.IntRange(0, 99999).Draw(t, "house")) + " " + strings.Join(rapid.SliceOfN(words, 1, 5).Draw(t, "words"), " ")
		column = strings.TrimSpace(column)
		var short, long postal
		if !short.plainStreet(column) {
			return
		}
		if cleaned := clean(column); !isPlaceholder(cleaned) {
			long.streetColumn(cleaned, addressWords(nil, cleaned))
		}
		if short != long {
			t.Fatalf("%q: %q, the long way %q", column, short.part, long.part)
		}
	})
}

func TestPlainPostcodeIsThePostcodeColumn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		column := rapid.StringMatching(`[A-Z0-9]{1,5} ?[A-Z0-9]{0,4}`).Draw(t, "column")
		if !plainPostcode(column) {
			return
		}
		if cleaned := clean(column); isPlaceholder(cleaned) || len(addressWords(nil, cleaned)) == 0 || postcode(cleaned) != column {
			t.Fatalf("%q", column)
		}
	})
}

func TestISODayIsADate(t *testing.T) {
	z := New(testPortrait(t), Settings{})
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.SampledFrom([]int{0, 1, 999, 1000, 1001, 1111, 1753, 1899, 1900, 1901, 1970, 1984, 2000, 2099, 2100, 2200, 9999}).Draw(t, "year")
		text := fmt.Sprintf("%04d-%02d-%02d", year, rapid.IntRange(0, 13).Draw(t, "month"), rapid.IntRange(0, 32).Draw(t, "day"))
		raw := customer.RawValue{Text: text, Format: "yyyy-mm-dd"} // with a format the long way is taken
		long := parseDate(z, &input{attribute: &customer.Attribute{}, raw: &raw, text: text}, nil)
		if isISODay(text) && (long[0].Verdict != customer.Valid || long[0].Standard != text) {
			t.Fatalf("%s: %v %q", text, long[0].Verdict, long[0].Standard)
		}
	})
}

// TestPlaceholdersAreFoundByTheirBegin folds what no begin would let through.
func TestPlaceholdersAreFoundByTheirBegin(t *testing.T) {
	for text := range placeholders {
		if text == "xxx" {
			continue // thirty
		}
		for _, s := range []string{text, strings.ToUpper(text), " " + text, "-" + text + ".", strings.NewReplacer("е", "e", "о", "o", "т", "T", "н", "H").Replace(text)} {
			if s = clean(s); placeholders[Fold(s)] && !isPlaceholder(s) {
				t.Errorf("%q is a placeholder", s)
			}
		}
	}
	for text := range fillerLocals {
		if local := strings.ReplaceAll(text, " ", "."); !isFillerLocal(local, "mail.ru") {
			t.Errorf("%q is a filler", local)
		}
	}
}
