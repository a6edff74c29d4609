package mapping

import (
	"regexp"
	"strings"

	"kartoteka/customer"
)

// roleColumns settles the columns that say something about the row instead of the customer.
func (f *inference) roleColumns() {
	for _, c := range f.of("-observed") {
		if f.out.Mapping.Observed == "" && c.filled > 0 {
			f.out.Mapping.Observed = f.table.Columns[c.index]
		}
	}
	if f.keyed {
		return
	}
	if c := f.keyColumn(); c != nil {
		f.out.Mapping.Key = []string{f.table.Columns[c.index]}
		if g := f.at(c); g.concept == (concept{}) {
			*g = guess{concept{attribute: "-key"}, 0.6, "name: a number; values: codes"}
		}
		f.at(c).reason += "; filled and unique"
	}
}

// KeyColumn names the column that is the key of a table: filled and unique in every sampled
// row, with a name that says so, and no counter of rows; "" if there is none. The caller
// that sees all rows must still expect a key to come twice.
func KeyColumn(t *customer.Table, sample []customer.Row) string {
	f := &inference{table: t, columns: lookAt(t, sample)}
	f.guesses = make([]guess, len(f.columns))
	for i, c := range f.columns {
		if h, ok := loadVocabulary().find(c.heading); ok {
			f.guesses[i].concept = h.concept
		}
	}
	if c := f.keyColumn(); c != nil {
		return t.Columns[c.index]
	}
	return ""
}

// keyColumn takes the best-named of the columns that may be keys: the first among equals.
func (f *inference) keyColumn() *column {
	var best *column
	rank := 0
	for _, c := range f.keys() {
		if c.repeated || c.filled == 0 || c.zeros > 1 || c.filled+c.zeros != c.rows || len(c.distinct) != c.filled {
			continue
		}
		if r := keyRank(c); best == nil || r > rank {
			best, rank = c, r
		}
	}
	if best == nil {
		return f.numbered()
	}
	return best
}

// numberWords are how a heading says that what follows tells rows apart, whatever they are of:
// SOS_VOTERID, Клиент №, Personalnummer.
var numberWords = wordSet(`id ид no nr num number номер код code key ключ kod nummer numer numero número нумар нөмірі`)

// numbered finds a column that no word for a customer's key names, but one for a number, and that
// tells all rows apart by short values with digits. Too few rows tell nothing.
func (f *inference) numbered() *column {
	for i, c := range f.columns {
		if f.guesses[i].concept != (concept{}) || c.repeated || c.filled < 10 || c.filled != c.rows || len(c.distinct) != c.filled {
			continue
		}
		if saysNumber(c.heading) && c.longest <= 40 && c.matching(codeRE) == 1 && c.share(shapeDate) == 0 && c.share(shapeNumber) == c.share(shapeDigits) {
			return c
		}
	}
	return nil
}

// codeRE is a code: one word, with a digit.
var codeRE = regexp.MustCompile(`^[\p{L}\d_/.#-]*\d[\p{L}\d_/.#-]*$`)

func saysNumber(heading string) bool {
	for _, w := range words(heading) {
		if numberWords()[w] || len(w) > 4 && strings.HasSuffix(w, "id") || strings.HasSuffix(w, "nummer") {
			return true
		}
	}
	return false
}

// keys are the columns whose names say key. An attribute that another source taught the hub does
// not keep a column from being the key of this one.
func (f *inference) keys() []*column {
	out := f.of("-key")
	for i, c := range f.columns {
		if !strings.HasPrefix(f.guesses[i].concept.attribute, "="+extraPrefix) {
			continue
		}
		if h, ok := loadVocabulary().find(c.heading); ok && h.concept.attribute == "-key" {
			out = append(out, c)
		}
	}
	return out
}

// keyRank prefers GUIDs, then keys of the record, then of the client, then codes.
func keyRank(c *column) int {
	s := squash(words(c.heading))
	switch {
	case c.share(shapeGUID) == 1:
		return 5
	case strings.Contains(s, "record") || strings.HasPrefix(s, "rec"):
		return 4
	case strings.Contains(s, "id") || strings.Contains(s, "ид") || strings.Contains(s, "ключ") || strings.Contains(s, "key"):
		return 3
	case strings.Contains(s, "код") || strings.Contains(s, "code"):
		return 2
	}
	return 1
}
