package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
)

// cellsOf gives the cells of a raw row in the order of its columns; a column with several texts comes
// as often.
func cellsOf(raw string) ([]Cell, error) { return readRow(raw, math.MaxInt/32) }

// shownCells are cellsOf with long texts clipped, in time that hardly grows with their length.
func shownCells(raw string) ([]Cell, error) {
	cells, err := readRow(raw, shownText)
	for i := range cells {
		cells[i].Text, cells[i].Clipped = clip(cells[i].Text)
	}
	return cells, err
}

var errRow = errors.New("what was delivered is no JSON object of texts")

// readRow reads an object of column → text or list of texts. Of texts that have more than so many bytes at least
// one byte more is read.
func readRow(raw string, most int) (out []Cell, err error) {
	r := rowReader{rest: []byte(raw), most: most}
	if len(raw) == 0 {
		return nil, nil
	}
	if !r.next('{') {
		return nil, errRow
	}
	for first := true; !r.next('}'); first = false {
		if !first && !r.next(',') {
			return nil, errRow
		}
		column, ok := r.text()
		if !ok || !r.next(':') {
			return nil, errRow
		}
		texts, ok := r.texts()
		if !ok {
			return nil, errRow
		}
		for _, text := range texts {
			out = append(out, Cell{Column: column, Text: text})
		}
	}
	return out, nil
}

// rowReader reads JSON from its beginning. encoding/json looks at each byte several times, which of a row of 10 MB
// takes a quarter of a second.
type rowReader struct {
	rest []byte
	most int
}

// next passes a sign, if it comes next.
func (r *rowReader) next(sign byte) bool {
	r.rest = bytes.TrimLeft(r.rest, " \t\r\n")
	if len(r.rest) == 0 || r.rest[0] != sign {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *rowReader) texts() (out []string, ok bool) {
	if !r.next('[') {
		text, ok := r.text()
		return []string{text}, ok
	}
	for first := true; !r.next(']'); first = false {
		if !first && !r.next(',') {
			return nil, false
		}
		text, ok := r.text()
		if !ok {
			return nil, false
		}
		out = append(out, text)
	}
	return out, true
}

func (r *rowReader) text() (string, bool) {
	r.rest = bytes.TrimLeft(r.rest, " \t\r\n")
	if after, is := bytes.CutPrefix(r.rest, []byte("null")); is {
		r.rest = after
		return "", true
	}
	end := textEnd(r.rest)
	if end < 0 {
		return "", false
	}
	text, ok := r.decode(r.rest[:end])
	r.rest = r.rest[end:]
	return text, ok
}

// textEnd is the place behind the text that b begins with, -1 if it begins with none.
func textEnd(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return -1
	}
	for i := 1; ; i++ {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return -1
		}
		i += j
		escapes := 0
		for b[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
}

// decode reads a text, or the beginning of a long one.
func (r *rowReader) decode(quoted []byte) (text string, ok bool) {
	const longestSign = 12 // bytes of an escaped pair of surrogates
	if len(quoted) > longestSign*(r.most+2) {
		end := longestSign * (r.most + 1)
		for tries := 0; tries < longestSign; tries++ { // a cut may go through an escape
			if json.Unmarshal(append(quoted[:end-tries:end-tries], '"'), &text) == nil {
				return text, true
			}
		}
	}
	return text, json.Unmarshal(quoted, &text) == nil
}
