package desk

import (
	"strings"
	"unicode/utf8"
)

// storable refuses texts that no database keeps.
func storable(texts ...string) error {
	for _, text := range texts {
		if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
			return invalid("a text holds a NUL character or is no UTF-8; leave it out")
		}
	}
	return nil
}
