// Package table finds the header and the rows that are no customers in a grid of cells, as
// people and report programs lay them out.
package table

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Window is how many rows at the top are searched for the header.
const Window = 30

// Span is a run of columns that one merged cell covers in a header row.
type Span struct{ From, To int }

// Line is one row of the grid.
type Line struct {
	Number int64    // as a person counts it
	Cells  []string // by column; "" is blank
	Spans  []Span   // merged cells that begin in this row and cover several columns
	Indent int      // how deep the row is indented or grouped
}

// Header is where the header was found and what the columns are called.
type Header struct {
	First, Last int      // places in the window, usually equal; two rows when the upper one has merged cells
	Columns     []string // "" for a column without a heading
}

// Find looks for the header: the first of the rows that score best by known headings,
// distinct texts and few numbers. It never stands below a row that is as wide as the table, for
// titles are narrow: what looks like a title but is wide is data, and no data is passed by.
// None is found in a grid whose rows all look like data.
func Find(window []Line) (Header, bool) {
	best, scores := 0, make([]int, len(window))
	for i := range window {
		scores[i] = score(window[i].Cells)
		best = max(best, scores[i])
	}
	wide := firstWide(window)
	for i := range window[:min(len(window), wide+1)] {
		if i < wide && (scores[i] <= 0 || 10*scores[i] < 7*best) {
			continue
		}
		if !headerLike(window[i].Cells) && (i < wide || !unlikeBelow(window[i:])) {
			return Header{}, false
		}
		return compose(window, i), true
	}
	return Header{}, false
}

// firstWide is the first row that fills most of the columns that any row of the window fills.
func firstWide(window []Line) int {
	widest := 0
	for i := range window {
		widest = max(widest, filled(window[i].Cells))
	}
	for i := range window {
		if 10*filled(window[i].Cells) >= 6*widest {
			return i
		}
	}
	return len(window)
}

func filled(cells []string) int {
	n := 0
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// unlikeBelow reports that the first row has far fewer values than those below it: a header
// whose headings have numbers in them.
func unlikeBelow(window []Line) bool {
	values := func(cells []string) int {
		n := 0
		for _, c := range cells {
			if Value(strings.TrimSpace(c)) {
				n++
			}
		}
		return n
	}
	first, below := values(window[0].Cells), 0
	for _, l := range window[1:] {
		below += values(l.Cells)
	}
	return 3*first < filled(window[0].Cells) && len(window) > 1 && below > 2*first*(len(window)-1)
}

// First takes a row for the header without a look at its texts.
func First(line Line) Header { return Header{Columns: clean(line.Cells)} }

// Restarts reports whether a row between the data is the header of another table:
// most of its cells are known headings, none is a value.
func Restarts(cells []string) bool {
	known, filled := 0, 0
	for _, c := range cells {
		if strings.TrimSpace(c) == "" {
			continue
		}
		if Value(c) {
			return false
		}
		filled++
		if Known(c) {
			known++
		}
	}
	return filled >= 2 && 3*known >= 2*filled
}

func score(cells []string) int {
	seen := map[string]bool{}
	known, numbers := 0, 0
	for _, c := range cells {
		c = strings.TrimSpace(c)
		switch {
		case c == "":
			continue
		case Value(c):
			numbers++
		case Known(c):
			known++
		}
		if !Value(c) {
			seen[c] = true
		}
	}
	return 3*known + len(seen) - 2*numbers
}

func headerLike(cells []string) bool {
	known, data, filled := 0, 0, 0
	for _, c := range cells {
		c = strings.TrimSpace(c)
		switch {
		case c == "":
			continue
		case Value(c):
			data++
		case Known(c):
			known++
		}
		filled++
	}
	return filled > 0 && (data == 0 || known >= 2 && known > data)
}

// Value tells a value from a heading: an e-mail, a date, a number, a phone. What stands in
// brackets after letters is a remark to either: Date (ISO 8601).
func Value(s string) bool {
	digits, letters, inside := 0, 0, false
	for _, r := range s {
		switch {
		case r == '(' && letters > 0:
			inside = true
		case r == ')':
			inside = false
		case inside:
		case r == '@' || r == '{':
			return true
		case r >= '0' && r <= '9':
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return digits >= 4 || digits > 0 && letters == 0 || len(s) > 200
}

// compose names the columns of a header that begins at row i.
func compose(window []Line, i int) Header {
	h := Header{First: i, Last: i}
	upper := clean(window[i].Cells)
	lower := subheader(window, i, upper)
	if lower == nil {
		h.Columns = upper
		return h
	}
	h.Last = i + 1
	spread := append([]string(nil), upper...)
	for _, span := range window[i].Spans {
		for c := span.From; c <= span.To; c++ {
			for len(spread) <= c {
				spread = append(spread, "")
			}
			if c < len(lower) && lower[c] != "" {
				spread[c] = upper[span.From]
			}
		}
	}
	for len(spread) < len(lower) {
		spread = append(spread, "")
	}
	for c, below := range lower {
		switch {
		case below == "" || below == spread[c]:
		case spread[c] == "" || Known(below):
			spread[c] = below
		default:
			spread[c] += " " + below
		}
	}
	h.Columns = spread
	return h
}

// subheader returns the second row of a header: its texts stand below a merged cell of the first.
func subheader(window []Line, i int, upper []string) []string {
	if i+1 >= len(window) || !headerLike(window[i+1].Cells) {
		return nil
	}
	lower := clean(window[i+1].Cells)
	below := false
	for c, text := range lower {
		if text == "" || c < len(upper) && text == upper[c] { // merged downwards
			continue
		}
		covered := false
		for _, s := range window[i].Spans {
			covered = covered || s.From <= c && c <= s.To
		}
		if !covered && c < len(upper) && upper[c] != "" {
			return nil // a text below a plain heading is data
		}
		below = below || covered
	}
	if !below {
		return nil
	}
	return lower
}

func clean(cells []string) []string {
	out := make([]string, len(cells))
	last := 0
	for i, c := range cells {
		out[i] = strings.Join(strings.Fields(strings.ToValidUTF8(c, "")), " ")
		if out[i] != "" {
			last = i + 1
		}
	}
	return out[:last]
}

// fold makes headings comparable: NFKC, lower case, ё→е, no punctuation at the ends.
func fold(s string) string {
	if !ascii(s) {
		s = norm.NFKC.String(s)
	}
	s = strings.ReplaceAll(strings.ToLower(s), "ё", "е")
	return strings.TrimFunc(strings.Join(strings.Fields(s), " "), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
