package standardize

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestMemoGivesOneValueForAText asks for texts from several goroutines while the table grows.
func TestMemoGivesOneValueForAText(t *testing.T) {
	var memo Memo[*string]
	var seen [4][3000]*string
	var wg sync.WaitGroup
	for w := range seen {
		wg.Go(func() {
			for i := range seen[w] {
				seen[w][i] = memo.Of(fmt.Sprint("text ", i), func(s string) *string { return &s })
			}
		})
	}
	wg.Wait()
	for i, first := range seen[0] {
		if want := fmt.Sprint("text ", i); *first != want {
			t.Fatalf("%q instead of %q", *first, want)
		}
		for w := range seen {
			if seen[w][i] != first {
				t.Fatalf("%q was given twice", *first)
			}
		}
	}
}

func TestMemoIsBounded(t *testing.T) {
	var memo Memo[int]
	for i := range memoTexts + 100 {
		memo.Of(fmt.Sprint(i), func(string) int { return i })
	}
	if n := memo.table.Load().taken; n > memoTexts {
		t.Errorf("%d texts are remembered", n)
	}
	long := strings.Repeat("a", memoLength+1)
	if memo.Of(long, func(string) int { return 1 }) != 1 || memo.Of(long, func(string) int { return 2 }) != 2 {
		t.Error("a long text is remembered")
	}
}
