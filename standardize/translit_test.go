package standardize

import (
	"os"
	"strings"
	"testing"
)

// TestPopularSpellingsMeetInOneSkeleton reads spellings that follow no one standard; those of the
// standards are the matter of the engine's comparison, which has its own test of the same tables.
func TestPopularSpellingsMeetInOneSkeleton(t *testing.T) {
	text, err := os.ReadFile("testdata/translit/spellings.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range lines(string(text)) {
		same := strings.Fields(line)
		for _, s := range same[1:] {
			if got, want := Latin(Fold(s)), Latin(Fold(same[0])); got != want {
				t.Errorf("%s gives %q, but %s gives %q", s, got, same[0], want)
			}
		}
	}
}
