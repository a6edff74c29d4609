package desk

import "testing"

func TestSameGiven(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Forms
	}{
		{"Ковалёв Саша", "Ковалёв Александр Петрович", Forms{"Саша", "Александр", true}},
		{"Ковалёв Александр Петрович", "Саша Ковалёв", Forms{"Саша", "Александр", true}},
		{"Шевченко Олександр", "Шевченко Александр", Forms{"Олександр", "Александр", false}},
		{"Саша", "Шура", Forms{"Саша", "Шура", false}},
		{"Smith Bill", "William Smith", Forms{"Bill", "William", true}},
		{"Ковалёв Пётр", "Ковалёв Александр", Forms{}},
		{"Ковалёв А.", "Ковалёв Александр", Forms{}},
		{"Ковалёва Анна", "Ковалева Анна Сергеевна", Forms{}},
		{"", "Анна", Forms{}},
	} {
		if got := SameGiven(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %+v, want %+v", c.a, c.b, got, c.want)
		}
	}
}
