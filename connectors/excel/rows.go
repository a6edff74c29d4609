package excel

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"kartoteka/connectors/table"
)

const (
	maxColumns = 4096
	maxText    = 1 << 20
	maxRow     = 8 << 20 // bytes of all texts of a row
)

// line is a row of a sheet: its grid for the header finder and what is wrong with cells.
type line struct {
	table.Line
	faults []cellFault // the first one
	size   int         // bytes of its texts
	gap    bool        // blank rows stand before it
}

// cellFault is a cell that could not be taken.
type cellFault struct {
	column       int
	code, reason string
}

// rows reads the rows of one sheet that have a text, one after another.
type rows struct {
	w      *workbook
	sh     *sheet
	r      io.ReadCloser
	s      *scan
	number int
	last   int    // row number of the last line given out
	down   []area // merged over several rows, by top
	active []carried
	spans  map[int][]table.Span // merged over several columns, by row

	hidden, formulas int // counted for the notes
}

// carried is a merged cell whose text holds for the rows below its first one.
type carried struct {
	area
	text string
}

func (w *workbook) rows(sh *sheet) (*rows, error) {
	r, err := sh.part.Open()
	if err != nil {
		return nil, w.broken(err)
	}
	rs := &rows{w: w, sh: sh, r: r, s: newScan(r), spans: map[int][]table.Span{}}
	for _, a := range sh.merged {
		if a.right > a.left {
			rs.spans[a.top] = append(rs.spans[a.top], table.Span{From: a.left, To: a.right})
		}
		if a.bottom > a.top {
			rs.down = append(rs.down, a)
		}
	}
	slices.SortFunc(rs.down, func(a, b area) int { return cmp.Compare(a.top, b.top) })
	return rs, nil
}

// next returns the next row with a text; io.EOF at the end.
func (rs *rows) next() (*line, error) {
	for {
		if err := rs.s.next(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil, io.EOF
			}
			return nil, rs.w.broken(err)
		}
		if rs.s.kind != startTag || string(rs.s.name) != "row" {
			continue
		}
		l, err := rs.row()
		if err != nil {
			return nil, rs.w.broken(err)
		}
		if l != nil {
			l.gap = rs.last > 0 && int(l.Number) > rs.last+1
			rs.last = int(l.Number)
			return l, nil
		}
	}
}

func (rs *rows) row() (*line, error) {
	rs.number++
	if n, err := strconv.Atoi(rs.s.attr("r")); err == nil && n >= rs.number {
		rs.number = n
	}
	l := &line{}
	l.Number = int64(rs.number)
	outline, _ := strconv.Atoi(rs.s.attr("outlineLevel"))
	hidden := rs.s.attr("hidden")
	depth := rs.s.depth - 1
	column := -1
	for rs.s.again || rs.s.depth > depth {
		if err := rs.s.next(); err != nil {
			return nil, cut(err)
		}
		if rs.s.kind == startTag && string(rs.s.name) == "c" {
			column++
			if c, _ := coordinates(rs.s.attr("r")); c >= 0 {
				column = c
			}
			if err := rs.cell(l, column); err != nil {
				return nil, err
			}
		}
	}
	rs.carry(l)
	if len(l.faults) == 0 && table.Blank(l.Cells) {
		return nil, nil
	}
	if hidden == "1" || hidden == "true" {
		rs.hidden++
	}
	l.Spans = rs.spans[rs.number]
	l.Indent += 4 * outline
	return l, nil
}

// cell reads one cell into the line.
func (rs *rows) cell(l *line, column int) error {
	kind := rs.s.attr("t")
	var st style
	if i, err := strconv.Atoi(rs.s.attr("s")); err == nil && i >= 0 && i < len(rs.w.styles) {
		st = rs.w.styles[i]
	}
	value, valued, formula, err := rs.value()
	if err != nil {
		return err
	}
	if formula && !valued {
		rs.formulas++
		return nil
	}
	if !valued {
		return nil
	}
	if column >= maxColumns {
		l.wrong(cellFault{column, "row.columns",
			fmt.Sprintf("the row has a value beyond column %d; leave out what is not about customers", maxColumns)})
		return nil
	}
	if l.size > maxRow {
		return nil
	}
	if kind == "s" {
		if value, valued, err = rs.shared(value); err != nil {
			return err
		}
	}
	s, fault := "", &cellFault{code: "cell.string", reason: "the cell points to a text that the workbook does not have; save it anew"}
	if valued {
		s, fault = rs.read(kind, value, st)
	}
	if l.size += len(s); l.size > maxRow && fault == nil {
		s, fault = "", &cellFault{code: "row.length", reason: fmt.Sprintf("the texts of the row are longer than %d MiB; leave columns out", maxRow>>20)}
	}
	if fault != nil {
		fault.column = column
		l.wrong(*fault)
	}
	if s == "" {
		return nil
	}
	for len(l.Cells) <= column {
		l.Cells = append(l.Cells, "")
	}
	l.Cells[column] = s
	indent := len(s) - len(strings.TrimLeft(s, " \u00a0"))
	l.Indent = max(l.Indent, indent+4*st.indent)
	return nil
}

// wrong keeps the first fault of a row.
func (l *line) wrong(f cellFault) {
	if len(l.faults) == 0 {
		l.faults = append(l.faults, f)
	}
}

// value reads the inside of a cell: its stored value, and whether a formula made it.
func (rs *rows) value() (value string, valued, formula bool, err error) {
	depth := rs.s.depth - 1
	inside := false
	for rs.s.again || rs.s.depth > depth {
		if err := rs.s.next(); err != nil {
			return "", false, false, cut(err)
		}
		switch rs.s.kind {
		case startTag:
			switch string(rs.s.name) {
			case "f":
				formula = true
			case "is":
				if value, err = richText(rs.s); err != nil {
					return "", false, false, err
				}
				valued = true
			case "v":
				inside, valued = true, true
				rs.s.joined = rs.s.joined[:0]
			}
		case text:
			if inside {
				if err := rs.s.join(); err != nil {
					return "", false, false, err
				}
			}
		case endTag:
			if inside {
				value, inside = string(rs.s.joined), false
			}
		}
	}
	return value, valued, formula, nil
}

// shared finds the text that a cell points to; false if there is none.
func (rs *rows) shared(number string) (string, bool, error) {
	i, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil {
		i = -1
	}
	return rs.w.texts.at(i)
}

// read turns a stored value into the text that is delivered.
func (rs *rows) read(kind, value string, st style) (string, *cellFault) {
	switch kind {
	case "str":
		value = control(value)
	case "s", "inlineStr", "d":
	case "b":
		return map[bool]string{true: "true", false: "false"}[strings.TrimSpace(value) == "1"], nil
	case "e":
		return "", nil // #Н/Д and its like: not delivered
	default:
		return rs.numeric(strings.TrimSpace(value), st)
	}
	switch {
	case len(value) > maxText:
		return "", &cellFault{code: "cell.length", reason: fmt.Sprintf("the cell is longer than %d MiB; leave the column out", maxText>>20)}
	case strings.IndexByte(value, 0) >= 0:
		return "", &cellFault{code: "row.nul", reason: "the cell has a NUL character; remove it"}
	}
	return value, nil
}

func (rs *rows) numeric(v string, st style) (string, *cellFault) {
	if v == "" {
		return "", nil
	}
	if strings.Trim(v, "0123456789+-.eE") != "" {
		return v, nil
	}
	if st.date {
		if s, ok := date(v, rs.w.from1904); ok {
			return s, nil
		}
	}
	s, lost := plainNumber(v)
	if lost {
		return "", &cellFault{code: "cell.digits",
			reason: "a number of more than 15 digits has lost its last ones; format the column as text and enter it anew, or load the source's csv"}
	}
	if len(s) < st.zeros && strings.Trim(s, "0123456789") == "" {
		s = strings.Repeat("0", st.zeros-len(s)) + s
	}
	return s, nil
}

// carry spreads cells that are merged over several rows.
func (rs *rows) carry(l *line) {
	n := rs.number
	kept := rs.active[:0]
	for _, c := range rs.active {
		if c.bottom < n {
			continue
		}
		kept = append(kept, c)
		for len(l.Cells) <= c.left {
			l.Cells = append(l.Cells, "")
		}
		if l.Cells[c.left] == "" && !table.Blank(l.Cells) {
			l.Cells[c.left] = c.text
		}
	}
	rs.active = kept
	for len(rs.down) > 0 && rs.down[0].top <= n {
		a := rs.down[0]
		rs.down = rs.down[1:]
		if a.top == n && a.left < len(l.Cells) && l.Cells[a.left] != "" && len(rs.active) < maxColumns {
			rs.active = append(rs.active, carried{a, l.Cells[a.left]})
		}
	}
}
