package back

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Table is a table of a PostgreSQL database with the columns key, which is unique, and code. Rows
// of keys that are not the source's stay as they are.
type Table struct {
	URL  string
	Name string // with its schema, like abs.client_code
}

// Replaces implements [Target].
func (Table) Replaces() bool { return false }

// Deliver implements [Target]: one transaction. A row that is right already is not written.
func (t Table) Deliver(ctx context.Context, d Delivery) error {
	conn, err := pgx.Connect(ctx, t.URL)
	if err != nil {
		return fmt.Errorf("the database of table %s does not answer; check its url and whether it is running", t.Name)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // committed or not by then
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		into, err := t.columns(ctx, tx)
		if err != nil {
			return err
		}
		return into.write(ctx, tx, d)
	})
	return t.explain(err)
}

// columns are the types of the table's columns, so that keys may be numbers.
type columns struct{ table, key, code string }

func (t Table) columns(ctx context.Context, tx pgx.Tx) (c columns, err error) {
	c.table = pgx.Identifier(strings.Split(t.Name, ".")).Sanitize()
	rows, err := tx.Query(ctx, `
		SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
		WHERE  attrelid = $1::regclass AND attname IN ('key', 'code') AND NOT attisdropped`, c.table)
	if err != nil {
		return c, err
	}
	var name, kind string
	_, err = pgx.ForEachRow(rows, []any{&name, &kind}, func() error {
		if name == "key" {
			c.key = kind
		} else {
			c.code = kind
		}
		return nil
	})
	if err == nil && (c.key == "" || c.code == "") {
		err = fmt.Errorf("table %s has no columns key and code; %s", t.Name, t.create())
	}
	return c, err
}

// write puts and removes rows by the page.
func (c columns) write(ctx context.Context, tx pgx.Tx, d Delivery) error {
	var keys, codes, gone []string
	flush := func() error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO `+c.table+` AS t (key, code)
			SELECT k::`+c.key+`, c::`+c.code+` FROM unnest($1::text[], $2::text[]) AS n(k, c) ORDER BY k
			ON CONFLICT (key) DO UPDATE SET code = excluded.code WHERE t.code IS DISTINCT FROM excluded.code`, keys, codes); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM `+c.table+` WHERE key IN (SELECT k::`+c.key+` FROM unnest($1::text[]) AS n(k))`, gone)
		keys, codes, gone = keys[:0], codes[:0], gone[:0]
		return err
	}
	for r, err := range d.Rows {
		if err != nil {
			return err
		}
		if r.Code == 0 {
			gone = append(gone, r.Key)
		} else {
			keys, codes = append(keys, r.Key), append(codes, c.text(r))
		}
		if len(keys)+len(gone) == page {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil || len(d.Erased) == 0 {
		return err
	}
	for _, code := range d.Erased {
		codes = append(codes, c.text(Row{Code: code}))
	}
	_, err := tx.Exec(ctx, `DELETE FROM `+c.table+` WHERE code IN (SELECT c::`+c.code+` FROM unnest($1::text[]) AS n(c))`, codes)
	return err
}

// text is the code as the column wants it: 0421-3377-8120, or as a number.
func (c columns) text(r Row) string {
	switch c.code {
	case "bigint", "numeric":
		return fmt.Sprint(int64(r.Code))
	}
	return r.Code.String()
}

func (t Table) create() string {
	return fmt.Sprintf("CREATE TABLE %s (key text PRIMARY KEY, code text NOT NULL)", t.Name)
}

// explain says what helps. What PostgreSQL tells in detail holds keys and is left out.
func (t Table) explain(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	cure := ""
	switch pg.Code {
	case "42P01", "3F000":
		cure = "; " + t.create()
	case "42501":
		cure = fmt.Sprintf("; GRANT SELECT, INSERT, UPDATE, DELETE ON %s to the user", t.Name)
	case "42P10":
		cure = fmt.Sprintf("; key must be unique: CREATE UNIQUE INDEX ON %s (key)", t.Name)
	case "22P02":
		return fmt.Errorf("table %s: a key does not fit the type of the column key (SQLSTATE %s); make it text", t.Name, pg.Code)
	}
	return fmt.Errorf("table %s: SQLSTATE %s%s", t.Name, pg.Code, cure)
}
