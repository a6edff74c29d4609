package diff

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files")

// pairs are written with escapes, so that a reader sees what a screen hides.
var pairs = [][2]string{
	{"Ковалёв Александр", "Ковалев Александр"},
	{"Иванов Иван", "Иванов Иван"},
	{"Иванов Иван", "Iванов Иван"}, // a Latin I
	{"Олена Шевченко", "Олена  Шевченко"},
	{"Андрей", "Андреи\u0306"}, // й as two
	{"Анна", "Ан\u200bна"},     // zero width space
	{"Анна Ли", "Анна\u00a0Ли"},
	{"👩‍👩‍👧 семья", "👩‍👩‍👦 семья"},
	{"Петрова Анна Игоревна", "Петрова Анна Ивановна"},
	{"Петров", "Смирнова"},
	{"+79161234567", "+79161234576"},
	{"1985-04-12", "1985-12-04"},
	{"", "Анна"},
	{"Анна", ""},
	{"ООО \"Ромашка\"", "ООО Ромашка"},
	{"Ye\u0301lena", "Yélena"},
	{"ab\tc", "abc"},
	{"603005, Нижний Новгород, ул. Большая Покровская, д. 12", "Нижний Новгород, Б. Покровская, 12-7"},
	{"982667233063", "989490522767"},
}

func TestGraphemes(t *testing.T) {
	var b strings.Builder
	for _, p := range pairs {
		b.WriteString(strings.Join([]string{p[0], p[1], Text(Against(p[0], p[1])), string(Explain(p[0], p[1]))}, " | ") + "\n")
	}
	const name = "testdata/graphemes.txt"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Error(d)
	}
}

func TestNotes(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Note
	}{
		{"Андрей", "Андреи\u0306", Encoding},
		{"ИВАНОВ", "Иванов", Case},
		{"+7 (916) 123", "+7916123", Signs},
		{"Семёнов", "Семенов", Yo},
		{"Олександрів", "Олександрив", LikeI},
		{"Cepoв", "Серов", Lookers},
		{"Иванова Анна Петровна", "Анна Петровна Иванова", Order},
		{"Шевченко Олена", "Shevchenko Olena", Translit},
		{"Yuliya Shcherbakova", "Щербакова Юлия", Translit},
		{"ghbdtn", "привет", Slip},
		{"1985-04-12", "1985-12-04", DayMonth},
		{"Анна", "Анна", ""},
		{"Анна", "Мария", ""},
		{"", "Мария", ""},
	} {
		if got := Explain(c.a, c.b); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

// TestNothingIsLost finds the value again in what is shown of it.
func TestNothingIsLost(t *testing.T) {
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("абвгaeoи\u0306\u200b \u00a0👩\u200d\xad")), 0, 30, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		var back strings.Builder
		for _, p := range Against(a, b) {
			if p.Kind != Missing {
				back.WriteString(p.Text)
			}
		}
		if back.String() != b {
			t.Fatalf("%q became %q", b, back.String())
		}
	})
}

func FuzzAgainst(f *testing.F) {
	for _, p := range pairs {
		f.Add(p[0], p[1])
	}
	f.Fuzz(func(_ *testing.T, a, b string) { Against(a, b); Explain(a, b); Points(b) })
}

func TestLongValuesAreCompared(t *testing.T) {
	long := strings.Repeat("Анна ", 200_000)
	if got := Against(long, long+"x"); len(got) != 2 || got[1].Text != "x" {
		t.Errorf("%d pieces", len(got))
	}
}
