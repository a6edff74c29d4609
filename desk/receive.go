package desk

import (
	"context"
	"errors"
	"fmt"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// Pushed is a row that somebody sends instead of the hub reading it.
type Pushed struct {
	Key     string // the source's own; "" where the mapping finds it in the columns
	Delete  bool   // the customer is gone from the source
	Columns []Cell
}

// Pushes takes rows in as if they had been read from their source: they are mapped, standardized, landed
// and resolved at once; what is mended may be of any source. It answers with the run and, for each row, what became of it.
type Pushes interface {
	Push(ctx context.Context, source customer.Source, actor string, rows []Pushed, mended bool) (run int64, taken []Taken, err error)
}

// Taken is what became of a pushed row: its key, or why it is rejected.
type Taken struct {
	Key      string
	Filtered bool
	Reject   *customer.Reject
}

// Verdict of a receipt.
const (
	ReceiptNew      = "new"      // a customer that nobody else knew
	ReceiptKnown    = "known"    // it is one customer with other records
	ReceiptWaiting  = "waiting"  // it landed and is resolved soon
	ReceiptDeleted  = "deleted"  // it is gone
	ReceiptFiltered = "filtered" // it is no customer
	ReceiptRejected = "rejected" // it could not become a record
)

// Receipt tells who a pushed row turned out to be.
type Receipt struct {
	Key     string        `json:"key,omitempty"`
	Verdict string        `json:"verdict" enum:"new,known,waiting,deleted,filtered,rejected"`
	Code    customer.Code `json:"code,omitzero"`
	Records int           `json:"records,omitempty"` // of the customer
	Field   string        `json:"field,omitempty"`   // of a rejected row: the column
	Fault   string        `json:"fault,omitempty"`   // and what is wrong
	Reason  string        `json:"reason,omitempty"`
}

// Received is the answer to pushed rows.
type Received struct {
	Run      int64     `json:"run"`
	Receipts []Receipt `json:"receipts"` // in the order of the rows
}

// maxPushed bounds the rows of one push.
const maxPushed = 1000

// ErrNoPushes says that this process takes no rows in.
var ErrNoPushes = errors.New("this program takes no records in; kartoteka serve does")

// Receive takes rows of a source in and tells who they turned out to be. The same row sent twice changes
// nothing the second time.
func (d *Desk) Receive(ctx context.Context, source customer.Source, rows []Pushed) (*Received, error) {
	if err := d.mayPush(ctx, access.WriteRecords, source); err != nil {
		return nil, err
	}
	if len(rows) < 1 || len(rows) > maxPushed {
		return nil, invalid("send from 1 to %d records", maxPushed)
	}
	return d.receive(ctx, source, rows, false)
}

func (d *Desk) mayPush(ctx context.Context, act access.Act, source customer.Source) error {
	who := access.From(ctx)
	if err := d.policy.May(who, act); err != nil {
		return err
	}
	if s := (&sight{who: who}); !s.ofSource(source) {
		return fmt.Errorf("source: %w", ErrUnknown)
	}
	if d.options.Pushes == nil {
		return ErrNoPushes
	}
	return nil
}

func (d *Desk) receive(ctx context.Context, source customer.Source, rows []Pushed, mended bool) (*Received, error) {
	run, taken, err := d.options.Pushes.Push(ctx, source, Actor(access.From(ctx)), rows, mended)
	if err != nil {
		return nil, err
	}
	out := &Received{Run: run, Receipts: make([]Receipt, len(taken))}
	err = d.options.Store.InSnapshot(ctx, func(tx *store.Tx) error {
		for i := range taken {
			if out.Receipts[i], err = receipt(ctx, tx, source, &taken[i], i < len(rows) && rows[i].Delete); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func receipt(ctx context.Context, tx *store.Tx, source customer.Source, t *Taken, gone bool) (Receipt, error) {
	r := Receipt{Key: t.Key}
	switch {
	case t.Reject != nil:
		r.Verdict, r.Field, r.Fault, r.Reason = ReceiptRejected, t.Reject.Field, t.Reject.Code, t.Reject.Reason
		return r, nil
	case t.Filtered:
		r.Verdict = ReceiptFiltered
		return r, nil
	case gone:
		r.Verdict = ReceiptDeleted
		return r, nil
	}
	row, err := tx.RecordAt(ctx, customer.Ref{Source: source, Key: t.Key})
	if errors.Is(err, ErrUnknown) && t.Key != "" {
		r.Verdict = ReceiptFiltered
		return r, nil
	}
	if errors.Is(err, ErrUnknown) || err == nil && (row.Code == 0 || row.Waiting) {
		r.Verdict = ReceiptWaiting
		return r, nil
	}
	if err != nil {
		return r, err
	}
	ids, err := tx.RecordsOf(ctx, []customer.Code{row.Code})
	r.Code, r.Records, r.Verdict = row.Code, len(ids), ReceiptKnown
	if len(ids) == 1 {
		r.Verdict = ReceiptNew
	}
	return r, err
}

// Replay sends a reject again, mended: the columns as they should have been; none takes it as it was
// received, where that tells the columns. What becomes a record closes the reject.
func (d *Desk) Replay(ctx context.Context, id int64, columns []Cell) (*Received, error) {
	var source customer.Source
	err := d.look(ctx, access.ReplayRejects, func(s *sight) error {
		row, err := s.rejectAt(id)
		if err != nil {
			return err
		}
		source = row.Source
		if row.Replayed != 0 {
			return invalid("reject %d was mended already, by run %d", id, row.Replayed)
		}
		if len(columns) == 0 {
			columns, err = cellsOf(string(row.Raw))
		}
		if err != nil || len(columns) == 0 {
			return invalid("say the columns of reject %d; what was received does not tell them", id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := d.mayPush(ctx, access.ReplayRejects, source); err != nil {
		return nil, err
	}
	out, err := d.receive(ctx, source, []Pushed{{Columns: columns}}, true)
	if err != nil || len(out.Receipts) == 0 || out.Receipts[0].Verdict == ReceiptRejected {
		return out, err
	}
	return out, d.options.Store.InTx(ctx, func(tx *store.Tx) error { return tx.ReplayedReject(ctx, id, out.Run) })
}
