package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"kartoteka/connectors"
	"kartoteka/connectors/table"
	"kartoteka/customer"
)

// MaxColumns is how many columns a table may have.
const MaxColumns = 4096

// items walks through the rows below the header.
type items struct {
	in        *connectors.Input
	sc        *scanner
	decoded   bool // from a charset in which a wrong byte became U+FFFD
	keepEmpty bool

	table   *customer.Table
	header  []string // headings as written, for repeated headers
	least   int      // fields that a row has at least
	pending []held   // rows read while looking for the header
	arena   []customer.Cell
	named   int    // bytes of the rows that cells of the arena name
	lines   []byte // memory of rows
	texts   []string
}

// held is a record that outlives the next one.
type held struct {
	record
	texts []string
}

// Next implements [connectors.Items].
func (it *items) Next(out *connectors.Item) error {
	if len(it.pending) > 0 {
		h := &it.pending[0]
		it.pending = it.pending[1:]
		it.fill(out, &h.record)
		*h = held{} // long rows are not kept twice
		return nil
	}
	r, err := it.sc.next()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return it.in.Broken(err)
	}
	it.fill(out, r)
	return nil
}

// Close implements [connectors.Items]; the file belongs to the reader.
func (it *items) Close() error { return nil }

// fill turns a record into a row, a reject or a filtered row.
func (it *items) fill(out *connectors.Item, r *record) {
	if code, reason, column := it.fault(r); code != "" {
		name := ""
		if column >= 0 && column < len(it.table.Columns) {
			name = it.table.Columns[column]
		}
		raw := r.raw[:min(len(r.raw), 64<<10)]
		out.Reject = it.in.Reject(it.place(r), name, code, reason, raw)
		return
	}
	line := it.keep(r.raw)
	it.texts = it.texts[:0]
	for _, f := range r.fields {
		it.texts = append(it.texts, it.text(line, f))
	}
	if out.Filtered = it.filter(r); out.Filtered != "" {
		return
	}
	if code, reason := it.columns(r); code != "" {
		out.Reject = it.in.Reject(it.place(r), "", code, reason, r.raw)
		return
	}
	out.Row = customer.Row{Table: it.table, Place: it.place(r), Cells: it.cells(r)}
}

// maxNamed bounds what one arena of cells keeps in memory for as long as one of its rows is held.
const maxNamed = 1 << 20

// linesRun is how many bytes of rows lie in one piece of memory.
const linesRun = 16 << 10

// keep copies a row.
func (it *items) keep(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	if len(raw) > cap(it.lines)-len(it.lines) {
		it.lines = make([]byte, 0, max(linesRun, len(raw)))
	}
	from := len(it.lines)
	it.lines = append(it.lines, raw...)
	return unsafe.String(&it.lines[from], len(raw))
}

func (it *items) place(r *record) customer.Place {
	return customer.Place{File: it.in.Name, Row: r.line, Offset: r.offset}
}

// fault checks a record before its texts are taken.
func (it *items) fault(r *record) (code, reason string, column int) {
	switch r.fault {
	case faultQuote:
		return string(faultQuote), "the quotes of this row do not pair; double each quote inside a field, or set quotes: none", -1
	case faultLength:
		return string(faultLength), fmt.Sprintf("the row is longer than %d MiB; a line end or a quote may be missing", maxRecord>>20), -1
	case faultFields:
		return string(faultFields), fmt.Sprintf("the row has more than %d fields; export the columns about customers only", maxFields), -1
	}
	for i, f := range r.fields {
		if f.to-f.from > maxField {
			return "cell.length", fmt.Sprintf("the field is longer than %d MiB; leave the column out of the export", maxField>>20), i
		}
	}
	if bytes.IndexByte(r.raw, 0) >= 0 {
		return "row.nul", "the row has a NUL byte; export it anew as text", it.columnOf(r, bytes.IndexByte(r.raw, 0))
	}
	if !utf8.Valid(r.raw) || it.decoded && bytes.Contains(r.raw, []byte("\ufffd")) {
		return "row.encoding", "the row is not in the charset of the file; export it anew in one charset, or set charset", -1
	}
	return "", "", -1
}

func (it *items) columnOf(r *record, at int) int {
	for i, f := range r.fields {
		if f.from <= at && at < f.to {
			return i
		}
	}
	return -1
}

// filter knows rows that are no customers.
func (it *items) filter(r *record) customer.FilterReason {
	switch {
	case len(r.raw) == 0 || len(bytes.Trim(r.raw, "\x1a \t\r\n")) == 0 || table.Blank(it.texts):
		return customer.FilteredBlank
	case table.Total(it.texts):
		return customer.FilteredTotal
	case it.header != nil && table.Repeats(it.header, it.texts):
		return customer.FilteredHeader
	}
	return ""
}

// columns checks the number of fields: more are right only if they are empty.
func (it *items) columns(r *record) (code, reason string) {
	n := len(it.texts)
	for n > it.least && strings.TrimSpace(it.texts[n-1]) == "" && n > len(it.table.Columns) {
		n--
	}
	if n >= it.least && n <= len(it.table.Columns) {
		return "", ""
	}
	return "row.columns", fmt.Sprintf("the row has %d fields, the header %d; a separator inside a field needs quotes around it",
		len(r.fields), it.least)
}

// text takes a field out of its row: quotes undone, escapes undone.
func (it *items) text(line string, f field) string {
	if f.to > len(line) {
		return "" // bytes were replaced; only the window of the header looks at such rows
	}
	s := line[f.from:f.to]
	if f.doubled {
		s = strings.ReplaceAll(s, `""`, `"`)
	}
	if it.sc.d.escapes && !f.quoted && strings.IndexByte(s, '\\') >= 0 {
		return unescape(s)
	}
	return s
}

// null is how COPY writes that there is no value.
const null = `\N`

func unescape(s string) string {
	if s == null {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 't':
			b.WriteByte('\t')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// cells delivers a field that has text, or quotes, or \N (explicitly empty); one without is
// absent unless the settings say otherwise.
func (it *items) cells(r *record) []customer.Cell {
	if cap(it.arena)-len(it.arena) < len(it.texts) || it.named > maxNamed {
		it.arena, it.named = make([]customer.Cell, 0, max(4096, len(it.texts))), 0
	}
	it.named += len(r.raw)
	from := len(it.arena)
	for i, text := range it.texts {
		if i >= len(it.table.Columns) {
			break
		}
		switch {
		case text == null && !r.fields[i].quoted:
			text = ""
		case text == "" && !r.fields[i].quoted && !it.keepEmpty:
			continue
		}
		it.arena = append(it.arena, customer.Cell{Column: i, Text: text})
	}
	return it.arena[from:len(it.arena):len(it.arena)]
}

func columnName(i int) string { return "column " + strconv.Itoa(i+1) }
