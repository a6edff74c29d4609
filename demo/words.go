package demo

import (
	_ "embed" // the word lists
	"strconv"
	"strings"
	"sync"
)

//go:embed data/given.txt
var givenText string

//go:embed data/surnames.txt
var surnameText string

//go:embed data/places.txt
var placeText string

//go:embed data/streets.txt
var streetText string

//go:embed data/companies.txt
var companyText string

// given is a given name in its languages.
type given struct {
	female                          bool
	ru, uk                          string
	short                           []string
	patronymic, ukPatronymic, latin string
}

// town is a place with its telephone code.
type town struct{ country, ru, uk, area, post string }

// street is a street name in two languages.
type street struct{ ru, uk string }

// words are the lists that the population is composed of.
type words struct {
	men, women         []*given
	menSums, womenSums []int
	list               map[string][]string // surnames and companies by heading
	towns              []*town
	townSums           []int
	ukTowns            []*town
	streets            []street
}

// lexicon reads the lists once.
var lexicon = sync.OnceValue(func() *words {
	w := &words{list: map[string][]string{}}
	for _, f := range fields(givenText, "|") {
		w.addGiven(f)
	}
	for _, f := range fields(surnameText+"\n"+companyText, " ") {
		w.list[f[0]] = f[1:]
	}
	for _, f := range fields(placeText, "|") {
		w.addTown(f)
	}
	for _, f := range fields(streetText, "|") {
		w.streets = append(w.streets, street{f[0], f[1]})
	}
	return w
})

func fields(text, separator string) [][]string {
	var out [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, strings.Split(line, separator))
		}
	}
	return out
}

func (w *words) addGiven(f []string) {
	g := &given{female: f[0] == "f", ru: f[1], uk: f[2], short: strings.Split(f[3], ","), patronymic: f[4], ukPatronymic: f[5], latin: f[7]}
	if g.female {
		w.women, w.womenSums = append(w.women, g), running(w.womenSums, f[6])
		return
	}
	w.men, w.menSums = append(w.men, g), running(w.menSums, f[6])
}

func (w *words) addTown(f []string) {
	t := &town{f[0], f[1], f[2], f[3], f[4]}
	w.towns, w.townSums = append(w.towns, t), running(w.townSums, f[5])
	if t.country == "UA" {
		w.ukTowns = append(w.ukTowns, t)
	}
}

// running appends the next running sum; the lists are our own, so a bad weight counts as 1.
func running(sums []int, weight string) []int {
	n, err := strconv.Atoi(weight)
	if err != nil {
		n = 1
	}
	if len(sums) > 0 {
		n += sums[len(sums)-1]
	}
	return append(sums, n)
}
