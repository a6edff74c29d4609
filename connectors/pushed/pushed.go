// Package pushed is a source that sends its records to the hub over HTTP instead of being read.
package pushed

import (
	"context"
	"errors"
	"io"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// Name is the kind as the configuration calls it.
const Name = "http"

// Settings of a source that sends its records.
type Settings struct {
	Secret string `yaml:"secret" doc:"what the source signs its requests with; keep it in ${env:...}. Without one it needs an API token with the scope source.write"`
}

// Kind declares the connector.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:     Name,
		Summary:  "Records that a source sends: POST /v1/sources/NAME/records, signed, answered with the code of each.",
		Example:  "secret: ${env:CRM_SECRET}\n",
		Settings: func() any { return &Settings{} },
		New:      func(any) (connectors.Connector, error) { return Rows(nil), nil },
	}
}

// Connector gives the rows of one request, once, whatever came before them.
type Connector struct {
	rows   []customer.Row
	opened bool
}

// Rows makes a source of the rows of one request; they are shared, not copied.
func Rows(rows []customer.Row) *Connector { return &Connector{rows: rows} }

// Open implements connectors.Connector. There is no cursor: what is sent again is read again.
func (c *Connector) Open(context.Context, connectors.Cursor) error {
	c.opened = true
	return nil
}

// Read implements connectors.Connector.
func (c *Connector) Read(ctx context.Context, most int) (connectors.Batch, error) {
	switch {
	case !c.opened:
		return connectors.Batch{}, errors.New("read before open")
	case ctx.Err() != nil:
		return connectors.Batch{}, ctx.Err()
	case len(c.rows) == 0:
		return connectors.Batch{}, io.EOF
	}
	n := min(most, len(c.rows))
	out := connectors.Batch{Rows: c.rows[:n]}
	c.rows = c.rows[n:]
	return out, nil
}

// Close implements connectors.Connector.
func (*Connector) Close() error { return nil }
