package naming

import (
	"slices"
	"strings"

	"kartoteka/standardize"
)

// Words is a list of words in Cyrillic to search for the ones that a Latin word may be.
type Words struct {
	list []string
	read []spelled
}

// NewWords prepares a list; its order does not matter.
func NewWords(list []string) *Words {
	w := &Words{list: slices.Compact(slices.Sorted(slices.Values(list)))}
	for _, s := range w.list {
		w.read = append(w.read, compiled().letters.spell(joinedWord(s)))
	}
	return w
}

// Nearest is what a search for a word found.
type Nearest struct {
	Word      string
	Closeness float64 // 1: the most usual spelling, 0: nothing in common
	Second    float64 // closeness of the second best
}

// undecided is how near the second best must be to make an answer less sure.
const undecided = 0.05

// confidence is the closeness, less where another word is about as near.
func (n Nearest) confidence() float64 {
	return n.Closeness - max(0, undecided-(n.Closeness-n.Second))/2
}

// Nearest finds the word of the list that is most likely meant by a Latin word. Of equally
// near words it takes the first in alphabetical order.
func (w *Words) Nearest(word string) Nearest {
	x := compiled().letters.spell(joinedWord(word))
	best, next, at := 0, 0, -1
	var walk walk
	for i := range w.read {
		y := &w.read[i]
		cost := compiled().cross.along(&walk, y.letters, x.letters, limitFor(next, &x, y))
		c := closenessOf(int(cost), &x, y)
		switch {
		case at < 0 || c > best:
			best, next, at = c, best, i
		case c > next:
			next = c
		}
	}
	if at < 0 {
		return Nearest{}
	}
	return Nearest{w.list[at], float64(best) / 10000, float64(next) / 10000}
}

// closenessOf puts a cost in proportion to the longer word; in ten-thousandths.
func closenessOf(cost int, x, y *spelled) int {
	return max(0, 10000-100*cost/max(1, max(len(x.letters), len(y.letters))-2))
}

// limitFor is the highest cost that still reaches a closeness.
func limitFor(closeness int, x, y *spelled) int16 {
	return int16((10000-closeness)*max(1, max(len(x.letters), len(y.letters))-2)/100 + 1)
}

// joinedWord folds a word; what stood around a hyphen is written together.
func joinedWord(s string) string {
	return strings.ReplaceAll(standardize.Fold(clip(s)), " ", "")
}
