package matching

import (
	"math"
	"testing"

	"github.com/antzucaro/matchr"
	"pgregory.net/rapid"
)

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		limit int
		want  int
	}{
		{"", "", 2, 0},
		{"", "ab", 2, 2},
		{"ivanov", "ivanov", 2, 0},
		{"ivanov", "vianov", 2, 1}, // a swap of the first two letters
		{"ivanov", "ivanvo", 1, 1},
		{"ivanov", "petrov", 2, 3},
		{"abc", "ca", 2, 3}, // no edits inside a swap
		{"semenov", "semonv", 2, 2},
	} {
		if got := within(c.a, c.b, c.limit); got != c.want {
			t.Errorf("within(%q, %q, %d) = %d, want %d", c.a, c.b, c.limit, got, c.want)
		}
	}
}

func TestDistancesAgreeWithTheLibrary(t *testing.T) {
	words := rapid.StringMatching(`[abcd]{0,9}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := words.Draw(t, "a"), words.Draw(t, "b")
		if got, back := within(a, b, 2), within(b, a, 2); got != back {
			t.Fatalf("within(%q, %q) = %d, the other way round %d", a, b, got, back)
		}
		if got, want := within(a, b, 1), min(2, matchr.DamerauLevenshtein(a, b)); got != want {
			t.Fatalf("within(%q, %q, 1) = %d, want %d", a, b, got, want)
		}
		atBoost := math.Abs(1000*matchr.Jaro(a, b)-700) <= 5 // where the prefix begins to count, rounding decides
		if got, want := jaroWinkler(a, b), 1000*matchr.JaroWinkler(a, b, false); math.Abs(float64(got)-want) > 5 && !atBoost {
			t.Fatalf("jaroWinkler(%q, %q) = %d, want %.0f", a, b, got, want)
		}
	})
}

func BenchmarkWithin(b *testing.B) {
	for b.Loop() {
		within("konstantinopolski", "konstantinoplosky", 2)
	}
}
