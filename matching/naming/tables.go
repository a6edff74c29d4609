package naming

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed dict/cyrillic_latin.txt
var crossText string

//go:embed dict/latin.txt
var latinText string

//go:embed dict/cyrillic.txt
var cyrillicText string

// tiers are the costs of the columns of the table across scripts, in hundredths of a letter.
var tiers = []int16{0, 8, 20, 40}

// Costs of a slip of the pen, in hundredths of a letter.
const (
	costConsonant = 100
	costVowel     = 70
	costMixed     = 130 // a vowel for a consonant
	costDouble    = 6
	costSwap      = 80 // two neighboring letters exchanged
	never         = 10000

	costPlace = 2 // for each spelling that is more usual
	costTier  = 7 // at most
	costBound = 4 // for what holds at an end of a word only
)

// spelling says that one sequence of letters may be written as another.
type spelling struct {
	rows, columns []symbol
	cost          int16
}

// table holds the spellings between two alphabets, found by the last letters of both sequences.
type table struct {
	letters *alphabet
	spans   [256 * 256][2]uint16
	list    []spelling
	longest int // letters of the longest sequence of a row
	drop    [256]int16
	vowel   [256]bool
}

// tables are compiled once.
type tables struct {
	letters                *alphabet
	cross, latin, cyrillic *table
}

var compiled = sync.OnceValue(func() *tables {
	a := newAlphabet()
	cross, latin, cyrillic := readCross(a), readPairs(a, latinText), readPairs(a, cyrillicText)
	return &tables{letters: a, cross: newTable(a, cross), latin: newTable(a, latin), cyrillic: newTable(a, cyrillic)}
})

func lines(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

// readCross reads lines "ш: sh š | ch": rows are Cyrillic.
func readCross(a *alphabet) (list []spelling) {
	for line := range lines(crossText) {
		key, rest, _ := strings.Cut(line, ":")
		bound := int16(0)
		if strings.ContainsAny(key, "^$") {
			bound = costBound
		}
		for tier, column := range slices.Collect(strings.SplitSeq(rest, "|")) {
			place := int16(0) // the usual spelling stands first
			for latin := range strings.FieldsSeq(column) {
				list = append(list, spelling{a.segment(key), a.segment(strings.Trim(latin, "'")), tiers[tier] + place + bound})
				place = min(place+costPlace, costTier)
			}
		}
	}
	return list
}

// readPairs reads lines "5: ph=f ck=k"; they hold both ways.
func readPairs(a *alphabet, text string) (list []spelling) {
	for line := range lines(text) {
		key, rest, _ := strings.Cut(line, ":")
		cost, _ := strconv.Atoi(key) // a test reads the tables
		for pair := range strings.FieldsSeq(rest) {
			x, y, _ := strings.Cut(pair, "=")
			list = append(list, spelling{a.segment(x), a.segment(y), int16(cost)}, spelling{a.segment(y), a.segment(x), int16(cost)})
		}
	}
	return list
}

func newTable(a *alphabet, list []spelling) *table {
	t := &table{letters: a}
	t.costs()
	buckets := map[[2]symbol][]spelling{}
	for _, s := range list {
		switch {
		case len(s.rows) == 0 && len(s.columns) == 1:
			t.drop[s.columns[0]] = min(t.drop[s.columns[0]], s.cost)
		case len(s.columns) == 0 && len(s.rows) == 1:
			t.drop[s.rows[0]] = min(t.drop[s.rows[0]], s.cost)
		case len(s.columns) > 0 && len(s.rows) > 0:
			k := [2]symbol{s.rows[len(s.rows)-1], s.columns[len(s.columns)-1]}
			buckets[k] = append(buckets[k], s)
			t.longest = max(t.longest, len(s.rows))
		}
	}
	for i := range 256 * 256 {
		from := uint16(len(t.list))
		t.list = append(t.list, buckets[[2]symbol{symbol(i >> 8), symbol(i)}]...)
		t.spans[i] = [2]uint16{from, uint16(len(t.list))}
	}
	return t
}

// costs sets what dropping a letter costs.
func (t *table) costs() {
	for i := range t.drop {
		t.drop[i] = costConsonant
	}
	for r, s := range t.letters.number {
		if strings.ContainsRune("aeiouyаеиоуыэюяіїєёөәұү", baseLetter(r)) {
			t.drop[s], t.vowel[s] = costVowel, true
		}
	}
	for r, cost := range map[rune]int16{'ь': 3, 'ъ': 3, 'й': 30, 'h': 25, 'e': 60, '^': never, '$': never} {
		t.drop[t.letters.number[r]] = cost
	}
}
