package diff

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// Kind says how a piece of a value relates to the value that it is compared with.
type Kind string

// The kinds of pieces.
const (
	Same    Kind = "same"
	Added   Kind = "added"   // the other value does not have it
	Missing Kind = "missing" // only the other value has it
)

// Piece is a run of characters of one kind. A character with a mark is a piece of its own.
type Piece struct {
	Kind Kind
	Text string
	Mark Mark // "" for none
}

// Bounds of the work: longer values are compared by their ends only.
const (
	maxCells = 1 << 18
	// alike is the share of common characters below which marking single ones tells nothing.
	alike = 0.4
	// chanceRun is how many characters in a row are no coincidence: single ones any two numbers share.
	chanceRun = 3
)

// Against tells how a value differs from an anchor. Values with little in common are compared word by
// word: marking each letter would tell nothing.
func Against(anchor, value string) []Piece {
	a, b := clusters(anchor), clusters(value)
	head := 0
	for head < len(a) && head < len(b) && equal(a[head], b[head]) {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && equal(a[len(a)-1-tail], b[len(b)-1-tail]) {
		tail++
	}
	var w writer
	x, y := text{a, marksOf(a)}, text{b, marksOf(b)}
	w.all(y.part(0, head), Same)
	middle := w.middle(x.part(head, len(a)-tail), y.part(head, len(b)-tail))
	w.all(y.part(len(b)-tail, len(b)), Same)
	if anchor != "" && float64(head+tail+middle) < alike*float64(max(len(a), len(b))) {
		return words(anchor, value)
	}
	return w.pieces
}

// words marks the words that the anchor does not have.
func words(anchor, value string) []Piece {
	known := map[string]bool{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(anchor), between) {
		known[word] = true
	}
	var w writer
	list := clusters(value)
	whole := text{list, marksOf(list)}
	for i := 0; i < len(list); {
		j := i + 1
		for inWord := !between([]rune(list[i])[0]); j < len(list) && inWord == !between([]rune(list[j])[0]); j++ {
		}
		kind := Added
		if word := strings.ToLower(strings.Join(list[i:j], "")); known[word] || strings.IndexFunc(word, func(r rune) bool { return !between(r) }) < 0 {
			kind = Same
		}
		w.all(whole.part(i, j), kind)
		i = j
	}
	return w.pieces
}

func between(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// Marked gives a value as pieces of one kind, for what is compared with nothing.
func Marked(value string, kind Kind) []Piece {
	var w writer
	list := clusters(value)
	w.all(text{list, marksOf(list)}, kind)
	return w.pieces
}

// text is a value by its characters. Their marks are found in the whole value: a letter is foreign
// to its word, which a part of it need not show.
type text struct {
	list  []string
	marks []Mark
}

func (t text) part(from, to int) text { return text{t.list[from:to], t.marks[from:to]} }

// clusters cuts a text into the characters that people see.
func clusters(s string) []string {
	out := make([]string, 0, len(s)/2)
	state := -1
	for len(s) > 0 {
		var c string
		c, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		out = append(out, c)
	}
	return out
}

// equal compares characters, however they are encoded.
func equal(x, y string) bool { return x == y || norm.NFC.String(x) == norm.NFC.String(y) }

// writer joins characters into pieces.
type writer struct{ pieces []Piece }

// all writes characters of one kind: runs without a mark as one piece.
func (w *writer) all(t text, kind Kind) {
	for i := 0; i < len(t.list); {
		j := i + 1
		for t.marks[i] == "" && j < len(t.list) && t.marks[j] == "" {
			j++
		}
		w.add(strings.Join(t.list[i:j], ""), kind, t.marks[i])
		i = j
	}
}

func (w *writer) add(text string, kind Kind, mark Mark) {
	if n := len(w.pieces); n > 0 && mark == "" && w.pieces[n-1].Mark == "" && w.pieces[n-1].Kind == kind {
		w.pieces[n-1].Text += text
		return
	}
	w.pieces = append(w.pieces, Piece{kind, text, mark})
}

// middle writes what lies between equal ends by a longest common subsequence and returns the
// length of what is no coincidence of it.
func (w *writer) middle(x, y text) (common int) {
	a, b := x.list, y.list
	if len(a)*len(b) > maxCells {
		w.all(x, Missing)
		w.all(y, Added)
		return 0
	}
	at, width := lengths(a, b), len(b)+1
	i, j, p, q := 0, 0, 0, 0 // a[p:i] and b[q:j] wait to be written
	for i < len(a) && j < len(b) {
		switch {
		case equal(a[i], b[j]):
			w.all(x.part(p, i), Missing)
			w.all(y.part(q, j), Added)
			from := j
			for i < len(a) && j < len(b) && equal(a[i], b[j]) {
				i, j, common = i+1, j+1, common+1
			}
			w.all(y.part(from, j), Same)
			if p, q = i, j; j-from < chanceRun {
				common -= j - from
			}
		case at[(i+1)*width+j] >= at[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	w.all(x.part(p, len(a)), Missing)
	w.all(y.part(q, len(b)), Added)
	return common
}

// lengths[i*width+j] is the length of the longest common subsequence of a[i:] and b[j:].
func lengths(a, b []string) []int32 {
	width := len(b) + 1
	at := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if equal(a[i], b[j]) {
				at[i*width+j] = at[(i+1)*width+j+1] + 1
			} else {
				at[i*width+j] = max(at[(i+1)*width+j], at[i*width+j+1])
			}
		}
	}
	return at
}

// Text gives the pieces as a line for people and golden files: [-missing-]{+added+}, with marks in
// angle brackets.
func Text(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		text := p.Text
		if p.Mark != "" {
			text += "<" + string(p.Mark) + ">"
		}
		switch p.Kind {
		case Added:
			text = "{+" + text + "+}"
		case Missing:
			text = "[-" + text + "-]"
		}
		b.WriteString(text)
	}
	return b.String()
}
