package phrases

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

func TestCatalogsHaveTheSameKeys(t *testing.T) {
	for _, l := range Langs() {
		var keys []string
		for key := range l.catalog() {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		if diff := cmp.Diff(Keys(), keys); diff != "" {
			t.Errorf("%s: %s", l, diff)
		}
	}
}

func TestPluralFormsAreComplete(t *testing.T) {
	for _, key := range Keys() {
		plural := len(En.catalog()[key]) > 1
		for _, l := range Langs() {
			e := l.catalog()[key]
			want := []Form{Other}
			if plural {
				want = l.Forms()
			}
			for _, form := range want {
				if strings.TrimSpace(e[form]) == "" {
					t.Errorf("%s: %s has no form %s", l, key, form)
				}
			}
			if len(e) != len(want) {
				t.Errorf("%s: %s has %d forms, want %d", l, key, len(e), len(want))
			}
		}
	}
}

var placeForm = regexp.MustCompile(`\{[^}]*\}?`)

func places(text string) []string {
	found := placeForm.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestPlaceholdersAreEqual(t *testing.T) {
	for _, key := range Keys() {
		want := places(En.catalog()[key][Other])
		for i, place := range want {
			if place != fmt.Sprintf("{%d}", i) {
				t.Errorf("en: %s: %s where {%d} is wanted", key, place, i)
			}
		}
		for _, l := range Langs() {
			for form, text := range l.catalog()[key] {
				if diff := cmp.Diff(want, places(text)); diff != "" {
					t.Errorf("%s: %s.%s: %s", l, key, form, diff)
				}
			}
		}
	}
}

// TestNothingIsLeftUntranslated lets only names of numbers and patterns be equal.
func TestNothingIsLeftUntranslated(t *testing.T) {
	same := regexp.MustCompile(`^(attribute\.(inn|snils|rnokpp|iin|kpp|ogrn|edrpou|unp|iban)|why\.comparison)$`)
	for _, key := range Keys() {
		for _, l := range []Lang{Ru, Uk} {
			if !same.MatchString(key) && l.catalog()[key][Other] == En.catalog()[key][Other] {
				t.Errorf("%s: %s is English", l, key)
			}
		}
	}
}

func TestPluralsAreRight(t *testing.T) {
	want := map[float64][3]string{
		0:    {"read 0 records", "прочитано 0 записей", "прочитано 0 записів"},
		1:    {"read 1 record", "прочитана 1 запись", "прочитано 1 запис"},
		2:    {"read 2 records", "прочитано 2 записи", "прочитано 2 записи"},
		5:    {"read 5 records", "прочитано 5 записей", "прочитано 5 записів"},
		11:   {"read 11 records", "прочитано 11 записей", "прочитано 11 записів"},
		21:   {"read 21 records", "прочитана 21 запись", "прочитано 21 запис"},
		22:   {"read 22 records", "прочитано 22 записи", "прочитано 22 записи"},
		25:   {"read 25 records", "прочитано 25 записей", "прочитано 25 записів"},
		101:  {"read 101 records", "прочитана 101 запись", "прочитано 101 запис"},
		111:  {"read 111 records", "прочитано 111 записей", "прочитано 111 записів"},
		1.5:  {"read 1.5 records", "прочитано 1,5 записи", "прочитано 1,5 запису"},
		1e6:  {"read 1,000,000 records", "прочитано 1\u00a0000\u00a0000 записей", "прочитано 1\u00a0000\u00a0000 записів"},
		1234: {"read 1,234 records", "прочитано 1\u00a0234 записи", "прочитано 1\u00a0234 записи"},
	}
	for n, sentences := range want {
		for i, l := range Langs() {
			if got := l.Sentence("report.read", n); got != sentences[i] {
				t.Errorf("%s %v: %q, want %q", l, n, got, sentences[i])
			}
			if n == float64(int(n)) && l.Sentence("report.read", int(n)) != sentences[i] {
				t.Errorf("%s %v as a whole number: %q", l, n, l.Sentence("report.read", int(n)))
			}
		}
	}
}

// TestFormsAreThoseOfCLDR compares with the tables of x/text.
func TestFormsAreThoseOfCLDR(t *testing.T) {
	names := map[plural.Form]Form{plural.One: One, plural.Few: Few, plural.Many: Many, plural.Other: Other}
	for _, l := range Langs() {
		tag := language.Make(string(l))
		for n := range 1300 {
			if want := names[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]; l.Form(float64(n)) != want {
				t.Errorf("%s %d: %s, want %s", l, n, l.Form(float64(n)), want)
			}
		}
		if want := names[plural.Cardinal.MatchPlural(tag, 1, 1, 1, 5, 5)]; l.Form(1.5) != want {
			t.Errorf("%s 1.5: %s, want %s", l, l.Form(1.5), want)
		}
	}
}

func TestSentences(t *testing.T) {
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		got, want string
	}{
		{Ru.Sentence("why.comparison", Key("attribute.phone"), Key("level.exact"), Of("why.weight.for", 12.5)), "телефон: совпадает, 12,5 бита за одного клиента"},
		{Uk.Sentence("report.overlap", 3, "crm", "shop"), "3 клієнти і в crm, і в shop"},
		{En.Sentence("report.overlap", 3, "{1}", "shop"), "3 customers in both {1} and shop"},
		{En.Sentence("report.completeness", Key("attribute.email"), Share(0.5), Share(0.333)), "e-mail: filled in 50%, valid in 33.3%"},
		{Ru.Text(Share(0.999)), "99,9\u00a0%"},
		{En.Sentence("no.such.key", 5, "x"), "no.such.key 5 x"},
		{En.Sentence("report.read"), "read  records"},
		{Ru.Sentence("report.read", "many"), "прочитано many записи"},
		{Lang("fr").Sentence("kind.person"), "person"},
		{Ru.Level("date", "", "typo"), "совпадает с точностью до опечатки"},
		{Ru.Level("date", "", "year"), "совпадает только год"},
		{En.Level("organization_name", "core", "most"), "most words are equal"},
		{En.Level("x", "y", "unheard"), "level.unheard"},
		{En.Level("person_name", "order", "swapped"), "surname and given name are swapped"},
		{En.Level("date", "", "swapped"), "day and month are swapped"},
		{En.Level("person_name", "last", "part"), "one of two surnames is equal"},
		{Ru.Rule("name.last.sound + birth_date + x.Цвет"), "звучание фамилии, дата рождения, x.Цвет"},
		{En.Rule("email.local"), "e-mail (the part before the @)"},
		{Ru.AttributeOf("person", "name"), "ФИО"}, {Uk.AttributeOf("person", "phone"), "телефон"},
		{Ru.Attribute("phone"), "телефон"},
		{Ru.Attribute("x.Цвет"), "x.Цвет"},
		{En.First(nil), ""},
		{En.Date(day), "5 March 2026"}, {Ru.Date(day), "5 марта 2026\u00a0г."}, {Uk.Text(day), "5 березня 2026\u00a0р."}, {Uk.Date(time.Time{}), ""},
		{En.Number(-1234.567), "−1,234.57"}, {Ru.Number(999), "999"}, {En.Number(0.001), "0"}, {En.Number(-0.001), "0"},
		{Ru.Text(1500 * time.Millisecond), "1,5\u00a0с"},
		{En.Text([]string{"a", "b"}), "a, b"}, {En.Text(nil), ""}, {En.Text(fmt.Errorf("x")), "x"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// TestArgumentsMayBeMissing speaks every key with too few and with many arguments.
func TestArgumentsMayBeMissing(t *testing.T) {
	for _, l := range Langs() {
		for _, key := range Keys() {
			for _, args := range [][]any{nil, {3}, {2.5, "a", "b", "c"}, {"a"}} {
				if got := l.Sentence(key, args...); got == "" || strings.ContainsAny(got, "{}") {
					t.Errorf("%s: %s with %v: %q", l, key, args, got)
				}
			}
		}
	}
}

func TestMatch(t *testing.T) {
	for asked, want := range map[string]Lang{"": En, "C": En, "ru_RU.UTF-8": Ru, "uk": Uk, "uk-UA,ru;q=0.8": Uk, "fr, ru;q=0.5, en;q=0.4": Ru,
		"ru;q=x, uk;q=0.1": Uk, "*": En, "RU": Ru, "C.UTF-8": En, "en;q=0.5,uk;q=0.9": Uk} {
		if got := Match(asked); got != want {
			t.Errorf("%q: %s, want %s", asked, got, want)
		}
	}
}

func FuzzFill(f *testing.F) {
	for _, s := range []string{"", "{", "{0", "{0}", "{9}{", "{a}{1}", "}{0}{"} {
		f.Add(s, "x{0}")
	}
	f.Fuzz(func(t *testing.T, text, arg string) {
		if got := fill(text, []string{arg}); !strings.Contains(text, "{") && got != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("uk-UA,ru;q=0.8")
	f.Fuzz(func(t *testing.T, asked string) {
		if !slices.Contains(Langs(), Match(asked)) {
			t.Error("no language of ours")
		}
	})
}

func ExampleLang_Sentence() {
	fmt.Println(Ru.Sentence("report.duplicates.within", 21, "crm"))
	fmt.Println(En.Sentence("report.duplicates.within", 1, "crm"))
	// Output:
	// 21 дубликат внутри crm
	// 1 duplicate within crm
}
