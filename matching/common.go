package matching

import (
	_ "embed"
	"strconv"
	"strings"

	"kartoteka/customer"
)

//go:embed common.txt
var common string

// commonNames puts the frequencies of common names into a model. They are folded here, so that
// the list stays readable and follows the folding.
func commonNames(m *Model) {
	for line := range strings.Lines(common) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || name[0] == '#' {
			continue
		}
		words := strings.Fields(rest)
		for i := 0; i+1 < len(words); i += 2 {
			share, err := strconv.ParseFloat(words[i+1], 64)
			if err != nil {
				continue
			}
			for _, kind := range customer.Kinds() {
				m.Kinds[kind].Frequencies["person_name."+name].list(foldCommon(name, words[i]), share/100)
			}
		}
	}
}

func foldCommon(part, name string) string {
	s := skeleton(name)
	switch part {
	case "last":
		return stemOf(s)
	case "patronymic":
		s, _ = patronymicOf(s)
	}
	return s
}

func (f *Frequencies) list(term string, p float64) {
	if f.Values == nil {
		f.Values = map[string]float64{}
	}
	f.Values[term] = p
}
