package pipelines

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"kartoteka/customer"
	"kartoteka/pipelines/mapping"
)

// converted is what one row became.
type converted struct {
	row    customer.Incoming
	filter customer.FilterReason
	reject *customer.Reject
}

// convert maps and standardizes rows, in parallel pieces whose order is kept. A mapper is not
// safe for concurrent use, so mapping is done first.
func (r *Reader) convert(rows []customer.Row, out *Batch) {
	mapped := r.mappedRows(len(rows))
	done := make([]converted, len(rows))
	for i := range rows {
		t := r.tables[rows[i].Table]
		done[i].row, done[i].reject = r.identify(t, &rows[i])
		if done[i].reject == nil && done[i].row.Op != customer.Delete {
			t.mapper.Row(&rows[i], &mapped[i])
		}
	}
	r.inPieces(len(rows), func(i int) {
		if done[i].reject == nil && done[i].row.Op != customer.Delete {
			done[i].row.Raw = mapping.RawJSON(&rows[i])
			done[i].row.Standard, done[i].filter = r.standard.Row(&mapped[i])
			done[i].row.Encoded = r.codec.Append(nil, &done[i].row.Standard)
		}
	})
	for i := range done {
		r.collect(&done[i], out)
	}
}

// pieceRows is how many neighboring rows one worker takes at a time: few enough to share the
// work evenly, enough that workers do not write to the same memory.
const pieceRows = 64

// inPieces does the work of n rows with all workers.
func (r *Reader) inPieces(n int, do func(i int)) {
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range min(r.workers, (n+pieceRows-1)/pieceRows) {
		wg.Go(func() {
			for begin := 0; begin < n; {
				end := int(taken.Add(pieceRows))
				begin = end - pieceRows
				for i := begin; i < min(end, n); i++ {
					do(i)
				}
			}
		})
	}
	wg.Wait()
}

// mappedRows is memory for the meaning of n rows. Relations go on into the standard record, the
// rest is read once and used again.
func (r *Reader) mappedRows(n int) []customer.Mapped {
	if len(r.mapped) < n {
		r.mapped = make([]customer.Mapped, n)
	}
	for i := range r.mapped[:n] {
		r.mapped[i].Relations = nil
	}
	return r.mapped[:n]
}

// identify gives a row its key.
func (r *Reader) identify(t *table, row *customer.Row) (customer.Incoming, *customer.Reject) {
	in := customer.Incoming{Op: row.Op, Place: row.Place}
	if in.Op == "" {
		in.Op = customer.Upsert
	}
	key, ok := t.mapper.Key(row)
	if !ok {
		return in, &customer.Reject{Place: row.Place, Code: "key.missing", Raw: mapping.RawJSON(row),
			Reason: "the key column is empty; fill it, or load without --key so that the content is the key"}
	}
	if len(key) > maxKey {
		return in, &customer.Reject{Place: row.Place, Code: "key.long", Raw: mapping.RawJSON(row),
			Reason: fmt.Sprintf("the key is longer than %d bytes; name another key column", maxKey)}
	}
	if len(r.tables) > 1 && row.Key == "" && t.Table != "" {
		key = t.Table + "/" + key
	}
	// A key outlives its row; a copy does not keep the text of the whole row alive.
	in.Ref = customer.Ref{Source: r.in.Source, Key: strings.Clone(key)}
	return in, nil
}

// maxKey is how many bytes the key of a source record may have.
const maxKey = 900

func (r *Reader) collect(c *converted, out *Batch) {
	switch {
	case c.reject != nil:
		out.Rejects = append(out.Rejects, *c.reject)
	case c.filter != "":
		out.Reasons[c.filter]++
	default:
		if c.row.Op == customer.Upsert {
			r.fields.count(&c.row.Standard)
		}
		out.Rows = append(out.Rows, c.row)
	}
}
