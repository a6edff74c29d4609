package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"kartoteka/connectors"
)

// record is one row as the server wrote it: texts, nil for NULL.
type record []*string

// describe learns the columns of the table or query.
func (c *Connector) describe(ctx context.Context) error {
	d, err := c.conn.Prepare(ctx, "", "SELECT q.* FROM "+c.from)
	if err != nil {
		return c.failed(ctx, "columns", err)
	}
	c.cols, c.wm = nil, -1
	for _, f := range d.Fields {
		kind := ""
		if err := c.conn.QueryRow(ctx, "SELECT format_type($1::oid, NULL)", f.DataTypeOID).Scan(&kind); err != nil {
			return c.failed(ctx, "type of "+f.Name, err)
		}
		if f.Name == c.set.Cursor && c.set.Cursor != "" {
			c.wm = len(c.cols)
		}
		c.cols = append(c.cols, column{f.Name, f.DataTypeOID, kind})
	}
	if c.set.Cursor != "" && c.wm < 0 {
		return fmt.Errorf("%w: postgres: %s has no column %s; check cursor", connectors.ErrInput, c.name, c.set.Cursor)
	}
	if c.wm >= 0 && lowest[c.cols[c.wm].oid] == "" {
		return fmt.Errorf("%w: postgres: %s: cursor %s is of type %s; it must be a time or a number", connectors.ErrInput, c.name, c.set.Cursor, c.cols[c.wm].kind)
	}
	c.table = tableOf(c.cols)
	return nil
}

// findKey finds the key columns: the settings' or the primary key's.
func (c *Connector) findKey(ctx context.Context) error {
	names := []string(c.set.Key)
	if len(names) == 0 {
		rows, err := c.conn.Query(ctx, `
			SELECT   a.attname
			FROM     pg_index i
			JOIN     pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
			WHERE    i.indrelid = $1::text::regclass AND i.indisprimary
			ORDER BY array_position(i.indkey::int2[], a.attnum)`, pgx.Identifier(strings.Split(c.set.Table, ".")).Sanitize())
		if err == nil {
			names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if err != nil {
			return c.failed(ctx, "primary key", err)
		}
		if len(names) == 0 {
			return fmt.Errorf("%w: postgres: %s has no primary key; set key", connectors.ErrInput, c.name)
		}
	}
	c.key = nil
	for _, name := range names {
		at := -1
		for i := range c.cols {
			if c.cols[i].name == name {
				at = i
			}
		}
		if at < 0 {
			return fmt.Errorf("%w: postgres: %s has no column %s; check key", connectors.ErrInput, c.name, name)
		}
		c.key = append(c.key, at)
	}
	return nil
}

// fetch reads the next page. A page ends between two keys: rows of one key are never parted,
// so that "greater than the last key" skips none.
func (c *Connector) fetch(ctx context.Context) error {
	for size := c.set.Page; !c.last; size *= 2 {
		page, err := c.query(ctx, size+1)
		if err != nil {
			return err
		}
		if len(page) <= size {
			c.last = true
			keyless, err := c.keyless(ctx)
			c.page = append(page, keyless...)
			return err
		}
		end := size
		for end > 0 && c.sameOrder(page[end-1], page[size]) {
			end--
		}
		if end > 0 {
			c.page = page[:end]
			return nil
		}
	}
	return nil
}

// sameOrder reports that two rows stand at one place of the order.
func (c *Connector) sameOrder(a, b record) bool {
	if c.wm >= 0 && text(a[c.wm]) != text(b[c.wm]) {
		return false
	}
	for _, k := range c.key {
		if text(a[k]) != text(b[k]) {
			return false
		}
	}
	return true
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// query reads up to limit rows behind the place of the last row given out.
func (c *Connector) query(ctx context.Context, limit int) ([]record, error) {
	var args [][]byte
	arg := func(s, kind string) string {
		args = append(args, []byte(s))
		return fmt.Sprintf("$%d::text::%s", len(args), kind)
	}
	order, where := c.order(), c.bounds(arg)
	for _, k := range c.key {
		where = append(where, "q."+ident(c.cols[k].name)+" IS NOT NULL")
	}
	if c.at.Keys != nil {
		var after []string
		if c.wm >= 0 {
			after = append(after, arg(text(c.at.Mark), c.cols[c.wm].kind))
		}
		for i, k := range c.key {
			after = append(after, arg(c.at.Keys[i], c.cols[k].kind))
		}
		where = append(where, fmt.Sprintf("(%s) > (%s)", strings.Join(order, ", "), strings.Join(after, ", ")))
	}
	sql := fmt.Sprintf("SELECT q.* FROM %s WHERE %s ORDER BY %s LIMIT %d", c.from, strings.Join(where, " AND "), strings.Join(order, ", "), limit)
	return c.collect(ctx, sql, args)
}

// maxKeyless is how many rows without a key are rejected one by one.
const maxKeyless = 10_000

// keyless reads the rows whose key has no value; they come last and become rejects.
func (c *Connector) keyless(ctx context.Context) ([]record, error) {
	if len(c.set.Key) == 0 { // a primary key always has one
		return nil, nil
	}
	var args [][]byte
	where := c.bounds(func(s, kind string) string {
		args = append(args, []byte(s))
		return fmt.Sprintf("$%d::text::%s", len(args), kind)
	})
	var none []string
	for _, k := range c.key {
		none = append(none, "q."+ident(c.cols[k].name)+" IS NULL")
	}
	where = append(where, "("+strings.Join(none, " OR ")+")")
	page, err := c.collect(ctx, fmt.Sprintf("SELECT q.* FROM %s WHERE %s LIMIT %d", c.from, strings.Join(where, " AND "), maxKeyless+1), args)
	if len(page) > maxKeyless {
		page = page[:maxKeyless]
		c.notes = append(c.notes, connectors.Note{Code: "key.missing", Text: fmt.Sprintf("%s: more than %d rows have no key; set key to other columns", c.name, maxKeyless)})
	}
	return page, err
}

// order is what rows are ordered by. Rows without a value of the cursor column come first, in
// the first run only.
func (c *Connector) order() []string {
	var order []string
	if c.wm >= 0 {
		order = append(order, c.mark())
	}
	for _, k := range c.key {
		order = append(order, "q."+ident(c.cols[k].name))
	}
	return order
}

// mark is the cursor column as it is compared; the first run takes rows without a value too.
func (c *Connector) mark() string {
	wm := c.cols[c.wm]
	name := "q." + ident(wm.name)
	if c.at.From != nil {
		return name
	}
	return fmt.Sprintf("coalesce(%s, '%s'::%s)", name, lowest[wm.oid], wm.kind)
}

// bounds are the limits of an incremental run, and that a key has values.
func (c *Connector) bounds(arg func(s, kind string) string) []string {
	var where []string
	if c.wm < 0 {
		return where
	}
	wm := c.cols[c.wm]
	if c.at.From != nil {
		from := arg(*c.at.From, wm.kind)
		if temporal(wm.oid) {
			from = fmt.Sprintf("(%s - make_interval(secs => %f))", from, c.set.Overlap.Seconds())
		}
		where = append(where, fmt.Sprintf("%s >= %s", c.mark(), from))
	}
	less := "<"
	if inclusive(wm.oid) {
		less = "<="
	}
	return append(where, fmt.Sprintf("%s %s %s", c.mark(), less, arg(*c.at.To, wm.kind)))
}

func (c *Connector) collect(ctx context.Context, sql string, args [][]byte) ([]record, error) {
	r := c.conn.PgConn().ExecParams(ctx, sql, args, nil, nil, nil)
	var page []record
	for r.NextRow() {
		values := r.Values()
		row := make(record, len(values))
		for i, v := range values {
			if v != nil {
				s := string(v)
				row[i] = &s
			}
		}
		page = append(page, row)
	}
	if _, err := r.Close(); err != nil {
		return nil, c.failed(ctx, "read", err)
	}
	return page, nil
}

// failed sorts an error of the database into what the caller can do about it. What the server
// says may hold values, so only its code is kept.
func (c *Connector) failed(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("postgres: %s: %s: %w", c.name, doing, ctx.Err())
	}
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		return fmt.Errorf("%w: postgres: %s: %s: no connection to the server", connectors.ErrTemporary, c.name, doing)
	}
	what, sort := "see the code in PostgreSQL's manual", connectors.ErrInput
	switch class := pe.Code[:2]; {
	case class == "28":
		what, sort = "wrong user or password; check url", connectors.ErrSurroundings
	case pe.Code == "3D000":
		what, sort = "there is no such database; check url", connectors.ErrSurroundings
	case pe.Code == "42501":
		what, sort = "the user may not read it; grant SELECT", connectors.ErrSurroundings
	case pe.Code == "42P01":
		what = "there is no such table; check table"
	case pe.Code == "42703":
		what = "there is no such column; check key, cursor and query"
	case class == "42":
		what = "the query is wrong; try it in psql"
	case pe.Code == "22021" || pe.Code == "22P05":
		what = "a text cannot be written as UTF-8; mend the row in the source"
	case class == "08", class == "53", class == "55", class == "57", class == "40", class == "58":
		what, sort = "the server is busy or stopping; try again later", connectors.ErrTemporary
	}
	return fmt.Errorf("%w: postgres: %s: %s: SQLSTATE %s: %s", sort, c.name, doing, pe.Code, what)
}
