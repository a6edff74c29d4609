package resolve

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Population is all live records of a base, in columns.
type Population interface {
	Len() int
	// Read fills rec with the i-th record and decodes its Standard. It is safe for concurrent use.
	Read(i int, rec *Record) error
	// Resolved reports whether the i-th record's revision is newly resolved.
	Resolved(i int) bool
}

// BulkBase is what a bulk run needs of the place where the hub keeps its state.
type BulkBase interface {
	Codes
	// Reindex replaces all nodes, keys, closed keys and generic values.
	Reindex(ctx context.Context, rows iter.Seq[Indexed], closed []matching.ClosedKey, generic []matching.GenericValue) error
}

// Bulk is the order for a bulk run.
type Bulk struct {
	Rules      *Rules
	Population Population
	Gone       []Record // records that leave: with their codes, not part of the population
	Decisions  []customer.Decision
	Operation  Operation
	Rebuild    bool // build every golden record again, because the rules changed
	Given      bool // the holds among the decisions stand as they are, and policy is not asked
	Progress   func(stage string, done, total int)
	Weigh      bool // a forecast tells what the pairs weigh, too
}

// Whole evaluates f over a whole population in columns and writes the difference, within the
// transaction of the base, which must hold the lane. Into an empty base everything is new.
func Whole(ctx context.Context, base BulkBase, b Bulk) (Outcome, error) {
	w := newWhole(ctx, b, chunkSize, func(_ context.Context, f func(BulkBase) error) error { return f(base) })
	err := w.do(w.read, w.partition, w.write, func() error { return w.reindex(base) })
	return w.outcome, err
}

// Transact runs f in one transaction that holds the lane.
type Transact func(ctx context.Context, f func(BulkBase) error) error

func newWhole(ctx context.Context, b Bulk, size int, turn Transact) *whole {
	if b.Progress == nil {
		b.Progress = func(string, int, int) {}
	}
	return &whole{ctx: ctx, Bulk: b, size: size, turn: turn}
}

func (w *whole) do(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("resolve: %w", err)
		}
	}
	return nil
}

type whole struct {
	Bulk
	ctx     context.Context
	turn    Transact // runs each piece of the writing
	size    int      // records of such a piece, about
	outcome Outcome

	records  []record         // without Standard
	entries  []matching.Entry // if pairs are to be weighed once more
	generic  []matching.GenericValue
	result   matching.Result
	asked    []question                          // what waits for a person after it
	open     []Task                              // before it
	foreseen map[customer.RecordID]customer.Code // codes after it where a question stands, made up for new ones
	codes    map[customer.RecordID]customer.Code // after it, of the records in question
	stakes   map[customer.Code]float64           // of their codes
}

// read makes the items, in parallel.
func (w *whole) read() error {
	w.records = make([]record, w.Population.Len())
	err := parallel(w.Rules.Workers, len(w.records), func(i int) error {
		rec := &w.records[i]
		if err := w.Population.Read(i, &rec.Record); err != nil {
			return err
		}
		rec.item = w.Rules.Matcher.Item(rec.Standard)
		rec.Standard = nil
		return nil
	})
	w.Progress("read", len(w.records), len(w.records))
	return err
}

// parallel calls f for 0..n-1 from several goroutines, in pieces; the error of the smallest
// piece is returned.
func parallel(workers, n int, f func(int) error) error {
	const piece = 1024
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for from := worker * piece; from < n && errs[worker] == nil; from += workers * piece {
				for i := from; i < min(from+piece, n) && errs[worker] == nil; i++ {
					errs[worker] = f(i)
				}
			}
		})
	}
	wg.Wait()
	return cmp.Or(errs...)
}

// partition evaluates f.
func (w *whole) partition() error {
	items := make([]*matching.Item, len(w.records))
	pointers := make([]*record, len(w.records))
	for i := range w.records {
		items[i], pointers[i] = w.records[i].item, &w.records[i]
	}
	w.generic = matching.CountGeneric(items)
	persons, holds := splitHolds(w.Decisions)
	entries, judgments := w.Rules.entries(pointers, persons)
	if w.Weigh {
		w.entries = entries
	}
	w.result = matching.Partition(w.Rules.Matcher, entries, judgments, w.Rules.limits(), w.Rules.Workers)
	for i := range w.records {
		w.records[i].Node = w.Rules.nodeOf(&w.records[i], entries[i].Apart)
	}
	if err := w.settle(pointers, persons, holds); err != nil {
		return err
	}
	w.outcome.ClosedKeys, w.outcome.GenericValues = len(w.result.Closed), len(w.generic)
	w.Progress("match", len(w.records), len(w.records))
	return w.ctx.Err()
}

// reindex writes nodes and keys; the items go with it.
func (w *whole) reindex(base BulkBase) error {
	return base.Reindex(w.ctx, func(yield func(Indexed) bool) {
		for i := range w.records {
			if !yield(w.Rules.indexed(&w.records[i])) {
				return
			}
		}
	}, w.result.Closed, w.generic)
}

// write lets the codes follow, chunk by chunk: records are decoded, and golden records of new
// customers built, ahead of the writing.
func (w *whole) write() error {
	chunks := w.chunks()
	if err := w.mintFresh(chunks); err != nil {
		return err
	}
	if err := w.wonder(); err != nil {
		return err
	}
	ahead := make(chan *chunk, 2*w.Rules.Workers)
	go func() {
		defer close(ahead)
		for i := range chunks {
			select {
			case ahead <- &chunks[i]:
				go w.prepare(&chunks[i])
			case <-w.ctx.Done():
				return
			}
		}
	}()
	done := 0
	for c := range ahead {
		<-c.ready
		if err := w.turn(w.ctx, func(base BulkBase) error { return w.finish(base, c) }); err != nil {
			go drain(ahead)
			return err
		}
		done += len(c.members)
		*c = chunk{}
		w.Progress("write", done, len(w.records))
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.ask()
}

func drain(ahead chan *chunk) {
	for range ahead { // frees the producer
	}
}

// mintFresh gives the chunks of new customers their codes at once.
func (w *whole) mintFresh(chunks []chunk) error {
	need := make([]int, len(chunks))
	total := 0
	for i := range chunks {
		if chunks[i].fresh {
			for _, m := range chunks[i].members {
				if w.result.Cluster[m] == m {
					need[i]++
				}
			}
			total += need[i]
		}
	}
	if total == 0 {
		return nil
	}
	var minted []Minted
	err := w.turn(w.ctx, func(base BulkBase) (err error) {
		minted, err = base.Mint(w.ctx, total)
		return err
	})
	if err != nil {
		return err
	}
	for i := range chunks {
		chunks[i].minted, minted = minted[:need[i]], minted[need[i]:]
	}
	return nil
}

// prepare does what needs no base.
func (w *whole) prepare(c *chunk) {
	defer close(c.ready)
	c.records = make([]*record, len(c.members))
	for at, i := range c.members {
		rec := w.records[i]
		node, item := rec.Node, rec.item
		if c.err = w.Population.Read(int(i), &rec.Record); c.err != nil {
			return
		}
		rec.Node, rec.item = node, item
		c.records[at] = &rec
	}
	if c.fresh {
		c.f = &follower{rules: w.Rules, codes: map[customer.Code]*CodeRow{}, mint: func(int) ([]Minted, error) { return c.minted, nil }}
		c.follow(w)
	}
}

func (c *chunk) follow(w *whole) {
	resolved := map[customer.RecordID]bool{}
	result := matching.Result{Cluster: make([]int32, len(c.members)), Component: make([]int32, len(c.members))}
	for at, i := range c.members {
		result.Cluster[at], result.Component[at] = w.result.Cluster[i], w.result.Component[i]
		if w.Population.Resolved(int(i)) {
			resolved[c.records[at].ID] = true
		}
	}
	c.f.result, c.f.rebuild, c.f.decisions, c.f.foreseen = map[customer.RecordID]customer.Code{}, w.Rebuild, w.Decisions, w.foreseen
	c.effects, c.err = c.f.follow(c.records, c.gone, resolved, result, w.Operation)
}

// finish lets the codes of a chunk with history follow, and writes.
func (w *whole) finish(base BulkBase, c *chunk) error {
	if c.err != nil {
		return c.err
	}
	if !c.fresh {
		codes, err := w.presentCodes(base, c)
		if err != nil {
			return err
		}
		c.f = &follower{rules: w.Rules, codes: codes, mint: func(n int) ([]Minted, error) { return base.Mint(w.ctx, n) }}
		if c.follow(w); c.err != nil {
			return c.err
		}
	}
	w.learn(c)
	w.outcome.Created += c.f.created
	w.outcome.Merged += c.f.merged
	w.outcome.Split += c.f.split
	w.outcome.Changes += len(c.effects.Changes)
	for at := range c.members {
		if w.Population.Resolved(int(c.members[at])) {
			w.outcome.Resolved++
		}
	}
	w.outcome.Resolved += len(c.gone)
	return base.Write(w.ctx, c.effects)
}

func (w *whole) presentCodes(base BulkBase, c *chunk) (map[customer.Code]*CodeRow, error) {
	codes := map[customer.Code]bool{}
	for _, rec := range c.records {
		codes[rec.Code], codes[rec.Home] = true, true
	}
	for _, rec := range c.gone {
		codes[rec.Code] = true
	}
	delete(codes, 0)
	rows, err := base.Codes(w.ctx, slices.Sorted(maps.Keys(codes)))
	present := make(map[customer.Code]*CodeRow, len(rows))
	for i := range rows {
		present[rows[i].Code] = &rows[i]
	}
	return present, err
}
