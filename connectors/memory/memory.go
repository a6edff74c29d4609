// Package memory is a source whose rows are given by the program itself.
//
// Tests use it instead of a mock; it promises all that a connector promises.
package memory

import (
	"context"
	"errors"
	"io"
	"strconv"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// Item is one row of the source, or one reject, or one row that is no customer.
type Item = connectors.Item

// Connector reads the items it was given.
type Connector struct {
	items []Item
	open  bool
	next  int
}

// New makes a source of items. They are shared, not copied.
func New(items ...Item) *Connector { return &Connector{items: items} }

// Rows makes a source of rows.
func Rows(rows ...customer.Row) *Connector {
	c := &Connector{}
	for _, row := range rows {
		c.items = append(c.items, Item{Row: row})
	}
	return c
}

// Table makes a source of lists of texts below a header; the column called "key", if
// there is one, is the rows' key, and an empty text is a field that was not delivered.
func Table(name string, header []string, lines ...[]string) *Connector {
	table := &customer.Table{Name: name, Columns: header}
	c := &Connector{}
	for n, line := range lines {
		row := customer.Row{Table: table, Place: customer.Place{File: "memory", Table: name, Row: int64(n + 1)}}
		for i, text := range line {
			if text != "" {
				row.Cells = append(row.Cells, customer.Cell{Column: i, Text: text})
			}
			if header[i] == "key" {
				row.Key = text
			}
		}
		c.items = append(c.items, Item{Row: row})
	}
	return c
}

// ErrNotOpen says that Read was called before Open.
var ErrNotOpen = errors.New("memory: read before open")

// Open implements [connectors.Connector].
func (c *Connector) Open(ctx context.Context, after connectors.Cursor) error {
	c.next = 0
	if n, err := strconv.Atoi(string(after)); err == nil && n > 0 && n <= len(c.items) {
		c.next = n
	}
	c.open = true
	return ctx.Err()
}

// Read implements [connectors.Connector].
func (c *Connector) Read(ctx context.Context, max int) (connectors.Batch, error) {
	var b connectors.Batch
	if !c.open {
		return b, ErrNotOpen
	}
	if err := ctx.Err(); err != nil {
		return b, err
	}
	if c.next == len(c.items) {
		return b, io.EOF
	}
	for ; c.next < len(c.items) && len(b.Rows)+len(b.Rejects) < max; c.next++ {
		switch it := &c.items[c.next]; {
		case it.Reject != nil:
			b.Rejects = append(b.Rejects, *it.Reject)
		case it.Filtered != "":
			if b.Filtered == nil {
				b.Filtered = map[customer.FilterReason]int{}
			}
			b.Filtered[it.Filtered]++
		default:
			b.Rows = append(b.Rows, it.Row)
		}
	}
	b.Cursor = connectors.Cursor(strconv.Itoa(c.next))
	return b, nil
}

// Close implements [connectors.Connector].
func (c *Connector) Close() error {
	c.open = false
	return nil
}
