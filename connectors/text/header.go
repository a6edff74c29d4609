package text

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"kartoteka/connectors"
	"kartoteka/connectors/table"
	"kartoteka/customer"
)

// findHeader reads the window at the top, names the columns, and keeps the rows below.
func (it *items) findHeader(mode string) error {
	it.table = &customer.Table{}
	window, err := it.window()
	if err != nil {
		return err
	}
	if len(window) > 0 && window[0].fault == faultFields {
		return it.tooWide(maxFields)
	}
	first, header := it.choose(mode, window)
	columns := first.Columns
	if header {
		it.header = columns
		it.least = len(columns)
		window = window[first.Last+1:]
	} else {
		it.least = usual(window)
		columns = make([]string, it.least)
		it.in.Note("text.header", "no header was found; the columns are called column 1, column 2, ...")
	}
	for _, h := range window { // data below a heading that is missing at the right
		for len(columns) < len(h.texts) && strings.TrimSpace(strings.Join(h.texts[len(columns):], "")) != "" && header && it.wider(window, len(columns)) {
			columns = append(columns, "")
		}
	}
	if len(columns) > MaxColumns {
		return it.tooWide(len(columns) - 1)
	}
	it.table.Columns = table.Names(columns, columnName)
	it.pending = window
	if header && len(window) == 0 {
		it.in.Note("text.empty", "there is a header and nothing below it")
	}
	return nil
}

func (it *items) tooWide(than int) error {
	return fmt.Errorf("%w: %s has more than %d columns; %d at most: export the columns about customers only", connectors.ErrInput, it.in.Name, than, MaxColumns)
}

// wider reports whether most rows have a field in the column.
func (it *items) wider(window []held, column int) bool {
	n := 0
	for _, h := range window {
		if len(h.texts) > column {
			n++
		}
	}
	return 2*n > len(window)
}

// window reads the rows in which the header is looked for.
func (it *items) window() ([]held, error) {
	var window []held
	for size := 0; len(window) < table.Window && size < maxRecord; {
		r, err := it.sc.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, it.in.Broken(err)
		}
		h := held{record: *r}
		h.raw = append([]byte(nil), r.raw...)
		size += len(h.raw)
		h.fields = append([]field(nil), r.fields...)
		line := strings.ToValidUTF8(string(h.raw), "?")
		for _, f := range h.fields {
			h.texts = append(h.texts, it.text(line, f))
		}
		window = append(window, h)
	}
	return window, nil
}

func (it *items) choose(mode string, window []held) (table.Header, bool) {
	if mode == "none" {
		return table.Header{}, false
	}
	lines := make([]table.Line, len(window))
	for i, h := range window {
		lines[i] = table.Line{Number: h.line, Cells: h.texts}
	}
	if mode == "first" && len(lines) > 0 {
		return table.First(lines[0]), true
	}
	h, ok := table.Find(lines)
	if ok && h.First > 0 {
		it.in.Note("text.header", fmt.Sprintf("the header stands in line %d; %d rows above it are titles", window[h.First].line, h.First))
	}
	return h, ok
}

// usual is the most frequent number of fields.
func usual(window []held) int {
	counts := map[int]int{}
	best := 1
	for _, h := range window {
		n := len(h.fields)
		counts[n]++
		if counts[n] > counts[best] {
			best = n
		}
	}
	return best
}
