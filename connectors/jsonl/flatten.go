package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"kartoteka/customer"
)

const (
	maxColumns = 4096
	maxDepth   = 32
	maxText    = 1 << 20
	maxCells   = 100_000
	maxName    = 1024 // bytes of a field's name, dots included
)

// tabler makes rows of objects; its table grows with the fields that come.
type tabler struct {
	table   *customer.Table
	index   map[string]int
	deleted string
}

func newTabler(deleted string) *tabler {
	return &tabler{table: &customer.Table{}, index: map[string]int{}, deleted: deleted}
}

type fault struct{ field, code, reason string }

// errFault carries a fault out of the recursion.
type errFault struct{ fault }

func (e errFault) Error() string { return e.code }

// row flattens one object: nested fields by dotted names, lists as repeated cells, null as
// explicitly empty. Numbers keep every digit.
func (t *tabler) row(text []byte) (customer.Row, fault) {
	row := customer.Row{Table: t.table}
	if !utf8.Valid(text) {
		return row, fault{"", "row.encoding", "the object is not valid UTF-8; export it anew"}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	tok, err := dec.Token()
	if err == nil && tok != json.Delim('{') {
		return row, fault{"", "row.json", "this is no JSON object; write one object a line"}
	}
	if err == nil {
		err = t.object(dec, "", 1, &row)
	}
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more")
		}
	}
	var f errFault
	switch {
	case errors.As(err, &f):
		return row, f.fault
	case err != nil:
		return row, fault{"", "row.json", fmt.Sprintf("broken JSON near character %d; write one complete object a line", dec.InputOffset())}
	}
	return row, fault{}
}

func (t *tabler) object(dec *json.Decoder, prefix string, depth int, row *customer.Row) error {
	if depth > maxDepth {
		return errFault{fault{prefix, "row.depth", fmt.Sprintf("fields are nested deeper than %d; flatten the export", maxDepth)}}
	}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		name := tok.(string) // a key is a string, or the decoder has failed
		if prefix != "" {
			name = prefix + "." + name
		}
		if err := t.value(dec, name, depth, row); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (t *tabler) value(dec *json.Decoder, name string, depth int, row *customer.Row) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			return t.object(dec, name, depth+1, row)
		}
		return t.list(dec, name, depth+1, row)
	case nil:
		return t.add(row, name, "")
	case bool:
		if v && name == t.deleted && depth == 1 {
			row.Op = customer.Delete
			return nil
		}
		if name == t.deleted && depth == 1 {
			return nil
		}
		return t.add(row, name, map[bool]string{true: "true", false: "false"}[v])
	case json.Number:
		return t.add(row, name, v.String())
	case string:
		return t.add(row, name, v)
	}
	return nil
}

// list repeats the column for each element; an empty list is explicitly empty.
func (t *tabler) list(dec *json.Decoder, name string, depth int, row *customer.Row) error {
	if depth > maxDepth {
		return errFault{fault{name, "row.depth", fmt.Sprintf("fields are nested deeper than %d; flatten the export", maxDepth)}}
	}
	any := false
	for dec.More() {
		any = true
		if err := t.value(dec, name, depth, row); err != nil {
			return err
		}
	}
	if !any {
		if err := t.add(row, name, ""); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (t *tabler) add(row *customer.Row, name, text string) error {
	switch {
	case len(name) > maxName:
		return errFault{fault{"", "row.fields", fmt.Sprintf("the name of a field is longer than %d bytes; field names must not be data", maxName)}}
	case len(text) > maxText:
		return errFault{fault{name, "cell.length", fmt.Sprintf("the field is longer than %d MiB; leave it out of the export", maxText>>20)}}
	case strings.IndexByte(text, 0) >= 0:
		return errFault{fault{name, "row.nul", "the field has a NUL character; remove it at the source"}}
	case len(row.Cells) >= maxCells:
		return errFault{fault{name, "row.cells", fmt.Sprintf("more than %d values in one object; leave the list out of the export", maxCells)}}
	}
	i, known := t.index[name]
	if !known {
		if len(t.table.Columns) >= maxColumns {
			return errFault{fault{"", "row.fields", fmt.Sprintf("more than %d different fields in the file; field names must not be data", maxColumns)}}
		}
		i = len(t.table.Columns)
		t.index[name] = i
		t.table.Columns = append(t.table.Columns, name)
	}
	row.Cells = append(row.Cells, customer.Cell{Column: i, Text: text})
	return nil
}
