package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"kartoteka/connectors"
	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/standardize"
)

// Loader loads inputs into a hub that has a ruleset; [First] fills an empty one.
type Loader struct {
	Hub      Hub
	Rules    *resolve.Rules
	Company  standardize.Settings
	Actor    string
	Workers  int                                   // for standardizing; at least 1
	Progress func(stage string, done, total int64) // total 0: unknown
}

// Result is what became of the inputs of a load.
type Result struct {
	Counts   customer.Counts
	Outcome  resolve.Outcome
	Mappings []TableMapping
	Notes    []connectors.Note
	Rejects  []customer.Reject // the first ones, for showing
	Fields   []customer.FieldReport
	Held     []string                  // sources whose brake held
	Repeated map[customer.Source]int64 // rows that repeat a key with other content
	Bulk     bool                      // resolved in memory over everything
}

func (r *Result) repeated(run *customer.Run) {
	if run.Repeated == 0 {
		return
	}
	if r.Repeated == nil {
		r.Repeated = map[customer.Source]int64{}
	}
	r.Repeated[run.Source] += run.Repeated
}

const (
	// chunkRows is how many rows land in one transaction.
	chunkRows = 2000
	// turnRecords is how many revisions one turn of the lane resolves.
	turnRecords = 500
	// shownRejects is how many rejects a result carries.
	shownRejects = 20
	// bulkShare and bulkLeast say from when on a load is resolved in memory over everything:
	// above a tenth of the base, and not for a few thousand rows.
	bulkShare = 10
	bulkLeast = 5000
)

// Load reads the inputs one after the other, lands their rows, and resolves them.
func (l *Loader) Load(ctx context.Context, inputs []*Input) (*Result, error) {
	out := &Result{}
	fields := &fieldCounts{}
	for _, in := range inputs {
		if err := l.land(ctx, in, out, fields); err != nil {
			return out, err
		}
	}
	out.Fields = fields.report(l.Rules.Portrait)
	err := l.Resolve(ctx, out)
	return out, err
}

// land reads one input and keeps its rows, chunk by chunk with the position in the source.
func (l *Loader) land(ctx context.Context, in *Input, out *Result, fields *fieldCounts) error {
	run, after, err := l.begin(ctx, in)
	if err != nil {
		return err
	}
	reader, err := Open(ctx, in, l.Rules.Portrait, l.Company, after, l.Workers)
	if err != nil {
		return errors.Join(err, l.end(ctx, run, "failed"))
	}
	defer reader.Close() //nolint:errcheck // read only
	for {
		batch, err := reader.Read(ctx, chunkRows)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = l.chunk(ctx, in, run, &batch, out)
		}
		if err != nil {
			return errors.Join(err, l.end(context.WithoutCancel(ctx), run, "failed"))
		}
	}
	fields.add(&reader.fields)
	out.Mappings = append(out.Mappings, reader.Mappings()...)
	out.Notes = append(out.Notes, reader.Notes()...)
	return l.finish(ctx, in, run, reader, out)
}

// begin opens a run; a snapshot is always read from its beginning, because only a whole reading
// knows what is absent.
func (l *Loader) begin(ctx context.Context, in *Input) (run *customer.Run, after string, err error) {
	err = l.Hub.InTx(ctx, func(tx Tx) (err error) {
		run, err = tx.BeginRun(ctx, in.Source, in.Sensitive, in.Name)
		return err
	})
	if err == nil {
		err = failpoint.Pass("load.begun")
	}
	if err != nil || in.Full != nil {
		return run, "", err
	}
	return run, run.Cursor, nil
}

func (l *Loader) end(ctx context.Context, run *customer.Run, state string) error {
	return l.Hub.InTx(ctx, func(tx Tx) error { return tx.EndRun(ctx, run, state) })
}

// chunk lands rows, rejects, counts and the position in one transaction (I11, I16).
func (l *Loader) chunk(ctx context.Context, in *Input, run *customer.Run, batch *Batch, out *Result) error {
	if err := failpoint.Pass("load.read"); err != nil {
		return err
	}
	var counts customer.Counts
	err := l.Hub.InTx(ctx, func(tx Tx) (err error) {
		counts = batch.Counts
		if counts.Accepted, counts.Unchanged, err = tx.Land(ctx, run, batch.Rows, in.Full != nil); err != nil {
			return err
		}
		if err := tx.SaveRejects(ctx, run, batch.Rejects); err != nil {
			return err
		}
		if err := tx.SaveCounts(ctx, run, counts); err != nil {
			return err
		}
		if err := failpoint.Pass("load.landed"); err != nil {
			return err
		}
		return tx.SaveCursor(ctx, run, batch.Cursor)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", in.Name, err)
	}
	out.Counts.Add(counts)
	out.Rejects = append(out.Rejects, batch.Rejects[:min(len(batch.Rejects), shownRejects-min(shownRejects, len(out.Rejects)))]...)
	l.progress("read", out.Counts.Read, 0)
	return failpoint.Pass("load.committed")
}

// finish ends a run: absent rows of a snapshot are deleted unless too many are gone.
func (l *Loader) finish(ctx context.Context, in *Input, run *customer.Run, reader *Reader, out *Result) error {
	state := "done"
	var deleted int64
	mappings, err := json.Marshal(mappingsOf(reader))
	if err != nil {
		return err
	}
	err = l.Hub.InTx(ctx, func(tx Tx) error {
		if in.Full != nil && !in.Full.Keep {
			all, absent, err := tx.Absent(ctx, run)
			if err != nil {
				return err
			}
			if float64(absent) > in.Full.Brake*float64(all) {
				state = "held"
			} else if deleted, err = tx.DeleteAbsent(ctx, run); err != nil {
				return err
			}
		}
		// A deletion counts as a row of its own: read = accepted + unchanged + rejected + filtered stays true.
		if err := tx.SaveCounts(ctx, run, customer.Counts{Read: deleted, Accepted: deleted}); err != nil {
			return err
		}
		if err := tx.SaveMapping(ctx, run, mappings); err != nil {
			return err
		}
		if in.Again {
			if err := tx.SaveCursor(ctx, run, ""); err != nil {
				return err
			}
		}
		return tx.EndRun(ctx, run, state)
	})
	if err != nil {
		return err
	}
	out.Counts.Add(customer.Counts{Read: deleted, Accepted: deleted})
	out.repeated(run)
	if state == "held" {
		out.Held = append(out.Held, string(in.Source))
	}
	return failpoint.Pass("load.ended")
}

func mappingsOf(r *Reader) []customer.Mapping {
	var out []customer.Mapping
	for _, t := range r.order {
		out = append(out, t.Mapping)
	}
	return out
}

// Resolve gives codes to everything that has landed: in turns through the lane, or in memory over
// everything when it is much.
func (l *Loader) Resolve(ctx context.Context, out *Result) error {
	bulk, err := l.much(ctx, out.Counts.Accepted)
	if err != nil {
		return err
	}
	if bulk {
		out.Bulk = true
		return l.Hub.InLongLane(ctx, func(tx Tx) error { return l.whole(ctx, tx, out) })
	}
	var done int64
	for {
		n, err := l.turn(ctx, out)
		if err != nil || n == 0 {
			return err
		}
		done += int64(n)
		l.progress("resolve", done, max(done, out.Counts.Accepted))
	}
}

func (l *Loader) much(ctx context.Context, accepted int64) (bool, error) {
	if accepted < bulkLeast {
		return false, nil
	}
	var live int64
	err := l.Hub.InTx(ctx, func(tx Tx) (err error) {
		live, err = tx.LiveRecords(ctx)
		return err
	})
	return accepted*bulkShare > live, err
}

// turn resolves up to turnRecords revisions and returns how many.
func (l *Loader) turn(ctx context.Context, out *Result) (n int, err error) {
	var outcome resolve.Outcome
	err = l.Hub.InLane(ctx, func(tx Tx) error {
		landed, err := tx.Waiting(ctx, turnRecords)
		if err != nil || len(landed) == 0 {
			n = 0
			return err
		}
		n = len(landed)
		if err := failpoint.Pass("turn.taken"); err != nil {
			return err
		}
		outcome, err = resolve.Turn(ctx, l.Rules, tx, landed, nil, resolve.Operation{Kind: "resolve", Actor: l.Actor})
		if err == nil {
			err = failpoint.Pass("turn.written")
		}
		return err
	})
	if err == nil {
		err = failpoint.Pass("turn.committed")
	}
	out.Outcome.Add(outcome)
	return n, err
}

// whole resolves everything that has landed over the whole base in memory.
func (l *Loader) whole(ctx context.Context, tx Tx, out *Result) error {
	population := resolve.NewColumns(l.Rules.Portrait)
	gone, err := tx.Population(ctx, l.Rules.AnotherPerson, func(rec customer.Record, standard []byte, waiting bool) {
		population.Add(rec, standard, waiting)
	})
	if err != nil {
		return err
	}
	decisions, err := tx.AllDecisions(ctx)
	if err != nil {
		return err
	}
	outcome, err := resolve.Whole(ctx, tx, resolve.Bulk{Rules: l.Rules, Population: population, Gone: gone, Decisions: decisions,
		Operation: resolve.Operation{Kind: "resolve", Actor: l.Actor}, Progress: l.bulkProgress})
	out.Outcome.Add(outcome)
	return err
}

func (l *Loader) bulkProgress(stage string, done, total int) {
	l.progress(stage, int64(done), int64(total))
}

func (l *Loader) progress(stage string, done, total int64) {
	if l.Progress != nil {
		l.Progress(stage, done, total)
	}
}
