package standardize

import (
	_ "embed"
	"iter"
	"strings"
)

//go:embed dict/forms_cyrillic.txt
var formsCyrillic string

//go:embed dict/forms_latin.txt
var formsLatin string

// lines yields the lines of a dictionary without blank ones and comments.
func lines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}
