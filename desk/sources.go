package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// Source is where records come from, with its accounts over all readings.
type Source struct {
	Name customer.Source `json:"name"`
	customer.Counts
	Live    int64         `json:"live"`    // records
	Waiting int64         `json:"waiting"` // landed and not resolved yet
	Codes   int64         `json:"codes"`   // customers with a record of it
	Last    *store.RunRow `json:"last_run,omitempty"`
	// Mapping is what its columns mean, as it was loaded last.
	Mapping json.RawMessage `json:"mapping,omitempty"`
}

// Runs is a page of readings, the newest first.
type Runs struct {
	Runs []store.RunRow `json:"runs"`
	Next string         `json:"next,omitempty"`
}

// maxRuns bounds a page of readings or rejects.
const defaultRuns, maxRuns = 50, 500

// Sources lists the sources. Who sees some sources only gets those.
func (d *Desk) Sources(ctx context.Context) ([]Source, error) {
	out := []Source{}
	return out, d.sources(ctx, func(s *Source) { out = append(out, *s) })
}

func (d *Desk) sources(ctx context.Context, each func(*Source)) error {
	return d.look(ctx, access.ReadSources, func(s *sight) error {
		counts, err := s.desk.options.Store.SourceCounts(ctx)
		if err != nil {
			return err
		}
		for _, c := range counts {
			if !s.ofSource(c.Source) {
				continue
			}
			one := Source{Name: c.Source, Live: c.Live, Waiting: c.Pending, Codes: c.Codes,
				Counts: customer.Counts{Read: c.Read, Accepted: c.Accepted, Unchanged: c.Unchanged, Rejected: c.Rejected, Filtered: c.Filtered}}
			runs, err := s.tx.Runs(ctx, c.Source, 0, 1)
			if err != nil {
				return err
			}
			if len(runs) > 0 {
				one.Last = &runs[0]
			}
			each(&one)
		}
		return nil
	})
}

// ofSource reports whether the subject sees a source.
func (s *sight) ofSource(name customer.Source) bool {
	return len(s.who.Sources) == 0 || slices.Contains(s.who.Sources, name)
}

// Source shows one source with its mapping.
func (d *Desk) Source(ctx context.Context, name customer.Source) (found *Source, err error) {
	if err := d.sources(ctx, func(s *Source) {
		if s.Name == name {
			found = s
		}
	}); err != nil {
		return nil, err
	}
	if found == nil {
		return nil, fmt.Errorf("source: %w", ErrUnknown)
	}
	text, err := d.options.Store.LastMapping(ctx, name)
	if json.Valid(text) {
		found.Mapping = text
	}
	return found, err
}

// Runs lists the readings of a source, "" for all; the cursor is the Next of the page before.
func (d *Desk) Runs(ctx context.Context, source customer.Source, cursor string, limit int) (*Runs, error) {
	before, limit, err := page(cursor, limit)
	if err != nil {
		return nil, err
	}
	out := &Runs{Runs: []store.RunRow{}}
	return out, d.look(ctx, access.ReadSources, func(s *sight) error {
		rows, err := s.tx.Runs(ctx, source, before, limit)
		for _, r := range rows {
			if s.ofSource(r.Source) {
				out.Runs = append(out.Runs, r)
			}
		}
		if len(rows) == limit {
			out.Next = strconv.FormatInt(rows[limit-1].ID, 10)
		}
		return err
	})
}

// page reads a cursor that is a number, and a limit.
func page(cursor string, limit int) (int64, int, error) {
	if limit == 0 {
		limit = defaultRuns
	}
	if limit < 1 || limit > maxRuns {
		return 0, 0, invalid("limit is a number from 1 to %d", maxRuns)
	}
	if cursor == "" {
		return 0, limit, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < 1 {
		return 0, 0, invalid("cursor is what the page before answered as next")
	}
	return n, limit, nil
}
