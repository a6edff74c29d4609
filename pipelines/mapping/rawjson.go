package mapping

import (
	"slices"
	"unicode/utf8"

	"kartoteka/customer"
)

// RawJSON writes a row as received: an object column → text, or list of texts where a column
// came more than once, in column order. NUL and broken UTF-8 become U+FFFD, because no store takes them.
func RawJSON(r *customer.Row) []byte {
	size := 2
	for _, c := range r.Cells {
		size += len(c.Text) + 32
	}
	return AppendRawJSON(make([]byte, 0, size), r)
}

// AppendRawJSON is [RawJSON] into a buffer.
func AppendRawJSON(dst []byte, r *customer.Row) []byte {
	cells := inOrder(r.Cells)
	dst = append(dst, '{')
	for i := 0; i < len(cells); {
		column := cells[i].Column
		n := i + 1
		for n < len(cells) && cells[n].Column == column {
			n++
		}
		if column >= 0 && column < len(r.Table.Columns) {
			if dst[len(dst)-1] != '{' {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, r.Table.Columns[column]), ':')
			dst = appendCells(dst, cells[i:n])
		}
		i = n
	}
	return append(dst, '}')
}

// inOrder is the cells by column; readers nearly always give them so.
func inOrder(cells []customer.Cell) []customer.Cell {
	byColumn := func(a, b customer.Cell) int { return a.Column - b.Column }
	if slices.IsSortedFunc(cells, byColumn) {
		return cells
	}
	cells = slices.Clone(cells)
	slices.SortStableFunc(cells, byColumn)
	return cells
}

func appendCells(dst []byte, cells []customer.Cell) []byte {
	if len(cells) == 1 {
		return appendJSONString(dst, cells[0].Text)
	}
	for i, c := range cells {
		sep := byte(',')
		if i == 0 {
			sep = '['
		}
		dst = appendJSONString(append(dst, sep), c.Text)
	}
	return append(dst, ']')
}

const hexDigits = "0123456789abcdef"

func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		dst = append(append(dst, s[from:i]...), escaped(c)...)
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}

// escaped is a byte that JSON does not take as it is.
func escaped(c byte) string {
	switch {
	case c == '"':
		return `\"`
	case c == '\\':
		return `\\`
	case c == '\n':
		return `\n`
	case c == '\r':
		return `\r`
	case c == '\t':
		return `\t`
	case c == 0 || c >= utf8.RuneSelf:
		return "\uFFFD"
	}
	return `\u00` + string([]byte{hexDigits[c>>4], hexDigits[c&15]})
}
