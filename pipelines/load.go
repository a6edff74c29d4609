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
	Absent   map[string][]string       // columns that the mapping of an input names and the input has not
	Empty    []string                  // inputs that were read from their beginning and have no rows
	Bulk     bool                      // resolved in memory over everything
}

func (r *Result) absent(in *Input, reader *Reader) {
	if columns := reader.Absent(); len(columns) > 0 {
		if r.Absent == nil {
			r.Absent = map[string][]string{}
		}
		r.Absent[in.Name] = columns
	}
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
	// shownRejects is how many rejects a result carries.
	shownRejects = 20
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
	read := out.Counts.Read
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
	if out.Counts.Read == read && after == "" {
		out.Empty = append(out.Empty, in.Name)
	}
	out.absent(in, reader)
	fields.add(&reader.fields)
	out.Mappings = append(out.Mappings, reader.Mappings()...)
	out.Notes = append(out.Notes, reader.Notes()...)
	return l.finish(ctx, in, run, reader, out)
}

// begin opens a run; a snapshot is always read from its beginning, because only a whole reading
// knows what is absent.
func (l *Loader) begin(ctx context.Context, in *Input) (run *customer.Run, after string, err error) {
	err = l.Hub.InTx(ctx, func(tx Tx) (err error) {
		if run, err = tx.BeginRun(ctx, in.Source, in.Sensitive, in.Name); err != nil {
			return err
		}
		return tx.SaveStory(ctx, run, l.Actor, nil)
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
		erased := run.Erased
		if counts.Accepted, counts.Unchanged, err = tx.Land(ctx, run, batch.Rows, in.Full != nil); err != nil {
			return err
		}
		counts.Filtered += run.Erased - erased
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
		if err := tx.SaveStory(ctx, run, l.Actor, reader.story()); err != nil {
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

// story tells how an input was understood, as JSON.
func (r *Reader) story() []byte {
	text, err := json.Marshal(map[string]any{"tables": r.Mappings(), "notes": r.Notes()})
	if err != nil {
		return nil // plain data
	}
	return text
}

func mappingsOf(r *Reader) []customer.Mapping {
	var out []customer.Mapping
	for _, t := range r.order {
		out = append(out, t.Mapping)
	}
	return out
}

func (l *Loader) bulkProgress(stage string, done, total int) {
	l.progress(stage, int64(done), int64(total))
}

func (l *Loader) progress(stage string, done, total int64) {
	if l.Progress != nil {
		l.Progress(stage, done, total)
	}
}
