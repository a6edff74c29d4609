package mapping

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"kartoteka/customer"
)

// Key is the source's key of a row: its key columns, joined by "/", else the row's own key,
// else the hash of what is mapped. ok is false when the mapping names key columns and the row
// leaves them empty, which is a reject.
func (x *Mapper) Key(r *customer.Row) (key string, ok bool) {
	x.turnTo(r)
	switch {
	case len(x.key) > 0:
		return x.columnsKey(r)
	case r.Key != "":
		return r.Key, true
	}
	return x.HashKey(r), true
}

func (x *Mapper) columnsKey(r *customer.Row) (string, bool) {
	if len(x.key) == 1 {
		key, _ := x.text(r, x.key[0])
		return key, key != ""
	}
	filled := false
	parts := make([]string, len(x.key))
	for i, pl := range x.key {
		parts[i], _ = x.text(r, pl)
		filled = filled || parts[i] != ""
	}
	return strings.Join(parts, "/"), filled
}

// HashKey makes a key of the mapped raw cells: equal rows are one record, whatever the order
// of their columns; columns that are not mapped, like a running number, play no part.
func (x *Mapper) HashKey(r *customer.Row) string {
	x.turnTo(r)
	buf := make([]byte, 0, 256)
	for _, pl := range x.hashed {
		first, n := x.count(*pl)
		for i := range n {
			if t := nth(r, pl.column, first, i); t != "" {
				buf = append(append(append(buf, pl.name...), 0), t...)
				buf = append(buf, 1)
			}
		}
	}
	sum := sha256.Sum256(buf)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}
