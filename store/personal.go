package store

import (
	_ "embed"
	"strings"
)

//go:embed personal.txt
var personalText string

// PersonalMap is the map of personal data: of each table the columns that may hold what a source
// said about a person, and those that never do. An erasure and the tests stand on it.
func PersonalMap() (personal, plain map[string][]string) {
	personal, plain = map[string][]string{}, map[string][]string{}
	for line := range strings.Lines(personalText) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		for _, column := range words[1:] {
			if name, is := strings.CutSuffix(column, "!"); is {
				personal[words[0]] = append(personal[words[0]], name)
			} else {
				plain[words[0]] = append(plain[words[0]], column)
			}
		}
	}
	return personal, plain
}
