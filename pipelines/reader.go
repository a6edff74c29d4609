package pipelines

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"kartoteka/connectors"
	"kartoteka/customer"
	"kartoteka/pipelines/mapping"
	"kartoteka/standardize"
)

// Input is a source to be read once.
type Input struct {
	Source    customer.Source
	Name      string // of the file, table or topic, without personal data
	Connector func() (connectors.Connector, error)
	Mapping   *customer.Mapping  // nil: found by looking at the data
	Told      bool               // the mapping is the user's own, not that of the format
	Before    []customer.Mapping // what its tables were loaded with last: a source keeps its keys
	Key       string             // column that the user named as the key; "" to find one
	Sensitive bool               // keys are personal
	Country   string             // of phones and dates without one; "" for the company's
	Full      *Full              // not nil: a row that is absent means something
	Unique    bool               // the source holds no duplicates
	Again     bool               // once read to its end it is read from its beginning the next time, changed or not
}

// Full says that an input is a whole snapshot of its source.
type Full struct {
	Keep  bool    // absent rows are kept
	Brake float64 // share of the source's records above which nothing is deleted; 0.2 is the default
}

// TableMapping is how one table of an input was understood.
type TableMapping struct {
	Table    string               `json:"table,omitempty"`
	Source   customer.Source      `json:"source"`
	Key      []string             `json:"key,omitempty"`
	Unused   []string             `json:"-"` // what would be the key, had the source not been known by the content of its rows before
	Columns  []mapping.Column     `json:"columns"`
	Mapping  customer.Mapping     `json:"-"`
	Extra    []customer.Attribute `json:"-"`
	Country  string               `json:"country,omitempty"`
	Declared bool                 `json:"declared,omitempty"` // by config or by the format, not found by looking
}

// sampleSize is how many rows are looked at before columns get their meaning; of very long ones,
// as many as have so many bytes.
const (
	sampleSize  = 1000
	sampleBytes = 32 << 20
)

// Reader turns an input into rows that are ready to land.
type Reader struct {
	in        *Input
	portrait  *customer.Portrait
	codec     customer.Codec
	standard  *standardize.Standardizer
	connector connectors.Connector
	waiting   []connectors.Batch // read to find out what columns mean
	ended     bool
	tables    map[*customer.Table]*table
	order     []*table
	fields    fieldCounts
	extras    bool
	workers   int
	mapped    []customer.Mapped // memory that each batch uses again
}

// table is one table of an input with its mapping compiled.
type table struct {
	TableMapping
	mapper *mapping.Mapper
}

// Batch is a piece of an input.
type Batch struct {
	Rows    []customer.Incoming
	Rejects []customer.Reject
	Counts  customer.Counts // Read, Rejected and Filtered
	Reasons map[customer.FilterReason]int64
	Cursor  string
}

// Open opens an input after a cursor and finds out what its columns mean. With extras, columns
// that fit no attribute of the portrait but look like one are reported as such.
func Open(ctx context.Context, in *Input, p *customer.Portrait, company standardize.Settings, after string, workers int) (*Reader, error) {
	connector, err := in.Connector()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.Name, err)
	}
	r := &Reader{in: in, portrait: p, codec: customer.NewCodec(p), connector: connector, tables: map[*customer.Table]*table{}, fields: fieldCounts{}, workers: max(1, workers)}
	if err := connector.Open(ctx, connectors.Cursor(after)); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", in.Name, err), connector.Close())
	}
	if err := r.look(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", in.Name, err), connector.Close())
	}
	if in.Country != "" {
		company.Country = in.Country
	}
	r.standard = standardize.New(p, company)
	return r, nil
}

// look reads a sample and maps the tables in it.
func (r *Reader) look(ctx context.Context) error {
	samples := map[*customer.Table][]customer.Row{}
	var order []*customer.Table
	for rows, size := 0, 0; rows < sampleSize && size < sampleBytes && !r.ended; {
		batch, err := r.connector.Read(ctx, sampleSize-rows)
		if errors.Is(err, io.EOF) {
			r.ended = true
			break
		}
		if err != nil {
			return err
		}
		r.waiting = append(r.waiting, batch)
		rows += len(batch.Rows) + len(batch.Rejects)
		for i := range batch.Rows {
			t := batch.Rows[i].Table
			if samples[t] == nil {
				order = append(order, t)
			}
			samples[t] = append(samples[t], batch.Rows[i])
			size += length(&batch.Rows[i])
		}
	}
	for _, t := range order {
		if _, err := r.mapTable(t, samples[t]); err != nil {
			return err
		}
	}
	return r.hasKey(order)
}

// length is how many bytes the cells of a row have.
func length(row *customer.Row) int {
	n := 0
	for i := range row.Cells {
		n += len(row.Cells[i].Text)
	}
	return n
}

// mapTable gives a table its mapping.
func (r *Reader) mapTable(t *customer.Table, sample []customer.Row) (*table, error) {
	m := &table{TableMapping: TableMapping{Table: t.Name, Source: r.in.Source}}
	if r.in.Mapping != nil && (len(r.in.Mapping.Fields) > 0 || r.in.Mapping.Standard != "") {
		m.Mapping, m.Declared = *r.in.Mapping, true
	} else {
		proposal := mapping.Infer(r.portrait, r.in.Source, t, distinctRows(sample))
		m.Mapping, m.Columns, m.Extra, m.Country = proposal.Mapping, proposal.Columns, proposal.Extra, proposal.Country
		if r.extras || r.hasExtras(proposal.Extra) {
			m.Mapping = proposal.WithExtra()
		}
		if key, ok := r.knownKey(t); ok {
			if len(key) == 0 {
				m.Unused = m.Mapping.Key
			}
			m.Mapping.Key = key
			r.keepExtras(&m.Mapping, key)
		}
		if r.in.Mapping != nil { // kind, key and the like may be declared without fields
			declare(&m.Mapping, r.in.Mapping)
		}
	}
	if r.in.Key != "" {
		m.Mapping.Key = []string{r.in.Key}
	}
	m.Key = m.Mapping.Key
	mapper, err := mapping.Compile(r.portrait, &m.Mapping, t)
	if err != nil {
		return nil, err
	}
	m.mapper = mapper
	r.tables[t] = m
	r.order = append(r.order, m)
	return m, nil
}

// hasExtras reports whether the portrait already has an extra attribute of the table: the first
// load into the hub gave it one.
func (r *Reader) hasExtras(extras []customer.Attribute) bool {
	for _, a := range extras {
		if _, has := r.portrait.Lookup(a.Kind, a.Name); has {
			return true
		}
	}
	return false
}

func declare(m *customer.Mapping, said *customer.Mapping) {
	if len(said.Key) > 0 {
		m.Key = said.Key
	}
	if said.Kind != nil {
		m.Kind = said.Kind
	}
	if said.Observed != "" {
		m.Observed = said.Observed
	}
	if said.City != "" {
		m.City = said.City
	}
	m.Consents = append(m.Consents, said.Consents...)
	m.Products = append(m.Products, said.Products...)
	m.Links = append(m.Links, said.Links...)
}

// Mappings tells how the tables met so far were understood.
func (r *Reader) Mappings() []TableMapping {
	out := make([]TableMapping, len(r.order))
	for i, t := range r.order {
		out[i] = t.TableMapping
	}
	return out
}

// Absent lists columns that the user's mapping names and no table has shown.
func (r *Reader) Absent() []string {
	var out []string
	if !r.in.Told {
		return nil
	}
	for _, t := range r.order {
		for _, column := range t.mapper.Absent() {
			if !slices.Contains(out, column) {
				out = append(out, column)
			}
		}
	}
	return out
}

// Notes tells what the connector found out about its input.
func (r *Reader) Notes() []connectors.Note {
	if n, ok := r.connector.(connectors.Noter); ok {
		return n.Notes()
	}
	return nil
}

// Fields tells how complete the attributes of the rows read so far are.
func (r *Reader) Fields() []customer.FieldReport { return r.fields.report(r.portrait) }

// Close closes the connector.
func (r *Reader) Close() error { return r.connector.Close() }

// Read returns the next piece, io.EOF at the end.
func (r *Reader) Read(ctx context.Context, limit int) (Batch, error) {
	raw, err := r.next(ctx, limit)
	if err != nil {
		return Batch{}, err
	}
	out := Batch{Rejects: raw.Rejects, Cursor: string(raw.Cursor), Reasons: map[customer.FilterReason]int64{}}
	for reason, n := range raw.Filtered {
		out.Reasons[reason] += int64(n)
	}
	for i := range raw.Rows {
		if r.tables[raw.Rows[i].Table] == nil {
			if _, err := r.mapTable(raw.Rows[i].Table, sameTable(raw.Rows[i:])); err != nil {
				return Batch{}, err
			}
		}
	}
	r.convert(raw.Rows, &out)
	for i := range out.Rejects {
		out.Rejects[i].Source = r.in.Source
	}
	out.Counts.Rejected = int64(len(out.Rejects))
	for _, n := range out.Reasons {
		out.Counts.Filtered += n
	}
	out.Counts.Read = int64(len(out.Rows)) + out.Counts.Rejected + out.Counts.Filtered
	return out, nil
}

func (r *Reader) next(ctx context.Context, limit int) (connectors.Batch, error) {
	if len(r.waiting) > 0 {
		batch := r.waiting[0]
		r.waiting = r.waiting[1:]
		return batch, nil
	}
	if r.ended {
		return connectors.Batch{}, io.EOF
	}
	batch, err := r.connector.Read(ctx, limit)
	if err != nil && !errors.Is(err, io.EOF) {
		return batch, fmt.Errorf("%s: %w", r.in.Name, err)
	}
	return batch, err
}

func sameTable(rows []customer.Row) []customer.Row {
	var out []customer.Row
	for i := range rows {
		if rows[i].Table == rows[0].Table {
			out = append(out, rows[i])
		}
	}
	return out
}
