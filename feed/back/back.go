package back

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync/atomic"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/feed"
)

// Row is where a source's key belongs; a zero Code says that its record is gone.
type Row struct {
	Key  string
	Code customer.Code
}

// Hub is where codes come from.
type Hub interface {
	// Last is the position of the last committed change.
	Last(ctx context.Context) (int64, error)
	// Changes returns the change log after a position, at most limit rows.
	Changes(ctx context.Context, after int64, limit int) ([]customer.Change, error)
	// Records returns where records belong now.
	Records(ctx context.Context, ids []customer.RecordID) (map[customer.RecordID]customer.RecordNow, error)
	// CodesOfSource returns the keys of a source behind a key, in one order, at most limit; those
	// whose record is gone have no code.
	CodesOfSource(ctx context.Context, source customer.Source, after string, limit int) ([]Row, error)
	// ErasedCodes are the codes of all customers who were erased.
	ErasedCodes(ctx context.Context) ([]customer.Code, error)
}

// Delivery is what a target receives at once.
type Delivery struct {
	Position int64 // up to which of the change log this is known
	Whole    bool  // all keys of the source; else those that moved
	Rows     iter.Seq2[Row, error]
	Erased   []customer.Code // codes that must not stand anywhere any more; their keys are forgotten
}

// Target takes codes to where a source finds them.
type Target interface {
	// Deliver returns when the rows are where they shall be, all or none of those it was given at
	// once; it does not retry. Whoever reads meanwhile sees the old or the new ones.
	Deliver(ctx context.Context, d Delivery) error
	// Replaces reports that each delivery must be whole.
	Replaces() bool
}

// Writer returns the codes of one source.
type Writer struct {
	Source customer.Source
	Target Target
	Hub    Hub
	Leases feed.Leases
	Holder string
	Logger *slog.Logger
	Wake   func() <-chan struct{} // closed when something is committed after the call
	// Every bounds how often a whole delivery is made; 1 s by default.
	Every time.Duration

	delivered, failures atomic.Int64
}

// RoleOf is the lease, and the cursor, of a source's write-back.
func RoleOf(source customer.Source) string { return "back." + string(source) }

const (
	leaseTime = 30 * time.Second
	// page is how many changes, or keys, are taken at a time.
	page = 1000
)

// Delivered counts rows since the process began.
func (w *Writer) Delivered() int64 { return w.delivered.Load() }

// Failures counts deliveries that failed.
func (w *Writer) Failures() int64 { return w.failures.Load() }

// Run delivers until the context ends; what fails is tried again, at the latest after a minute.
func (w *Writer) Run(ctx context.Context) error {
	for failed := 0; ctx.Err() == nil; {
		wake := w.Wake()
		err := w.Once(ctx)
		switch {
		case err == nil:
			failed = 0
		case errors.Is(err, feed.ErrLeaseHeld):
		case ctx.Err() == nil:
			failed = min(failed+1, 6)
			w.Logger.Warn("personal codes did not return to their source and will be tried again", "source", w.Source, "error", err)
		}
		pause := max(w.Every, time.Second) << failed
		if sleep(ctx, pause) == nil && failed == 0 {
			await(ctx, wake, 10*time.Second)
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	await(ctx, nil, d)
	return ctx.Err()
}

// await returns when it is woken, at the latest after a while.
func await(ctx context.Context, wake <-chan struct{}, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}

// Once delivers what there is now. [feed.ErrLeaseHeld] says that another process does.
func (w *Writer) Once(ctx context.Context) error {
	lease, err := w.Leases.Acquire(ctx, RoleOf(w.Source), w.Holder, leaseTime)
	if err != nil {
		return err
	}
	turn := &turn{Writer: w, lease: lease, until: time.Now().Add(leaseTime)}
	if err = turn.deliver(ctx); err != nil {
		w.failures.Add(1)
		err = fmt.Errorf("source %s: %w", w.Source, err)
	}
	return errors.Join(err, w.Leases.Release(context.WithoutCancel(ctx), lease, err == nil))
}

// turn holds the lease once.
type turn struct {
	*Writer
	lease feed.Lease
	until time.Time
}

func (t *turn) deliver(ctx context.Context) error {
	last, err := t.Hub.Last(ctx)
	if err != nil || last <= t.lease.Position {
		return err
	}
	if t.lease.Position == 0 {
		return t.whole(ctx, last)
	}
	for after := t.lease.Position; after < last; {
		changes, err := t.Hub.Changes(ctx, after, page)
		if err != nil || len(changes) == 0 {
			return err
		}
		rows, err := t.moved(ctx, changes)
		if err != nil {
			return err
		}
		erased := erasedBy(changes)
		if after = changes[len(changes)-1].Position; len(rows)+len(erased) > 0 && t.Target.Replaces() {
			return t.whole(ctx, last)
		}
		if err := t.some(ctx, rows, erased, after); err != nil {
			return err
		}
	}
	return nil
}

// moved are the source's keys that changes moved, as they are now.
func (t *turn) moved(ctx context.Context, changes []customer.Change) (rows []Row, err error) {
	seen := map[customer.RecordID]bool{}
	var ids []customer.RecordID
	for i := range changes {
		for _, m := range changes[i].Moved {
			if !seen[m.Record] {
				seen[m.Record] = true
				ids = append(ids, m.Record)
			}
		}
	}
	records, err := t.Hub.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for _, id := range ids {
		r := records[id]
		if _, forgotten := customer.HashOfErased(r.Ref.Key); forgotten {
			continue
		}
		if r.Ref.Source == t.Source && !keys[r.Ref.Key] {
			keys[r.Ref.Key] = true
			rows = append(rows, Row{r.Ref.Key, r.Code})
		}
	}
	return rows, nil
}

// erasedBy are the codes whose customers were erased.
func erasedBy(changes []customer.Change) (codes []customer.Code) {
	for i := range changes {
		if changes[i].Kind == customer.Erased {
			codes = append(codes, changes[i].Code)
		}
	}
	return codes
}

func (t *turn) some(ctx context.Context, rows []Row, erased []customer.Code, position int64) error {
	if len(rows)+len(erased) > 0 {
		err := t.put(ctx, Delivery{Position: position, Erased: erased, Rows: func(yield func(Row, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}})
		if err != nil {
			return err
		}
	}
	return t.Leases.Advance(ctx, t.lease, position)
}

// whole delivers every key as it is now, which is at least what it was at the position. What is gone
// is told, too: a delivery before may have been made, and its position lost.
func (t *turn) whole(ctx context.Context, position int64) error {
	erased, err := t.Hub.ErasedCodes(ctx)
	if err != nil {
		return err
	}
	if err := t.put(ctx, Delivery{Position: position, Whole: true, Erased: erased, Rows: func(yield func(Row, error) bool) { t.all(ctx, yield) }}); err != nil {
		return err
	}
	return t.Leases.Advance(ctx, t.lease, position)
}

func (t *turn) all(ctx context.Context, yield func(Row, error) bool) {
	for after := ""; ; {
		rows, err := t.Hub.CodesOfSource(ctx, t.Source, after, page)
		if err == nil {
			err = t.renew(ctx)
		}
		if err != nil {
			yield(Row{}, err)
			return
		}
		for _, r := range rows {
			after = r.Key
			if _, forgotten := customer.HashOfErased(r.Key); !forgotten && !yield(r, nil) {
				return
			}
		}
		if len(rows) < page {
			return
		}
	}
}

// renew keeps the lease while a long delivery is on its way; a process that was overtaken stops.
func (t *turn) renew(ctx context.Context) error {
	if time.Until(t.until) > leaseTime/2 {
		return nil
	}
	began := time.Now()
	if err := t.Leases.Renew(ctx, t.lease, leaseTime); err != nil {
		return err
	}
	t.until = began.Add(leaseTime)
	return nil
}

// put delivers while the lease lasts.
func (t *turn) put(ctx context.Context, d Delivery) error {
	if err := t.renew(ctx); err != nil {
		return err
	}
	rows := int64(0)
	inner := d.Rows
	d.Rows = func(yield func(Row, error) bool) {
		for r, err := range inner {
			rows++
			if !yield(r, err) {
				return
			}
		}
	}
	if err := t.Target.Deliver(ctx, d); err != nil {
		return err
	}
	t.delivered.Add(rows)
	return failpoint.Pass("back.delivered")
}
