package postgres

import (
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// Types that need more than their text.
const (
	oidBool        = pgtype.BoolOID
	oidBpchar      = pgtype.BPCharOID
	oidDate        = pgtype.DateOID
	oidTimestamp   = pgtype.TimestampOID
	oidTimestamptz = pgtype.TimestamptzOID
)

const maxText = 1 << 20

func tableOf(cols []column) *customer.Table {
	t := &customer.Table{}
	for _, c := range cols {
		t.Columns = append(t.Columns, c.name)
	}
	return t
}

// give turns a record into a row or a reject and moves the place behind it.
func (c *Connector) give(b *connectors.Batch, r *record) {
	c.at.Row++
	place := customer.Place{File: c.name, Row: c.at.Row}
	key, missing := c.keyOf(*r)
	reject := func(field, code, reason string) {
		raw, _ := json.Marshal(*r) // texts always marshal
		b.Rejects = append(b.Rejects, customer.Reject{Place: place, Field: field, Code: code, Reason: reason, Raw: raw})
	}
	duplicate := c.wm < 0 && equal(key, c.at.Keys)
	c.move(*r, key)
	switch {
	case missing != "":
		reject(missing, "key.missing", "the key column has no value in this row; set key to columns that always have one")
		return
	case duplicate:
		reject(c.cols[c.key[0]].name, "key.duplicate", "another row has the same key; set key to columns that name one row")
		return
	}
	row := customer.Row{Table: c.table, Place: place, Key: key[0], Cells: make([]customer.Cell, 0, len(*r))}
	if len(key) > 1 {
		row.Key = joined(key)
	}
	for i, v := range *r {
		text := c.cols[i].text(text(v))
		switch {
		case len(text) > maxText:
			reject(c.cols[i].name, "cell.length", "the value is longer than 1 MiB; leave the column out by a query")
			return
		case v != nil && strings.HasSuffix(c.cols[i].kind, "[]"):
			for _, item := range elements(*v) {
				row.Cells = append(row.Cells, customer.Cell{Column: i, Text: item})
			}
		default:
			row.Cells = append(row.Cells, customer.Cell{Column: i, Text: text})
		}
	}
	b.Rows = append(b.Rows, row)
}

// joined makes one key of several; a bar inside one is doubled, so different keys stay different.
func joined(key []string) string {
	parts := make([]string, len(key))
	for i, k := range key {
		parts[i] = strings.ReplaceAll(k, "|", "||")
	}
	return strings.Join(parts, " | ")
}

// keyOf returns the key's texts, and the column that has none.
func (c *Connector) keyOf(r record) (key []string, missing string) {
	key = make([]string, len(c.key))
	for i, k := range c.key {
		if r[k] == nil {
			missing = c.cols[k].name
		}
		key[i] = text(r[k])
	}
	return key, missing
}

// move notes the row as given out. A row without a key is no place to go on from; such rows
// come last in the order.
func (c *Connector) move(r record, key []string) {
	for _, k := range c.key {
		if r[k] == nil {
			return
		}
	}
	c.at.Keys = key
	if c.wm >= 0 {
		mark := text(r[c.wm])
		if r[c.wm] == nil {
			mark = lowest[c.cols[c.wm].oid]
		}
		c.at.Mark = &mark
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// text is the value as other sources would write it. NULL is explicitly empty: the row was
// delivered whole.
func (c column) text(s string) string {
	switch c.oid {
	case oidBool:
		return map[string]string{"t": "true", "f": "false"}[s]
	case oidBpchar:
		return strings.TrimRight(s, " ")
	case oidTimestamp, oidTimestamptz:
		if len(s) > 10 && s[10] == ' ' {
			return s[:10] + "T" + s[11:]
		}
	}
	return s
}

// elements reads the text of a one-dimensional array; NULL and "" elements are left out, and
// an array without elements is explicitly empty.
func elements(s string) []string {
	var out []string
	inner := strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	var b strings.Builder
	quoted, was := false, false
	end := func() {
		if item := b.String(); item != "" && (was || item != "NULL") {
			out = append(out, item)
		}
		b.Reset()
		was = false
	}
	for i := 0; i < len(inner); i++ {
		switch ch := inner[i]; {
		case ch == '\\' && i+1 < len(inner):
			i++
			b.WriteByte(inner[i])
		case ch == '"':
			quoted, was = !quoted, true
		case !quoted && ch == ',':
			end()
		case !quoted && (ch == '{' || ch == '}'):
		default:
			b.WriteByte(ch)
		}
	}
	end()
	if out == nil {
		return []string{""}
	}
	return out
}
