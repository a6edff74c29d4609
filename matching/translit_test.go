package matching

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kartoteka/customer"
)

// TestEveryStandardOfTransliterationIsRecognized writes names by each standard of the table and
// compares them with the names themselves: nearly equal is the least.
func TestEveryStandardOfTransliterationIsRecognized(t *testing.T) {
	k := shippedRules(t).of(customer.Person)
	names := translitTable(t, "names.txt")
	for standard, letters := range translitTable(t, "standards.txt") {
		rule, seen := strings.Fields(standard), 0
		for head, list := range names {
			key := strings.Fields(head)
			if key[0] != rule[1] {
				continue
			}
			for name := range strings.FieldsSeq(list) {
				seen++
				written := transliterate(strings.Fields(letters), name)
				if level := levelAcross(k, key[1], name, written); level != "" {
					t.Errorf("%s: %s written %s: %s", standard, name, written, level)
				}
				if x, y := skeleton(name), skeleton(written); rule[2] == "exact" && x != y && !strings.Contains(name, "ъ") { // ъ is ie, y or nothing
					t.Errorf("%s: %s written %s: skeletons %s and %s", standard, name, written, x, y)
				}
			}
		}
		if seen == 0 {
			t.Errorf("%s: no name is written by it", standard)
		}
	}
}

// levelAcross compares two spellings of a part of a name; "" when they are at least nearly equal.
func levelAcross(k *kindRules, part, name, written string) string {
	x, y := personName{patronymicName: &noPatronymic, maiden: &noLast}, personName{patronymicName: &noPatronymic, maiden: &noLast}
	switch part {
	case "last":
		x.lastName, y.lastName = k.foldLast(name), k.foldLast(written)
		if at := new(nameComparison).lastLevel(&x, &y); at > lastClose {
			return lastKeys[at] + " of " + x.last + " and " + y.last
		}
	case "first":
		x.givenName, y.givenName = k.foldFirst(name), k.foldFirst(written)
		if at := firstLevel(&x, &y); at > firstClose {
			return firstKeys[at] + " of " + x.first + " and " + y.first
		}
	case "patronymic":
		x.patronymicName, y.patronymicName = k.foldPatronymic(name), k.foldPatronymic(written)
		if at := patronymicLevel(&x, &y); at > patronymicClose {
			return patronymicKeys[at] + " of " + x.patronymic + " and " + y.patronymic
		}
	}
	return ""
}

func translitTable(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../standardize/testdata/translit/" + name)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if head, list, ok := strings.Cut(line, ": "); ok && line[0] != '#' {
			m[head] = list
		}
	}
	return m
}

// transliterate writes a name by the letters of a standard; see the head of standards.txt.
func transliterate(table []string, name string) string {
	var out strings.Builder
	rest, before := strings.ToLower(name), ""
	for rest != "" {
		place := ""
		switch {
		case before == "":
			place = "^"
		case strings.Contains("аеёиоуыэюяіїєьъў'", before):
			place = "~"
		}
		from, to := letterOf(table, rest, place)
		out.WriteString(to)
		rest, before = rest[len(from):], from
	}
	return out.String()
}

func letterOf(table []string, rest, place string) (from, to string) {
	for _, prefix := range slices.Compact([]string{place, ""}) {
		for _, rule := range table {
			letter, written, _ := strings.Cut(rule, "=")
			if bare, ok := strings.CutPrefix(letter, prefix); ok && strings.HasPrefix(rest, bare) {
				return bare, written
			}
		}
	}
	_, size := utf8.DecodeRuneInString(rest)
	return rest[:size], rest[:size]
}
