package standardize

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"  Ковалёв ":             "ковалев",
		"Гончapов":               "гончаров",
		"Mосква":                 "москва",
		"Иванова-Смирнова":       "иванова смирнова",
		"В'ячеслав":              "вячеслав",
		"O’Brien":                "obrien",
		"DEMICHEVA GUZEL'":       "demicheva guzel",
		"и\u0306од":              "йод",
		"ООО «Ромашка \"Тест\"»": "ооо ромашка тест",
		"1-я Советская":          "1 я советская",
		"Ţepeş":                  "ţepeş",
		"a\u0301b":               "áb",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLatinMeetsInOneSkeleton(t *testing.T) {
	for _, same := range [][]string{
		{"Евгений", "Evgenii", "Yevgeniy", "Evgeny", "Evgenij", "Jevgeni", "Evgeniy"},
		{"Ковалёв", "Kovalev", "Kovalyov", "KOVALEV"},
		{"Цингер", "Tsinger", "Tcinger", "Cinger"},
		{"Наговицын", "Nagovitcyn", "Nagovitsyn"},
		{"Юлия", "Yuliya", "Iuliia", "Julia", "Yulia"},
		{"Щербаков", "Shcherbakov", "Scherbakov"},
		{"Хрущёв", "Khrushchev"},
		{"Чайковский", "Tchaikovsky", "Chaikovskii", "Chaykovskiy"},
		{"Татьяна", "Tatyana", "Tatiana", "Tat'yana"},
		{"Тюмень", "Tiumen", "Tyumen"},
		{"Александр", "Aleksandr", "ALEKSANDR"},
		{"Алексей", "Aleksei", "Alexey", "Alexei", "Aleksey"},
		{"Дмитрий", "Dmitry", "Dmitrii", "Dmitri"},
		{"Поліщук", "Polishchuk"},
		{"Карл", "Carl", "Karl"},
	} {
		want := Latin(Fold(same[0]))
		for _, s := range same {
			if got := Latin(Fold(s)); got != want {
				t.Errorf("%s gives %q, but %s gives %q", same[0], want, s, got)
			}
		}
	}
}

func TestGivenForms(t *testing.T) {
	for in, want := range map[string][]string{
		"Саша":      {"александр", "александра"},
		"Олександр": {"александр"},
		"Bill":      {"william"},
		"Ярополк":   {"ярополк"},
		"А.":        nil,
		"Evgenii":   {"евгений"},
		"Natalya":   {"наталья"},
		"Сергей":    {"сергей"},
		"Альфред":   {"альфред"},
		"Alfred":    {"alfred", "альфред"},
		"Farit":     {"фарит"},
	} {
		if diff := cmp.Diff(want, GivenForms(in)); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Ковалёв а\u0301")
	f.Add("Гончapов O’Brien")
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if utf8.ValidString(s) && scriptOf(once)&(latin|cyrillic) != latin|cyrillic && scriptOf(s)&(latin|cyrillic) != latin|cyrillic && Fold(once) != once {
			t.Errorf("Fold(%q) = %q, and again %q", s, once, Fold(once))
		}
		Latin(once)
		GivenForms(s)
		clean(s)
	})
}
