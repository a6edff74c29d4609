package naming

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed dict/alphabets.txt
var alphabetsText string

// romans leads from letters of other alphabets to Latin ones.
var romans = sync.OnceValue(func() map[rune]string {
	m := map[rune]string{}
	for line := range lines(alphabetsText) {
		for entry := range strings.FieldsSeq(line) {
			r, size := utf8.DecodeRuneInString(entry)
			if m[r] == "" {
				m[r] = entry[size:]
			}
		}
	}
	return m
})

// romanize writes Greek, Georgian and Armenian letters as Latin ones.
func romanize(folded string) string {
	if !strings.ContainsFunc(folded, isForeign) {
		return folded
	}
	var out strings.Builder
	for _, r := range folded {
		if latin := romans()[r]; latin != "" && isForeign(r) {
			out.WriteString(latin)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// isForeign sees the three alphabets.
func isForeign(r rune) bool {
	return r >= 0x370 && r < 0x400 || r >= 0x530 && r < 0x590 || r >= 0x10A0 && r < 0x1100
}
