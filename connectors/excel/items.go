package excel

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"kartoteka/connectors"
	"kartoteka/connectors/table"
	"kartoteka/customer"
)

// maxBlanks is how many blank rows are counted between two rows; more are formatting only.
const maxBlanks = 1000

// items walks through the sheets of a workbook.
type items struct {
	in     *connectors.Input
	w      *workbook
	mode   string
	sheets []*sheet
	alone  bool // the workbook has one sheet to read

	rs     *rows
	ahead  []*line // read, not given out yet
	ended  bool    // the sheet has no more lines than ahead
	tables int     // of this sheet so far
	cur    *grid
	blanks int // blank rows to be counted
}

// grid is one table of a sheet.
type grid struct {
	table  *customer.Table
	header []string
	column []int // sheet column → table column; -1 not named yet
	first  int   // leftmost column with a heading
	titled bool  // title rows stand above the header: a report
	last   int64 // last row given out
	arena  []customer.Cell
	named  int // bytes of the texts that cells of the arena name
}

// maxNamed bounds what one arena of cells keeps in memory for as long as one of its rows is held.
const maxNamed = 1 << 20

// Close implements [connectors.Items].
func (it *items) Close() error {
	return errors.Join(it.closeSheet(), it.w.texts.Close())
}

func (it *items) closeSheet() error {
	if it.rs == nil {
		return nil
	}
	err := it.rs.r.Close()
	it.rs = nil
	return err
}

// Next implements [connectors.Items].
func (it *items) Next(out *connectors.Item) error {
	for {
		if it.blanks > 0 {
			it.blanks--
			out.Filtered = customer.FilteredBlank
			return nil
		}
		if it.rs == nil {
			if len(it.sheets) == 0 {
				return io.EOF
			}
			if err := it.nextSheet(); err != nil {
				return err
			}
		}
		if it.cur == nil {
			if err := it.findTable(); err != nil {
				return err
			}
		}
		done, err := it.step(out)
		if done || err != nil {
			return err
		}
	}
}

func (it *items) nextSheet() error {
	rs, err := it.w.rows(it.sheets[0])
	it.sheets = it.sheets[1:]
	it.rs, it.ahead, it.ended, it.tables, it.cur = rs, nil, false, 0, nil
	return err
}

// maxAhead is how many bytes of texts are looked through for a header.
const maxAhead = 16 << 20

// look makes sure that n lines are ahead, if the sheet has them; of very long ones there are two.
func (it *items) look(n int) error {
	for len(it.ahead) < n && !it.ended && (len(it.ahead) < 2 || it.heldAhead() < maxAhead) {
		l, err := it.rs.next()
		if errors.Is(err, io.EOF) {
			it.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		it.ahead = append(it.ahead, l)
	}
	return nil
}

func (it *items) heldAhead() int {
	size := 0
	for _, l := range it.ahead {
		size += l.size
	}
	return size
}

// findTable finds the next header and leaves the rows below it ahead.
func (it *items) findTable() error {
	if err := it.look(table.Window); err != nil {
		return err
	}
	it.cur = &grid{table: &customer.Table{}}
	it.tables++
	name := it.rs.sh.name
	if it.tables > 1 {
		it.cur.table.Name = fmt.Sprintf("%s (%d)", name, it.tables)
	} else if !it.alone {
		it.cur.table.Name = name
	}
	window := make([]table.Line, len(it.ahead))
	for i, l := range it.ahead {
		window[i] = l.Line
	}
	h, found := it.header(window)
	if !found {
		return it.withoutHeader(name)
	}
	it.cur.titled = h.First > 0
	it.cur.last = it.ahead[h.Last].Number
	if h.First > 0 || it.tables > 1 || !it.alone {
		it.in.Note("sheet.header", fmt.Sprintf("sheet %q: a header stands in row %d", name, it.ahead[h.First].Number))
	}
	it.ahead = it.ahead[h.Last+1:]
	it.name(h.Columns)
	return nil
}

func (it *items) header(window []table.Line) (table.Header, bool) {
	switch {
	case len(window) == 0 || it.mode == "none":
		return table.Header{}, false
	case it.mode == "first" && it.tables == 1:
		return table.First(window[0]), true
	}
	return table.Find(window)
}

// withoutHeader reads a lone sheet by its values; beside other sheets it is notes.
func (it *items) withoutHeader(name string) error {
	if it.alone || it.mode == "none" {
		it.in.Note("sheet.header", fmt.Sprintf("sheet %q has no header; the columns are called column A, column B, ...", name))
		return nil
	}
	it.in.Note("sheet.skipped", fmt.Sprintf("sheet %q has no header and is left out; set sheet to read it", name))
	it.ahead, it.ended = nil, true
	return nil
}

func (it *items) name(columns []string) {
	g := it.cur
	g.header = columns
	named := make([]string, 0, len(columns))
	g.first = -1
	for i, c := range columns {
		if c == "" {
			g.column = append(g.column, -1)
			continue
		}
		if g.first < 0 {
			g.first = i
		}
		g.column = append(g.column, len(named))
		named = append(named, c)
	}
	g.table.Columns = table.Names(named, columnName)
}

// step takes one line; false if the table or the sheet ended.
func (it *items) step(out *connectors.Item) (bool, error) {
	if err := it.look(2); err != nil {
		return false, err
	}
	if len(it.ahead) == 0 {
		it.endSheet()
		return false, it.closeSheet()
	}
	g, l := it.cur, it.ahead[0]
	if gap := int(l.Number - g.last - 1); g.last > 0 && gap > 0 && gap <= maxBlanks {
		it.blanks, g.last = gap, l.Number-1
		return false, nil
	}
	if l.gap && g.header != nil && table.Restarts(l.Cells) && !table.Repeats(g.header, l.Cells) {
		it.cur = nil
		return false, nil
	}
	it.ahead = it.ahead[1:]
	g.last = l.Number
	it.fill(out, l)
	return true, nil
}

func (it *items) endSheet() {
	name := it.rs.sh.name
	if it.rs.hidden > 0 {
		it.in.Note("sheet.rows", fmt.Sprintf("sheet %q: %d hidden rows are read like the others", name, it.rs.hidden))
	}
	if it.rs.formulas > 0 {
		it.in.Note("sheet.formulas", fmt.Sprintf("sheet %q: %d formulas have no stored result and count as not delivered; open the file in Excel and save it", name, it.rs.formulas))
	}
}

func (it *items) fill(out *connectors.Item, l *line) {
	g := it.cur
	if out.Filtered = it.filter(l); out.Filtered != "" {
		return
	}
	place := customer.Place{Table: it.rs.sh.name, Row: l.Number}
	if len(l.faults) > 0 {
		f := l.faults[0]
		out.Reject = it.in.Reject(place, it.field(f.column), f.code, f.reason, []byte(strings.Join(l.Cells, "\t")))
		return
	}
	place.File = it.in.Name
	out.Row = customer.Row{Table: g.table, Place: place, Cells: it.cells(l)}
}

// filter knows rows that are no customers: totals, the header again, headings of groups.
func (it *items) filter(l *line) customer.FilterReason {
	g := it.cur
	switch {
	case table.Total(l.Cells):
		return customer.FilteredTotal
	case g.header != nil && table.Repeats(g.header, l.Cells):
		return customer.FilteredHeader
	case g.header != nil && it.group(l):
		return customer.FilteredGroup
	}
	return ""
}

// group reports the heading of a group: it fills one or two cells and the row below is indented
// deeper, or, in the first column of a report, it stands alone; or it is merged across the table.
func (it *items) group(l *line) bool {
	if len(it.cur.table.Columns) < 3 || len(l.faults) > 0 {
		return false
	}
	filled, first := 0, -1
	for i, c := range l.Cells {
		if strings.TrimSpace(c) == "" {
			continue
		}
		if filled++; filled > 2 || filled == 2 && table.Value(c) {
			return false // a code and a name at most; a name and a phone is a customer
		}
		if first < 0 {
			first = i
		}
	}
	if len(it.ahead) > 0 && it.ahead[0].Indent >= l.Indent+3 { // one level of 1C is 4 blanks
		return true
	}
	if filled > 1 || first != it.cur.first {
		return false
	}
	for _, s := range l.Spans {
		if s.From == first && s.To-s.From >= 2 {
			return true
		}
	}
	return it.cur.titled
}

// field names a column for a reject.
func (it *items) field(column int) string {
	g := it.cur
	if column < len(g.column) && g.column[column] >= 0 {
		return g.table.Columns[g.column[column]]
	}
	return "column " + columnName(column)
}

func (it *items) cells(l *line) []customer.Cell {
	g := it.cur
	if cap(g.arena)-len(g.arena) < len(l.Cells) || g.named > maxNamed {
		g.arena, g.named = make([]customer.Cell, 0, max(4096, len(l.Cells))), 0
	}
	g.named += l.size
	from := len(g.arena)
	for i, text := range l.Cells {
		if text == "" {
			continue
		}
		for len(g.column) <= i {
			g.column = append(g.column, -1)
		}
		if g.column[i] < 0 {
			g.column[i] = len(g.table.Columns)
			g.table.Columns = append(g.table.Columns, "column "+columnName(i))
		}
		g.arena = append(g.arena, customer.Cell{Column: g.column[i], Text: text})
	}
	return g.arena[from:len(g.arena):len(g.arena)]
}
