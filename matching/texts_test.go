package matching

import (
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// TestTextsGiveBackWhatTheyGot numbers texts of any length, looked for or not.
func TestTextsGiveBackWhatTheyGot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := NewTexts()
		lengths := rapid.SampledFrom([]int{0, 1, 2, 3, 7, 60, looseLimit - 1, looseLimit, looseLimit + 1})
		var want []string
		var got []uint32
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			s := strings.Repeat(rapid.SampledFrom([]string{"a", "б", "\n"}).Draw(t, "letter"), lengths.Draw(t, "length"))
			number := texts.of
			if rapid.Bool().Draw(t, "loose") {
				number = texts.loose
			}
			n, _ := number(s)
			want, got = append(want, s), append(got, n)
		}
		for i := range want {
			if texts.Text(got[i]) != want[i] {
				t.Fatalf("text %d of %d bytes became another", i, len(want[i]))
			}
		}
	})
}

// TestTextsThatComeAgainShareANumber fills the list beyond its first size.
func TestTextsThatComeAgainShareANumber(t *testing.T) {
	texts := NewTexts()
	numbers := map[string]uint32{}
	for round := range 2 {
		for i := range 5000 {
			s := strings.Repeat("x", i%40) + string(rune('a'+i%26)) + strings.Repeat("y", i%37)
			n, _ := texts.of(s)
			if old, is := numbers[s]; is && old != n || round > 0 && !is {
				t.Fatalf("round %d: text %d has number %d, had %d", round, i, n, old)
			}
			numbers[s] = n
			same, _ := texts.of(s)
			if a, b := texts.Text(n), texts.Text(same); unsafe.StringData(a) != unsafe.StringData(b) {
				t.Fatalf("text %d stands twice in memory", i)
			}
		}
	}
}
