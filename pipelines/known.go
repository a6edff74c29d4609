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
