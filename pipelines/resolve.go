package pipelines

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
)

const (
	// turnMost and turnLeast bound how many revisions one turn of the lane resolves: fewer when
	// turns take longer than turnTime, because others wait for the lane.
	turnMost, turnLeast = 500, 50
	turnTime            = 250 * time.Millisecond
	// prepareLeast is how many revisions are worth preparing outside the lane.
	prepareLeast = 8
	// bulkShare and bulkLeast say from when on a load is resolved in memory over everything:
	// above a tenth of the base, and not for a few thousand rows.
	bulkShare = 10
	bulkLeast = 5000
)

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
	t := &turns{Loader: l, out: out}
	t.size.Store(turnMost)
	for {
		before := t.done
		waited, err := t.sweep(ctx)
		switch {
		case err != nil || waited == 0:
			return err
		case t.done > before:
			continue
		}
		// Others resolved all of it, or what waits changes faster than it is prepared.
		if _, err := t.turn(ctx, nil, func(tx Tx) ([]resolve.Landed, error) { return tx.WaitingAfter(ctx, 0, turnLeast) }); err != nil {
			return err
		}
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

// turns resolves what has landed in turns of the lane. Workers prepare batches side by side,
// outside the lane; one turn after the other takes them up in the order of their records.
type turns struct {
	*Loader
	out  *Result
	size atomic.Int64 // of a turn
	done int64

	mu    sync.Mutex
	after customer.RecordID // what follows is in no batch yet
	over  bool
}

// prepared is a batch that waits for its turn.
type prepared struct {
	landed []resolve.Landed
	ahead  *resolve.Ahead
	err    error
}

// sweep resolves everything that waits, from the first record to the last, and returns how many
// revisions there were. What lands behind its back is left to the next sweep.
func (t *turns) sweep(ctx context.Context) (waited int, err error) {
	ctx, stop := context.WithCancel(ctx)
	t.after, t.over = 0, false
	queue := make(chan chan prepared, t.Workers)
	var workers sync.WaitGroup
	for range t.Workers {
		workers.Go(func() { t.prepare(ctx, queue) })
	}
	go func() {
		workers.Wait()
		close(queue)
	}()
	for next := range queue {
		b := <-next
		if err == nil {
			err = b.err
		}
		if err != nil {
			stop() // and drain
			continue
		}
		waited += len(b.landed)
		err = t.resolve(ctx, &b)
	}
	stop()
	return waited, err
}

// resolve gives a batch its turn.
func (t *turns) resolve(ctx context.Context, b *prepared) error {
	began := time.Now()
	n, err := t.turn(ctx, b.ahead, func(tx Tx) ([]resolve.Landed, error) { return tx.StillWaiting(ctx, b.landed) })
	if err != nil {
		return err
	}
	t.adapt(time.Since(began))
	t.done += int64(n)
	t.progress("resolve", t.done, max(t.done, t.out.Counts.Accepted))
	return nil
}

// adapt makes turns smaller that take too long, and larger again.
func (t *turns) adapt(took time.Duration) {
	switch size := t.size.Load(); {
	case took > turnTime:
		t.size.Store(max(turnLeast, size*3/4))
	case took < turnTime/2:
		t.size.Store(min(turnMost, size*5/4))
	}
}

// prepare takes batch after batch and finds out ahead of its turn what can be.
func (t *turns) prepare(ctx context.Context, queue chan<- chan prepared) {
	for {
		landed, done, err := t.take(ctx, queue)
		if done == nil {
			return
		}
		b := prepared{landed: landed, err: err}
		if err == nil && len(landed) >= prepareLeast {
			b.err = t.Hub.InTx(ctx, func(tx Tx) error {
				b.ahead, err = resolve.Prepare(ctx, t.Rules, tx, landed)
				return err
			})
		}
		done <- b
	}
}

// take takes the next batch and queues for its turn; without a channel there is none.
func (t *turns) take(ctx context.Context, queue chan<- chan prepared) (landed []resolve.Landed, done chan prepared, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || ctx.Err() != nil {
		return nil, nil, nil
	}
	size := int(t.size.Load())
	err = t.Hub.InTx(ctx, func(tx Tx) error {
		landed, err = tx.WaitingAfter(ctx, t.after, size)
		return err
	})
	t.over = err != nil || len(landed) < size
	if err == nil && len(landed) == 0 {
		return nil, nil, nil
	}
	if err == nil {
		t.after = landed[len(landed)-1].ID
	}
	done = make(chan prepared, 1)
	queue <- done
	return landed, done, err
}

// turn resolves what take finds to be waiting, once the lane is held, and returns how many.
func (t *turns) turn(ctx context.Context, ahead *resolve.Ahead, take func(Tx) ([]resolve.Landed, error)) (n int, err error) {
	var outcome resolve.Outcome
	err = t.Hub.InLane(ctx, func(tx Tx) error {
		landed, err := take(tx)
		n = len(landed)
		if err != nil || n == 0 {
			return err
		}
		if err := failpoint.Pass("turn.taken"); err != nil {
			return err
		}
		outcome, err = resolve.TurnAhead(ctx, t.Rules, tx, ahead, landed, nil, resolve.Operation{Kind: "resolve", Actor: t.Actor})
		if err == nil {
			err = failpoint.Pass("turn.written")
		}
		return err
	})
	if err == nil && n > 0 {
		err = failpoint.Pass("turn.committed")
	}
	t.out.Outcome.Add(outcome)
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
