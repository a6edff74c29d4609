package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"kartoteka/connectors"
)

// place is where reading stands: the JSON of a cursor.
type place struct {
	Of   string   `json:"of"`             // what is read; another table or query begins anew
	From *string  `json:"from,omitempty"` // lower bound of the cursor column, from the last run
	To   *string  `json:"to,omitempty"`   // upper bound of this run, by the database's clock
	Mark *string  `json:"mark,omitempty"` // cursor column of the last row given out
	Keys []string `json:"keys,omitempty"` // key of the last row given out; nil: none yet
	Row  int64    `json:"row,omitempty"`  // rows given out in this run
}

// cursor writes the place. After the last row an incremental run leaves its upper bound for the
// next one; a full run leaves the beginning.
func (p *place) cursor(finished, incremental bool) connectors.Cursor {
	switch {
	case finished && !incremental:
		return ""
	case finished:
		p = &place{Of: p.Of, From: p.To}
	}
	b, _ := json.Marshal(p) // strings always marshal
	return connectors.Cursor(b)
}

// begin takes the place of a cursor, or the beginning, and fixes this run's upper bound.
func (c *Connector) begin(ctx context.Context, after connectors.Cursor) error {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %s", c.from, c.set.Key, c.set.Cursor))
	of := hex.EncodeToString(sum[:8])
	c.at = place{}
	if json.Unmarshal([]byte(after), &c.at) != nil || c.at.Of != of || c.at.Keys != nil && len(c.at.Keys) != len(c.key) {
		c.at = place{Of: of}
	}
	if c.wm < 0 || c.at.To != nil {
		return nil
	}
	return c.upperBound(ctx)
}

// upperBound asks the database: its clock for a time, the greatest value for a number.
func (c *Connector) upperBound(ctx context.Context) error {
	wm := c.cols[c.wm]
	sql := fmt.Sprintf("SELECT clock_timestamp()::%s::text", wm.kind)
	if !temporal(wm.oid) {
		sql = fmt.Sprintf("SELECT max(%s)::text FROM %s", ident(wm.name), c.from)
	}
	var to *string
	if err := c.conn.QueryRow(ctx, sql).Scan(&to); err != nil {
		return c.failed(ctx, "upper bound of "+c.set.Cursor, err)
	}
	if to == nil { // no rows, or none with a value
		least := lowest[wm.oid]
		to = &least
	}
	c.at.To = to
	return nil
}

// inclusive reports that the upper bound is a value that rows have; a moment of the
// database's clock is not.
func inclusive(oid uint32) bool { return !temporal(oid) || oid == oidDate }

// lowest is the least value of each type that a cursor column may have: it stands for NULL.
var lowest = map[uint32]string{
	oidDate: "-infinity", oidTimestamp: "-infinity", oidTimestamptz: "-infinity", pgtype.NumericOID: "-9223372036854775808",
	pgtype.Int2OID: "-32768", pgtype.Int4OID: "-2147483648", pgtype.Int8OID: "-9223372036854775808",
}

func temporal(oid uint32) bool { return oid == oidTimestamp || oid == oidTimestamptz || oid == oidDate }

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }
