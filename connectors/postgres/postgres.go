// Package postgres reads a table or a query of a PostgreSQL database, whole or what changed.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// Settings of a PostgreSQL source.
type Settings struct {
	URL     string        `yaml:"url" doc:"connection string; sslmode and the like are taken as they stand; keep the password in ${env:...}"`
	Table   string        `yaml:"table" doc:"table or view, like abs.client"`
	Query   string        `yaml:"query" doc:"SELECT instead of a table"`
	Key     Columns       `yaml:"key" doc:"column or columns whose values name a row; the primary key of a table by default"`
	Cursor  string        `yaml:"cursor" doc:"column that grows with each change (updated_at, a version); without it each run reads everything"`
	Overlap time.Duration `yaml:"overlap" doc:"how far behind the last run a run begins, for transactions that committed late; for a cursor that is a time"`
	Page    int           `yaml:"page" doc:"rows read at a time"`
}

// Columns is one column name or a list of them.
type Columns []string

// UnmarshalYAML takes both forms.
func (c *Columns) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*c = Columns{one}
		return nil
	}
	var many []string
	err := unmarshal(&many)
	*c = many
	return err
}

func defaults() *Settings { return &Settings{Overlap: 10 * time.Minute, Page: 1000} }

// Kind declares the connector.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:     "postgres",
		Summary:  "A PostgreSQL table or query, read whole or, by a cursor column, only what changed.",
		Example:  "url: \"${env:ABS_URL}\"\ntable: abs.client\nkey: client_id\ncursor: updated_at\noverlap: 10m\n",
		Settings: func() any { return defaults() },
		New:      func(s any) (connectors.Connector, error) { return New(s.(*Settings)) },
	}
}

// New checks the settings; the database is asked by Open.
func New(s *Settings) (*Connector, error) {
	c := &Connector{set: *s}
	if c.set.Page <= 0 {
		c.set.Page = 1000
	}
	switch {
	case s.URL == "":
		return nil, errors.New("url: it is missing; write url: \"${env:NAME}\"")
	case (s.Table == "") == (s.Query == ""):
		return nil, errors.New("table: name either table or query")
	case s.Query != "" && len(s.Key) == 0:
		return nil, errors.New("key: a query needs the column or columns that name a row")
	case s.Overlap < 0:
		return nil, errors.New("overlap: it cannot be negative")
	}
	if s.Query != "" {
		c.from = "(" + strings.TrimRight(strings.TrimSpace(s.Query), "; \n") + "\n) AS q"
		c.name = "query"
	} else {
		c.from = pgx.Identifier(strings.Split(s.Table, ".")).Sanitize() + " AS q"
		c.name = s.Table
	}
	return c, nil
}

// Connector reads pages in the order of the key, or of the cursor column and the key.
type Connector struct {
	set   Settings
	from  string
	name  string
	conn  *pgx.Conn
	table *customer.Table
	cols  []column
	key   []int // places in cols
	wm    int   // place of the cursor column, or -1
	at    place
	page  []record
	last  bool // no page follows
	notes []connectors.Note
}

// column is one column of the result.
type column struct {
	name string
	oid  uint32
	kind string // as SQL writes the type, for casts
}

// Notes implements [connectors.Noter].
func (c *Connector) Notes() []connectors.Note { return c.notes }

// Open implements [connectors.Connector].
func (c *Connector) Open(ctx context.Context, after connectors.Cursor) error {
	if err := c.connect(ctx); err != nil {
		return err
	}
	c.page, c.last, c.notes = nil, false, nil
	for _, step := range []func(context.Context) error{c.describe, c.findKey} {
		if err := step(ctx); err != nil {
			return errors.Join(err, c.Close())
		}
	}
	if err := c.begin(ctx, after); err != nil {
		return errors.Join(err, c.Close())
	}
	return nil
}

// connect forces what the reading depends on: UTF-8, ISO dates, read only.
func (c *Connector) connect(ctx context.Context) error {
	config, err := pgx.ParseConfig(c.set.URL)
	if err != nil {
		return fmt.Errorf("%w: postgres: url is no connection string; write postgres://user@host:5432/database", connectors.ErrInput)
	}
	for name, value := range map[string]string{"client_encoding": "UTF8", "datestyle": "ISO, YMD", "intervalstyle": "iso_8601",
		"default_transaction_read_only": "on", "application_name": "kartoteka", "bytea_output": "hex"} {
		config.RuntimeParams[name] = value
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 15 * time.Second
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	if c.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
		return c.failed(ctx, "connect", err)
	}
	return nil
}

// Read implements [connectors.Connector].
func (c *Connector) Read(ctx context.Context, max int) (connectors.Batch, error) {
	var b connectors.Batch
	if c.conn == nil {
		return b, io.EOF
	}
	if err := ctx.Err(); err != nil {
		return b, err
	}
	for len(b.Rows)+len(b.Rejects) < max {
		if len(c.page) == 0 {
			if err := c.fetch(ctx); err != nil {
				return connectors.Batch{}, err
			}
			if len(c.page) == 0 {
				break
			}
		}
		c.give(&b, &c.page[0])
		c.page = c.page[1:]
	}
	if len(b.Rows)+len(b.Rejects) == 0 {
		return b, io.EOF
	}
	if len(c.page) == 0 { // is this batch the last one? its cursor says so
		if err := c.fetch(ctx); err != nil {
			return connectors.Batch{}, err
		}
	}
	b.Cursor = c.at.cursor(len(c.page) == 0 && c.last, c.wm >= 0)
	return b, nil
}

// Close implements [connectors.Connector].
func (c *Connector) Close() error {
	if c.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = c.conn.Close(ctx) // nothing was written, so nothing is lost
	c.conn = nil
	return nil
}
