package naming

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartoteka/customer"
)

func TestVerdicts(t *testing.T) {
	for file, kind := range map[string]customer.Kind{"persons": customer.Person, "organizations": customer.Organization} {
		text, err := os.ReadFile("testdata/" + file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for line := range lines(string(text)) {
			f := strings.Split(line, " | ")
			if len(f) != 3 {
				t.Fatalf("%s: %q: want name | name | verdict", file, line)
			}
			for _, pair := range [][2]string{{f[0], f[1]}, {f[1], f[0]}} {
				if r := Compare(pair[0], pair[1], kind); string(r.Verdict) != f[2] {
					t.Errorf("%s: %s | %s: %s (%.2f bits), want %s\n\t%v", file, pair[0], pair[1], r.Verdict, r.Bits, f[2], r.Reasons)
				}
			}
		}
	}
}

func TestKindIsGuessed(t *testing.T) {
	for name, want := range map[string]customer.Kind{
		"ООО «Ромашка»": customer.Organization, "Иванов Пётр": customer.Person, "Ковалёв А. О.": customer.Person,
		"Apple Inc.": customer.Organization, "John Smith": customer.Person, "Школа № 12": customer.Organization, "ИП Боцкалева Н. П.": customer.Person,
	} {
		if got := Compare(name, name, "").Kind; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// TestReasonsTellSides checks that a reason names the parts as the caller ordered the names.
func TestReasonsTellSides(t *testing.T) {
	got := Compare("Tchaikovsky P.", "Пётр Чайковский", customer.Person).Reasons
	want := []Reason{
		{Transliteration, "tchaikovsky", "чайковский", 0},
		{Initial, "p", "петр", 0},
		{Order, "", "", 0},
	}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Bits" }, cmp.Ignore())); diff != "" {
		t.Error(diff)
	}
}

// names are drawn from letters and words that mean something to the tables.
func names() *rapid.Generator[string] {
	word := rapid.SampledFrom([]string{"Иванов", "Ivanov", "пётр", "Petr", "P.", "bin", "al", "ООО", "LLC", "Фонд", "1", "II", "№", "Müller", "Шульц", "Shultz", "Саша", "김", "ა", "-", "\xff", "J.-C.", "Ромашка"})
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "free") {
			return rapid.String().Draw(t, "text")
		}
		return strings.Join(rapid.SliceOfN(word, 0, 6).Draw(t, "words"), " ")
	})
}

func kinds() *rapid.Generator[customer.Kind] {
	return rapid.SampledFrom([]customer.Kind{"", customer.Person, customer.Organization})
}

func TestOrderOfNamesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, kind := names().Draw(t, "a"), names().Draw(t, "b"), kinds().Draw(t, "kind")
		x, y := Compare(a, b, kind), Compare(b, a, kind)
		if x.Bits != y.Bits || x.Verdict != y.Verdict || x.Kind != y.Kind || len(x.Reasons) != len(y.Reasons) {
			t.Fatalf("%v\n%v", x, y)
		}
	})
}

// TestRepeatedWordsInBothOrders compares names whose repeated words cross more often when they are counted from one
// side than from the other.
func TestRepeatedWordsInBothOrders(t *testing.T) {
	a, b := "Иванов пётр Иванов P.", "пётр P. пётр Иванов"
	if x, y := Compare(a, b, ""), Compare(b, a, ""); x.Bits != y.Bits {
		t.Errorf("%v\n%v", x, y)
	}
}

// TestWordBesideAnInitialIsItself compares a name with itself whose letters have no sound in the tables: word and
// initial together sound like the word alone.
func TestWordBesideAnInitialIsItself(t *testing.T) {
	if r := Compare("𞥃A?À", "𞥃A?À", customer.Organization); r.Verdict == Different {
		t.Error(r)
	}
}

func TestNameIsNeverDifferentFromItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := names().Draw(t, "a")
		if r := Compare(a, a, kinds().Draw(t, "kind")); r.Verdict == Different {
			t.Fatalf("%q: %v", a, r)
		}
	})
}

func TestScoreIsAProbability(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Compare(names().Draw(t, "a"), names().Draw(t, "b"), kinds().Draw(t, "kind"))
		if r.Score < 0 || r.Score > 1 || math.IsNaN(r.Bits) {
			t.Fatal(r)
		}
	})
}

func TestLongNamesTakeBoundedTime(t *testing.T) {
	long := map[string]string{
		"one word":   strings.Repeat("щ", 1<<20),
		"many words": strings.Repeat("аб ", 1<<19),
		"letters":    strings.Repeat("s c h ", 1<<18),
		"bytes":      strings.Repeat("\xff", 1<<20),
		"latin":      strings.Repeat("sch", 1<<19),
	}
	start := time.Now()
	for _, a := range long {
		for _, b := range long {
			Compare(a, b, customer.Person)
			Compare(a, b, customer.Organization)
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("Пётр Ильич Чайковский", "Tchaikovsky P. I.", uint8(0))
	f.Add("ООО «Ромашка»", "\xff\x00", uint8(1))
	f.Fuzz(func(t *testing.T, a, b string, k uint8) {
		kind := []customer.Kind{"", customer.Person, customer.Organization}[k%3]
		if x, y := Compare(a, b, kind), Compare(b, a, kind); x.Bits != y.Bits {
			t.Fatalf("%v %v", x, y)
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Compare("Пётр Ильич Чайковский", "Tchaikovsky P. I.", customer.Person)
	}
}

func TestAcross(t *testing.T) {
	for _, c := range []struct {
		cyrillic, latin string
		want            bool
	}{
		{"джексон", "jackson", true}, {"уильям", "william", true}, {"шульц", "schulz", true}, {"щербаков", "shcherbakov", true},
		{"хуан", "juan", true}, {"жуков", "joukov", true}, {"иванов", "petrov", false}, {"джексон", "johnson", false}, {"алина", "arina", false}, {"марина", "mariana", false}, {"иванов", "иванов", false},
	} {
		if got := Across(c.cyrillic, c.latin); got != c.want || Across(c.latin, c.cyrillic) != c.want {
			t.Errorf("%s, %s: %v", c.cyrillic, c.latin, got)
		}
	}
	if n := testing.AllocsPerRun(100, func() { Across("джексон", "jackson") }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
