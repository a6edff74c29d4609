package demo

import (
	"strings"
	"testing"
	"time"
)

// The good numbers are public examples of the checks.
func TestCheckDigits(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"a person's tax number", inn12In("52", 63179846), "526317984689"},
		{"another one", inn12In("50", 1007322), "500100732259"},
		{"insurance number", snilsIn("1", 12233445), "11223344595"},
		{"an organization's tax number", "770708389" + checkDigit("770708389", 2, 4, 10, 3, 5, 9, 4, 6, 8), "7707083893"},
		{"Ukrainian tax number of a man", rnokpp(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), false, 0)[:5], "36525"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	if sum := weigh("365250457", []int{-1, 5, 7, 9, 4, 6, 10, 5, 7}) % 11 % 10; sum != 5 {
		t.Errorf("Ukrainian tax number: %d", sum)
	}
}

func TestNumbersArePersonsOwn(t *testing.T) {
	w := newWorld(1)
	seen := map[string]int{}
	for i := range 20_000 {
		p := w.person(i)
		for kind, number := range map[string]string{"inn": p.inn, "snils": p.snils, "passport": p.passport.series + p.passport.number} {
			if number == "" {
				continue
			}
			if other, twice := seen[kind+number]; twice && other != i {
				t.Errorf("%s of %d and %d", kind, other, i)
			}
			seen[kind+number] = i
		}
		if age := thisYear - p.birth.Year(); age < 15 || age > 95 {
			t.Errorf("person %d is %d years old", i, age)
		}
		if len(p.mobile) != 10 && p.country == "RU" || p.first == "" || p.last == "" {
			t.Errorf("person %d is not whole: %+v", i, p)
		}
	}
}

func TestPatronymics(t *testing.T) {
	want := map[string][2]string{"Илья": {"Ильинична", "Іллівна"}, "Никита": {"Никитична", "Микитівна"}, "Сергей": {"Сергеевна", "Сергіївна"},
		"Иван": {"Ивановна", "Іванівна"}, "Василий": {"Васильевна", "Василівна"}, "Юрий": {"Юрьевна", "Юріївна"}, "Пётр": {"Петровна", "Петрівна"}}
	for _, g := range lexicon().men {
		w, ok := want[g.ru]
		if got := [2]string{patronymic(g, true), ukPatronymic(g, true)}; ok && got != w {
			t.Errorf("%s: %v, want %v", g.ru, got, w)
		}
		if !strings.HasSuffix(patronymic(g, true), "на") || !strings.HasSuffix(ukPatronymic(g, true), "вна") {
			t.Errorf("%s: %s %s", g.ru, patronymic(g, true), ukPatronymic(g, true))
		}
	}
}

func TestSlips(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"layout", wrongLayout("Ёжиков"), "`;brjd"},
		{"woman", gendered("Вишневский-Попов", true), "Вишневская-Попова"},
		{"Ukrainian woman", gendered("Бондарський", true), "Бондарська"},
		{"no woman's form", gendered("Коваленко", true), "Коваленко"},
		{"initial", initial("Ёлка"), "Ё."},
		{"travel passport", passportLatin("Щукина Юлия"), "Shchukina Iuliia"},
		{"fixed line", fixed("495", 1234), "4950001234"},
		{"short area code", fixed("44", 1234), "4400001234"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}
