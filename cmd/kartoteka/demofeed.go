package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"kartoteka/api"
	"kartoteka/customer"
	"kartoteka/demo"
	"kartoteka/feed/consumer"
	"kartoteka/signin"
)

// demoFeed is what a consumer received.
type demoFeed struct {
	Position  int64        `json:"position"`  // of the last change it has
	Received  int          `json:"received"`  // changes
	Customers int          `json:"customers"` // active codes in its table
	Equal     bool         `json:"equal"`     // its table is the hub's
	Later     []demoFile   `json:"later"`     // what came in while it waited
	Last      []api.Change `json:"last"`      // the changes that followed from that
	Kafka     *demoKafka   `json:"kafka,omitempty"`
}

// follow lets a consumer read everything over HTTP, then wait for what the next day brings.
func (d *demoRun) follow(ctx context.Context) (err error) {
	ctx, stop := context.WithCancel(ctx)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		stop()
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	served := make(chan error, 1)
	go func() {
		served <- api.New(d.hub.Store, api.Options{Version: version, Guard: signin.Open, LoopbackOnly: true}).Serve(ctx, listener)
	}()
	defer func() { stop(); err = errors.Join(err, <-served) }()
	reader := &demoReader{base: "http://" + listener.Addr().String()}
	if err := reader.catchUp(ctx); err != nil {
		return err
	}
	if err := d.nextDay(ctx, reader); err != nil {
		return err
	}
	return d.compare(ctx, reader)
}

// nextDay loads a small batch while the consumer waits for changes.
func (d *demoRun) nextDay(ctx context.Context, reader *demoReader) error {
	later, err := demo.Later(d.written)
	if err != nil {
		return err
	}
	var paths []string
	for _, f := range later {
		paths = append(paths, f.Path)
		d.result.Feed.Later = append(d.result.Feed.Later, demoFile{f.Source, "later/" + string(f.Source), f.Rows})
	}
	before := reader.position
	waited := make(chan error, 1)
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, err := reader.page(waiting, 30*time.Second)
		waited <- err
	}()
	if _, err := d.loadFiles(ctx, paths); err != nil {
		return err
	}
	if err := <-waited; err != nil {
		return err
	}
	if err := reader.catchUp(ctx); err != nil {
		return err
	}
	for _, c := range reader.changes {
		if c.Position > before {
			d.result.Feed.Last = append(d.result.Feed.Last, c)
		}
	}
	return nil
}

// compare holds the consumer's table against the hub's.
func (d *demoRun) compare(ctx context.Context, reader *demoReader) error {
	f := &d.result.Feed
	f.Position, f.Received = reader.position, len(reader.changes)
	f.Customers, f.Equal = 0, true
	rows := reader.table.Rows()
	codes := make([]customer.Code, 0, len(rows))
	for code, row := range rows {
		codes = append(codes, code)
		if row.State == customer.CodeActive {
			f.Customers++
		}
	}
	states, err := d.hub.States(ctx, codes)
	if err != nil {
		return err
	}
	for code, now := range states {
		if row := rows[code]; row.Version != now.Version || row.State != now.State || row.State == customer.CodeActive && string(row.Document) != string(now.Document) {
			f.Equal = false
		}
	}
	if last, err := d.hub.Last(ctx); err != nil || last != reader.position {
		f.Equal = false
		return err
	}
	if len(d.command.Brokers) > 0 {
		f.Kafka, err = d.publish(ctx, states)
	}
	return err
}

// demoReader is a consumer: it follows the change log over HTTP, and keeps the present state of each code.
type demoReader struct {
	base     string
	position int64
	changes  []api.Change
	table    consumer.Memory
}

// catchUp reads to the end of the change log.
func (r *demoReader) catchUp(ctx context.Context) error {
	for {
		n, err := r.page(ctx, 0)
		if err != nil || n == 0 {
			return err
		}
	}
}

// page reads changes, waiting for them if there are none yet, and fetches what they changed.
func (r *demoReader) page(ctx context.Context, wait time.Duration) (int, error) {
	var page api.Page
	if err := r.get(ctx, fmt.Sprintf("/v1/changes?after=%d&limit=1000&wait=%s", r.position, wait), &page); err != nil {
		return 0, err
	}
	var rows []consumer.Row
	seen := map[customer.Code]bool{}
	for _, c := range page.Changes {
		if seen[c.Code] {
			continue
		}
		seen[c.Code] = true
		var document json.RawMessage
		if err := r.get(ctx, "/v1/golden/"+c.Code.String(), &document); err != nil {
			return 0, err
		}
		row, err := consumer.Parse([]byte(c.Code.String()), document, func(string) string { return "" })
		if err != nil {
			return 0, err
		}
		rows = append(rows, row)
	}
	r.changes = append(r.changes, page.Changes...)
	r.position = page.Position
	return len(page.Changes), r.table.Apply(ctx, 0, page.Position, rows)
}

func (r *demoReader) get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the feed answered %s: %s", response.Status, text)
	}
	return json.Unmarshal(text, into)
}
