package matching

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/cespare/xxhash/v2"
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
			number := func(s string) uint32 { return texts.of(s, xxhash.Sum64String(s)) }
			if rapid.Bool().Draw(t, "loose") {
				number = texts.loose
			}
			want, got = append(want, s), append(got, number(s))
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
			sought := []soughtText{{text: s, hash: xxhash.Sum64String(s)}}
			texts.seek(sought)
			n := texts.of(s, sought[0].hash)
			if found := sought[0].number; found != 0 && found != n {
				t.Fatalf("text %d has number %d, %d was found", i, n, found)
			}
			if old, is := numbers[s]; is && old != n || round > 0 && !is {
				t.Fatalf("round %d: text %d has number %d, had %d", round, i, n, old)
			}
			numbers[s] = n
			if a, b := texts.Text(n), texts.Text(texts.of(s, sought[0].hash)); unsafe.StringData(a) != unsafe.StringData(b) {
				t.Fatalf("text %d stands twice in memory", i)
			}
		}
	}
}
