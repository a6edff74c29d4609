package pipelines

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// hasKey refuses a key column that no table has.
func (r *Reader) hasKey(tables []*customer.Table) error {
	if r.in.Key == "" || len(tables) == 0 {
		return nil
	}
	for _, t := range tables {
		if slices.Contains(t.Columns, r.in.Key) {
			return nil
		}
	}
	return fmt.Errorf("%w: there is no column %q to be the key; the columns are %s", connectors.ErrInput, r.in.Key, strings.Join(tables[0].Columns, ", "))
}

// knownKey is the key of a table as its source was last loaded with it, if the table still has it.
// What looks like a key depends on the rows at hand, but a source whose rows came under another
// key all at once would be known twice.
func (r *Reader) knownKey(t *customer.Table) (key []string, ok bool) {
	if n := len(r.order); n < len(r.in.Before) {
		before := &r.in.Before[n]
		has := func(column string) bool { return slices.Contains(t.Columns, column) }
		if len(before.Key) > 0 {
			return before.Key, !slices.ContainsFunc(before.Key, func(c string) bool { return !has(c) })
		}
		for i := range before.Fields {
			if slices.ContainsFunc(before.Fields[i].Columns, func(c string) bool { return !has(c) }) {
				return nil, false // another table
			}
		}
		return nil, len(before.Fields) > 0
	}
	return nil, false
}

// keepExtras leaves a table that is known by the content of its rows the attributes that the hub
// was taught from it: the content that counts would be another otherwise, and each row a new one.
func (r *Reader) keepExtras(m *customer.Mapping, key []string) {
	if len(key) > 0 {
		return
	}
	mapped := map[string]bool{}
	for i := range m.Fields {
		for _, column := range m.Fields[i].Columns {
			mapped[column] = true
		}
	}
	for _, f := range r.in.Before[len(r.order)].Fields {
		if len(f.Columns) == 1 && strings.HasPrefix(f.Attribute, "x.") && !mapped[f.Columns[0]] && r.has(f.Attribute) {
			m.Fields = append(m.Fields, f)
		}
	}
}

// has reports whether the portrait has an attribute for some kind.
func (r *Reader) has(name string) bool {
	return slices.ContainsFunc(r.portrait.Attributes, func(a customer.Attribute) bool { return a.Name == name })
}

// distinctRows drops rows that are equal to an earlier one, which tell nothing about columns
// but that some rows come twice.
func distinctRows(rows []customer.Row) []customer.Row {
	seen := make(map[uint64]bool, len(rows))
	out := make([]customer.Row, 0, len(rows))
	var buffer []byte
	for i := range rows {
		buffer = buffer[:0]
		for _, c := range rows[i].Cells {
			buffer = append(append(buffer, byte(c.Column), byte(c.Column>>8)), c.Text...)
			buffer = append(buffer, 0)
		}
		if hash := xxhash.Sum64(buffer); !seen[hash] || len(rows[i].Cells) == 0 {
			seen[hash] = true
			out = append(out, rows[i])
		}
	}
	return out
}
