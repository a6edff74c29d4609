package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"kartoteka/config"
	"kartoteka/connectors"
	"kartoteka/connectors/pushed"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/pipelines"
	"kartoteka/store"
)

// pushTime bounds how long a request waits until what it sent is resolved; what is not by then is
// resolved soon after.
const pushTime = 6 * time.Second

// pusher takes rows in that are sent to the hub.
type pusher struct {
	app *app
	hub *hub

	mu    sync.Mutex
	rules *ruleset // as the database names it
	hash  string
}

// Push implements desk.Pushes.
func (p *pusher) Push(ctx context.Context, source customer.Source, by string, rows []desk.Pushed, mended bool) (run int64, taken []desk.Taken, err error) {
	in, err := p.input(ctx, source, rows, mended)
	if err != nil {
		return 0, nil, err
	}
	rules, hash, err := p.compiled(ctx)
	if err != nil {
		return 0, nil, err
	}
	var result *pipelines.Result
	err = p.hub.loading(ctx, p.app, []customer.Source{source}, func(ctx context.Context, leases []customer.Lease) error {
		short, cancel := context.WithTimeout(ctx, pushTime)
		defer cancel()
		var h pipelines.Hub = under{lanes{p.hub.Store}, hash}
		for _, lease := range leases {
			h = fenced{h, lease}
		}
		l := pipelines.Loader{Hub: h, Rules: rules.rules, Company: rules.company, Actor: by, Workers: runtime.GOMAXPROCS(0)}
		var err error
		result, err = l.Load(short, []*pipelines.Input{in})
		if result != nil && result.Counts.Read == int64(len(rows)) && errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = nil // landed; the worker resolves it
		}
		if err == nil {
			run, taken, err = p.taken(ctx, source, rows, result)
		}
		return err
	})
	return run, taken, err
}

// input makes the input of pushed rows. Only sources that are said to send may, but for what is mended.
func (p *pusher) input(ctx context.Context, source customer.Source, rows []desk.Pushed, mended bool) (*pipelines.Input, error) {
	s := p.hub.conf.Source(source)
	if !mended && (s == nil || s.From != pushed.Name) {
		return nil, fmt.Errorf("source: %w; only sources with from: http send records", desk.ErrUnknown)
	}
	in := &pipelines.Input{Source: source, Name: pushed.Name, Sensitive: true, Connector: func() (connectors.Connector, error) { return pushed.Rows(rowsOf(rows)), nil }}
	if s != nil {
		configured(in, s)
		in.Full = nil // a request is never the whole source
	}
	text, err := p.hub.LastMapping(ctx, source)
	if err == nil && text != nil {
		err = unmarshal(text, &in.Before)
	}
	return in, err
}

// rowsOf puts pushed rows into one table with the columns of all.
func rowsOf(rows []desk.Pushed) []customer.Row {
	table, place := &customer.Table{}, map[string]int{}
	out := make([]customer.Row, len(rows))
	for i := range rows {
		r := customer.Row{Table: table, Key: rows[i].Key, Place: customer.Place{File: pushed.Name, Row: int64(i + 1)}}
		if rows[i].Delete {
			r.Op = customer.Delete
		}
		for _, c := range rows[i].Columns {
			at, known := place[c.Column]
			if !known {
				at = len(table.Columns)
				place[c.Column], table.Columns = at, append(table.Columns, c.Column)
			}
			r.Cells = append(r.Cells, customer.Cell{Column: at, Text: c.Text})
		}
		out[i] = r
	}
	return out
}

// compiled is the ruleset that the database names.
func (p *pusher) compiled(ctx context.Context) (*ruleset, string, error) {
	row, err := p.hub.Hub(ctx)
	if err != nil {
		return nil, "", err
	}
	if row.RulesetHash == "" {
		return nil, "", desk.ErrEmpty
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hash != row.RulesetHash {
		rules, err := p.hub.compiled(row)
		if err != nil {
			return nil, "", err
		}
		p.rules, p.hash = rules, row.RulesetHash
	}
	if p.rules.stored.Hash != p.hash {
		return nil, "", desk.ErrRuleset
	}
	return p.rules, p.hash, nil
}

// taken tells what became of each row.
func (p *pusher) taken(ctx context.Context, source customer.Source, rows []desk.Pushed, result *pipelines.Result) (run int64, out []desk.Taken, err error) {
	out = make([]desk.Taken, len(rows))
	for i := range rows {
		out[i].Key = rows[i].Key
	}
	for i := range result.Rejects {
		if at := result.Rejects[i].Place.Row - 1; at >= 0 && at < int64(len(rows)) {
			out[at].Reject = &result.Rejects[i]
		}
	}
	err = p.hub.InTx(ctx, func(tx *store.Tx) error {
		runs, err := tx.Runs(ctx, source, 0, 1)
		if err != nil || len(runs) == 0 {
			return err
		}
		run = runs[0].ID
		if len(rows) > 1 || rows[0].Key != "" || out[0].Reject != nil {
			return nil
		}
		keys, err := tx.KeysOfRun(ctx, run, 1)
		if len(keys) == 1 {
			out[0].Key = keys[0]
		}
		return err
	})
	return run, out, err
}

// secretOf is what a source signs its requests with; nil if it does not.
func secretOf(conf *config.Config) func(customer.Source) []byte {
	return func(name customer.Source) []byte {
		s := conf.Source(name)
		if s == nil || s.From != pushed.Name {
			return nil
		}
		var settings pushed.Settings
		if conf.Decode(s, &settings) != nil || settings.Secret == "" {
			return nil
		}
		return []byte(settings.Secret)
	}
}
