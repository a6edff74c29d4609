package table

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func lines(rows ...string) []Line {
	var out []Line
	for i, r := range rows {
		out = append(out, Line{Number: int64(i + 1), Cells: strings.Split(r, "|")})
	}
	return out
}

func TestFind(t *testing.T) {
	merged := lines("Отчет", "Код|Контакты||ФИО", "|Телефон|E-mail|", "1|2|3|4")
	merged[1].Spans = []Span{{1, 2}}
	for name, c := range map[string]struct {
		window []Line
		want   Header
		found  bool
	}{
		"first row":     {lines("ФИО|Телефон", "а|84950001234"), Header{0, 0, []string{"ФИО", "Телефон"}}, true},
		"below titles":  {lines("ООО Ромашка", "Период: март|", "", "ФИО|Телефон| ИНН*", "а|84950001234|1"), Header{3, 3, []string{"ФИО", "Телефон", "ИНН*"}}, true},
		"unknown words": {lines("rec|abc|xyz", "r-1|x1|12345"), Header{0, 0, []string{"rec", "abc", "xyz"}}, true},
		"data only":     {lines("Ковалёв|84950001234|12.04.1985", "Иванова|84950001235|12.04.1986"), Header{}, false},
		"wide rows are never titles": {lines("abc|date (2017-11-30)|qqq|rrr|sss|ttt", "1990-01-01|1990-01-01|12345|x|y|z", "Код|ФИО|Телефон|Город|Улица|Дом", "1990-01-01|1990-01-01|12345|x|y|z"),
			Header{0, 0, []string{"abc", "date (2017-11-30)", "qqq", "rrr", "sss", "ttt"}}, true},
		"nothing":              {nil, Header{}, false},
		"two rows":             {merged, Header{1, 2, []string{"Код", "Телефон", "E-mail", "ФИО"}}, true},
		"addresses are values": {lines("x|Адрес", "г. Москва, ул. Ленина, дом 5, кв. 1000|г. Тула, дом 7"), Header{0, 0, []string{"x", "Адрес"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, found := Find(c.window)
			if diff := cmp.Diff(c.want, got); diff != "" || found != c.found {
				t.Error(found, diff)
			}
		})
	}
}

func TestRowsThatAreNoCustomers(t *testing.T) {
	for text, want := range map[string]bool{"Итого": true, "ИТОГО:": true, "Всего по группе": true, "|Total|5": true, "Итогов Иван": false, "Total Energies": false, "Total|Paris, rue de la Paix": false, "Всего 25": true, "Итого: 5 клиентов|5 строк": true, "Тотальный": false, "": false} {
		if got := Total(strings.Split(text, "|")); got != want {
			t.Errorf("total %q: %v", text, got)
		}
	}
	header := []string{"ФИО", "Телефон"}
	for text, want := range map[string]bool{"ФИО|Телефон": true, "фио| телефон ": true, "ФИО|84950001234": false, "ФИО|": false} {
		if got := Repeats(header, strings.Split(text, "|")); got != want {
			t.Errorf("repeats %q: %v", text, got)
		}
	}
}

func TestNames(t *testing.T) {
	got := Names([]string{"a", "", "a", "a (2)", "a"}, func(int) string { return "column B" })
	if diff := cmp.Diff([]string{"a", "column B", "a (2)", "a (2) (2)", "a (3)"}, got); diff != "" {
		t.Error(diff)
	}
}
