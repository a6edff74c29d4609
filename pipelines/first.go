package pipelines

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/standardize"
)

// First is the first load into an empty hub: everything is read into columns, the ruleset is
// fixed for all files of the command together, f is evaluated once, and all goes in by COPY, in
// one transaction that holds the lane.
type First struct {
	Loader
	Portrait *customer.Portrait
	// Train is shown every standardized record, by Workers goroutines at once, each with its number.
	Train func(worker int, s *customer.Standard)
	// Fix compiles the ruleset after all records were shown.
	Fix func(records int64) (*resolve.Rules, customer.Ruleset, error)
}

// Load fills an empty base; tx must hold the lane.
func (f *First) Load(ctx context.Context, tx Tx, inputs []*Input) (*Result, error) {
	b := &firstLoad{First: f, ctx: ctx, tx: tx, out: &Result{Bulk: true}, columns: resolve.NewColumns(f.Portrait),
		index: map[customer.Ref]int{}, late: map[customer.Ref]lateDelete{}, fields: &fieldCounts{}}
	for _, step := range []func() error{
		func() error { return b.begin(inputs) },
		b.read, b.resolve, b.finish,
	} {
		if err := step(); err != nil {
			return b.out, err
		}
	}
	return b.out, nil
}

type firstLoad struct {
	*First
	ctx     context.Context
	tx      Tx
	out     *Result
	inputs  []*firstInput
	columns *resolve.Columns
	index   map[customer.Ref]int // place in columns of each key
	rows    []customer.NewRecord
	nextID  customer.RecordID
	lastID  customer.RecordID
	fields  *fieldCounts
	late    map[customer.Ref]lateDelete // keys that a later row of the load deletes
	err     error
}

// lateDelete is a deletion of a record of the same load; it is resolved as any other, once the
// base is filled.
type lateDelete struct {
	in  *firstInput
	row customer.Incoming
}

// firstInput is one input with its run and what it rejected.
type firstInput struct {
	*Input
	run     *customer.Run
	reader  *Reader
	rejects []customer.Reject
	counts  customer.Counts
}

// idBlock is how many record ids are reserved; what is left goes back.
const idBlock = 1 << 28

func (b *firstLoad) begin(inputs []*Input) error {
	for _, in := range inputs {
		run, err := b.tx.BeginRun(b.ctx, in.Source, in.Sensitive, in.Name)
		if err != nil {
			return err
		}
		if err := b.tx.SaveStory(b.ctx, run, b.Actor, nil); err != nil {
			return err
		}
		b.inputs = append(b.inputs, &firstInput{Input: in, run: run})
	}
	if err := failpoint.Pass("bulk.begun"); err != nil {
		return err
	}
	first, err := b.tx.TakeRecordIDs(b.ctx, idBlock)
	if err != nil {
		return err
	}
	b.nextID, b.lastID = first, first+idBlock-1
	base := first
	return b.tx.BeginBulk(b.ctx, func(id customer.RecordID) customer.NewRecord { return b.rows[id-base] })
}

// read reads all inputs while their bodies are copied.
func (b *firstLoad) read() error {
	if err := b.tx.CopyBodies(b.ctx, b.bodies()); err != nil {
		return errors.Join(b.err, err)
	}
	if b.err != nil {
		return b.err
	}
	return failpoint.Pass("bulk.read")
}

func (b *firstLoad) bodies() iter.Seq[customer.Body] {
	return func(yield func(customer.Body) bool) {
		for _, in := range b.inputs {
			if b.err = b.readInput(in, yield); b.err != nil {
				return
			}
		}
	}
}

func (b *firstLoad) readInput(in *firstInput, yield func(customer.Body) bool) error {
	reader, err := Open(b.ctx, in.Input, b.Portrait, b.Company, "", b.Workers)
	if err != nil {
		return err
	}
	defer reader.Close() //nolint:errcheck // read only
	in.reader = reader
	for {
		batch, err := reader.Read(b.ctx, chunkRows)
		if errors.Is(err, io.EOF) {
			b.out.absent(in.Input, reader)
			b.fields.add(&reader.fields)
			return nil
		}
		if err != nil {
			return err
		}
		in.counts.Add(batch.Counts)
		in.rejects = append(in.rejects, batch.Rejects...)
		if err := b.takeRows(in, batch.Rows, yield); err != nil {
			return err
		}
		b.progress("read", int64(b.columns.Len()), 0)
		if err := failpoint.Pass("bulk.batch"); err != nil {
			return err
		}
	}
}

// takeRows gives rows their records and learns from those that are new.
func (b *firstLoad) takeRows(in *firstInput, rows []customer.Incoming, yield func(customer.Body) bool) error {
	var learn []*customer.Standard
	for i := range rows {
		body, accepted, err := b.accept(in, &rows[i])
		if err != nil {
			return err
		}
		if !accepted {
			continue
		}
		learn = append(learn, &rows[i].Standard)
		if !yield(body) {
			return b.ctx.Err()
		}
	}
	var wg sync.WaitGroup
	for w := range b.Workers {
		wg.Go(func() {
			for i := w; i < len(learn); i += b.Workers {
				b.Train(w, learn[i])
			}
		})
	}
	wg.Wait()
	return nil
}

// accept gives a row its record; a key that comes again is a further revision of it.
func (b *firstLoad) accept(in *firstInput, row *customer.Incoming) (customer.Body, bool, error) {
	at, known := b.index[row.Ref]
	if row.Op == customer.Delete {
		if known {
			b.late[row.Ref] = lateDelete{in, *row}
		} else {
			in.counts.Unchanged++ // nothing is there to delete
		}
		return customer.Body{}, false, nil
	}
	if late, deleted := b.late[row.Ref]; deleted { // and now it is back
		late.in.counts.Unchanged++
		delete(b.late, row.Ref)
	}
	standard := row.Encoded
	fingerprint := int64(xxhash.Sum64(row.Raw)*31 + xxhash.Sum64(standard))
	if known && b.rows[at].Fingerprint == fingerprint {
		in.counts.Unchanged++
		return customer.Body{}, false, nil
	}
	in.counts.Accepted++
	if known {
		in.run.Repeated++
		b.rows[at].Landed++
		b.rows[at].Fingerprint = fingerprint
		b.columns.Replace(at, int(b.rows[at].Landed), standard)
		return customer.Body{Record: b.idOf(at), Revision: int(b.rows[at].Landed), Run: in.run.ID, Raw: row.Raw, Standard: standard}, true, nil
	}
	id := b.nextID
	if id > b.lastID {
		return customer.Body{}, false, fmt.Errorf("%w: more than %d records in one first load; load the rest afterwards", errTooMany, idBlock)
	}
	b.nextID++
	b.index[row.Ref] = b.columns.Add(resolve.Record{ID: id, Ref: row.Ref, Revision: 1}, standard, true)
	b.rows = append(b.rows, customer.NewRecord{Source: in.run.SourceID, Key: row.Ref.Key, Landed: 1, Fingerprint: fingerprint, Run: in.run.ID})
	return customer.Body{Record: id, Revision: 1, Run: in.run.ID, Raw: row.Raw, Standard: standard}, true, nil
}

var errTooMany = errors.New("too many records")

func (b *firstLoad) idOf(at int) customer.RecordID {
	return b.lastID - idBlock + 1 + customer.RecordID(at)
}

// resolve fixes the ruleset and evaluates f over everything.
func (b *firstLoad) resolve() error {
	rules, ruleset, err := b.Fix(int64(b.columns.Len()))
	if err != nil {
		return err
	}
	b.Rules, b.index = rules, nil
	b.out.Outcome, err = resolve.Whole(b.ctx, b.tx, resolve.Bulk{Rules: rules, Population: b.columns,
		Operation: resolve.Operation{Kind: "resolve", Actor: b.Actor}, Progress: b.bulkProgress})
	if err != nil {
		return err
	}
	if err := failpoint.Pass("bulk.resolved"); err != nil {
		return err
	}
	return b.tx.FixRuleset(b.ctx, ruleset)
}

// finish builds the indexes and closes the runs.
func (b *firstLoad) finish() error {
	b.progress("index", 0, 0)
	if err := b.tx.FinishBulk(b.ctx, b.nextID); err != nil {
		return err
	}
	if err := b.deleteLate(); err != nil {
		return err
	}
	for _, in := range b.inputs {
		if err := b.close(in); err != nil {
			return err
		}
		b.out.Counts.Add(in.counts)
		b.out.repeated(in.run)
		b.out.Mappings = append(b.out.Mappings, in.reader.Mappings()...)
		b.out.Notes = append(b.out.Notes, in.reader.Notes()...)
		b.out.Rejects = append(b.out.Rejects, in.rejects[:min(len(in.rejects), shownRejects-min(shownRejects, len(b.out.Rejects)))]...)
	}
	b.out.Fields = b.fields.report(b.Portrait)
	return failpoint.Pass("bulk.indexed")
}

// deleteLate resolves the deletions of records that the load itself brought.
func (b *firstLoad) deleteLate() error {
	if len(b.late) == 0 {
		return nil
	}
	for _, ref := range slices.SortedFunc(maps.Keys(b.late), func(x, y customer.Ref) int {
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Key, y.Key))
	}) {
		late := b.late[ref]
		accepted, unchanged, err := b.tx.Land(b.ctx, late.in.run, []customer.Incoming{late.row}, false)
		if err != nil {
			return err
		}
		late.in.counts.Accepted += accepted
		late.in.counts.Unchanged += unchanged
	}
	landed, err := b.tx.WaitingAfter(b.ctx, 0, len(b.late))
	if err != nil {
		return err
	}
	outcome, err := resolve.Turn(b.ctx, b.Rules, b.tx, landed, nil, resolve.Operation{Kind: "resolve", Actor: b.Actor})
	b.out.Outcome.Add(outcome)
	return err
}

func (b *firstLoad) close(in *firstInput) error {
	if err := b.tx.SaveRejects(b.ctx, in.run, in.rejects); err != nil {
		return err
	}
	if err := b.tx.SaveCounts(b.ctx, in.run, in.counts); err != nil {
		return err
	}
	mappings, err := json.Marshal(mappingsOf(in.reader))
	if err != nil {
		return err
	}
	if err := b.tx.SaveMapping(b.ctx, in.run, mappings); err != nil {
		return err
	}
	if in.counts.Read == 0 {
		b.out.Empty = append(b.out.Empty, in.Name)
	}
	if err := b.tx.SaveStory(b.ctx, in.run, b.Actor, in.reader.story()); err != nil {
		return err
	}
	return b.tx.EndRun(b.ctx, in.run, "done")
}

// Company returns the settings that an input without a country of its own is standardized with:
// the company's, or what the columns of the first inputs speak of.
func Company(said standardize.Settings, found []TableMapping) standardize.Settings {
	if said.Country != "" {
		return said
	}
	for _, m := range found {
		if m.Country != "" {
			said.Country = m.Country
			break
		}
	}
	return said
}
