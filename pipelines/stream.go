package pipelines

import (
	"context"
	"errors"
	"io"
	"sync"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// streamRows is how many rows a piece of a stream has at most.
const streamRows = 256

// Piece is consecutive rows of an input, standardized. Its memory is used again when the call
// that it was given to returns.
type Piece struct {
	Number   int // running, in the order of the input
	Rows     []customer.Incoming
	Rejected int
	Filtered int
}

// Stream reads on to the end of the input: one goroutine reads and maps, the reader's workers
// standardize. Rows come without their raw and encoded forms. Each is called by several workers
// at once, each with its number; pieces may come in any order. The first error stops the stream.
func (r *Reader) Stream(ctx context.Context, each func(worker int, p *Piece) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := make(chan *stretch, r.workers)
	free := make(chan *stretch, 2*r.workers+1)
	var wg sync.WaitGroup
	for w := range r.workers {
		wg.Go(func() {
			var p Piece
			var memory standardize.Memory
			for s := range work {
				memory.Reset()
				r.standardizeStretch(s, &p, &memory)
				if err := each(w, &p); err != nil {
					stop(err)
				}
				select {
				case free <- s:
				default:
				}
			}
		})
	}
	err := r.stretches(ctx, work, free)
	close(work)
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// stretch is a piece on its way to a worker.
type stretch struct {
	number   int
	rows     []identified
	rejected int
	filtered int
}

// identified is a row that has its key and its meaning.
type identified struct {
	in     customer.Incoming
	mapped customer.Mapped
}

// stretches reads and maps until the end of the input.
func (r *Reader) stretches(ctx context.Context, work chan<- *stretch, free <-chan *stretch) error {
	for number := 0; ; number++ {
		raw, err := r.next(ctx, streamRows)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var s *stretch
		select {
		case s = <-free:
		default:
			s = new(stretch)
		}
		if err := r.mapStretch(raw.Rows, s); err != nil {
			return err
		}
		s.number = number
		s.rejected += len(raw.Rejects)
		for _, n := range raw.Filtered {
			s.filtered += n
		}
		select {
		case work <- s:
		case <-ctx.Done():
			return nil
		}
	}
}

// mapStretch identifies and maps rows; deletions say nothing about who is who.
func (r *Reader) mapStretch(rows []customer.Row, s *stretch) error {
	s.rejected, s.filtered = 0, 0
	n := 0
	for i := range rows {
		t := r.tables[rows[i].Table]
		if t == nil {
			var err error
			if t, err = r.mapTable(rows[i].Table, sameTable(rows[i:])); err != nil {
				return err
			}
		}
		in, reject := r.identify(t, &rows[i])
		switch {
		case reject != nil:
			s.rejected++
			continue
		case in.Op == customer.Delete:
			s.filtered++
			continue
		}
		if n == len(s.rows) {
			s.rows = append(s.rows, identified{})
		}
		s.rows[n].in = in
		s.rows[n].mapped.Relations = nil
		t.mapper.Row(&rows[i], &s.rows[n].mapped)
		n++
	}
	clear(s.rows[n:])
	s.rows = s.rows[:n]
	return nil
}

// standardizeStretch makes a piece of a stretch.
func (r *Reader) standardizeStretch(s *stretch, p *Piece, memory *standardize.Memory) {
	p.Number, p.Rejected, p.Filtered = s.number, s.rejected, s.filtered
	p.Rows = p.Rows[:0]
	r.standard.Ahead(len(s.rows), func(i int) *customer.Mapped { return &s.rows[i].mapped }, memory)
	for i := range s.rows {
		in := s.rows[i].in
		var filter customer.FilterReason
		if in.Standard, filter = r.standard.RowIn(&s.rows[i].mapped, memory); filter != "" {
			p.Filtered++
			continue
		}
		p.Rows = append(p.Rows, in)
	}
}
