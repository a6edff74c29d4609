package desk

import (
	"context"
	"errors"
	"fmt"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// BulkOrder answers all questions of a filter alike.
type BulkOrder struct {
	Filter  TaskFilter
	Approve bool
	Reason  string
	DryRun  bool // tell what it would be about, and change nothing
}

// BulkDone is what became of answering many questions at once.
type BulkDone struct {
	DryRun bool  `json:"dry_run,omitempty"`
	Batch  int64 `json:"batch,omitempty"`
	// State is held or awaiting: more questions at once than one person may answer wait for another.
	State customer.ProposalState `json:"state,omitempty"`
	Count int                    `json:"count"`
	Codes int                    `json:"codes"` // customers that the questions are about
	Least float64                `json:"least_bits"`
	Most  float64                `json:"most_bits"`
	// Worst is the question of which an error would cost most, Sample some of all, evenly spread.
	Worst  *TaskRow   `json:"worst,omitempty"`
	Sample []TaskRow  `json:"sample,omitempty"`
	Items  []BulkItem `json:"items,omitempty"`
}

// BulkItem is what became of one of them.
type BulkItem struct {
	Task      int64  `json:"task,omitempty"`
	Proposal  int64  `json:"proposal"`
	Operation int64  `json:"operation,omitempty"`
	Error     string `json:"error,omitempty"`
}

// maxBulk is how many questions may be answered at once, with however many eyes.
const maxBulk, bulkSample = 1000, 10

// Bulk answers all open questions of a filter that nobody has claimed. They are held as every answer
// is, carried out one by one, and taken back together by [Desk.UndoBulk].
func (d *Desk) Bulk(ctx context.Context, o BulkOrder) (*BulkDone, error) {
	filter, err := o.Filter.filter(access.From(ctx), "")
	if err != nil {
		return nil, err
	}
	filter.State, filter.Unowned = "", true
	out := &BulkDone{DryRun: o.DryRun}
	return out, d.inTx(ctx, access.Bulk, func(s *sight) error {
		rows, more, err := s.tasks(filter, maxBulk)
		if err != nil {
			return err
		}
		if more {
			return invalid("more than %d questions; choose fewer", maxBulk)
		}
		if err := out.tell(s, rows); err != nil || o.DryRun {
			return err
		}
		return out.propose(s, rows, &o)
	})
}

// tell describes what it is about.
func (b *BulkDone) tell(s *sight, rows []store.TaskRow) error {
	shown, err := s.taskRows(rows)
	codes := map[customer.Code]bool{}
	for i := range shown {
		t := &shown[i]
		for _, code := range t.codes() {
			codes[code] = true
		}
		if i == 0 || t.Bits < b.Least {
			b.Least = t.Bits
		}
		if i == 0 || t.Bits > b.Most {
			b.Most = t.Bits
		}
		if b.Worst == nil || t.Loss > b.Worst.Loss {
			b.Worst = t
		}
		if len(shown) <= bulkSample || i%(len(shown)/bulkSample) == 0 && len(b.Sample) < bulkSample {
			b.Sample = append(b.Sample, *t)
		}
	}
	b.Count, b.Codes = len(rows), len(codes)
	return err
}

func (b *BulkDone) propose(s *sight, rows []store.TaskRow, o *BulkOrder) error {
	if b.Count == 0 {
		return fmt.Errorf("%w: no open question is left by the filter", resolve.ErrNothing)
	}
	r := &s.desk.options.Review
	b.State = customer.ProposalHeld
	if r.BulkAbove > 0 && b.Count > r.BulkAbove {
		b.State = customer.ProposalAwaiting
	}
	for i := range rows {
		version, err := s.version(&rows[i])
		if err != nil {
			return err
		}
		u := &undertaking{task: rows[i].ID, intent: intent{Verdict: &Verdict{Approve: o.Approve, Reason: o.Reason, Version: version}}}
		p, err := proposalOf(s.who, u)
		if err != nil {
			return err
		}
		p.Batch = -1
		if b.Batch != 0 {
			p.Batch = b.Batch
		}
		p.State, p.Due = b.State, s.due(b.State)
		if err := s.keep(p); err != nil {
			return err
		}
		b.Batch = p.Batch
		b.Items = append(b.Items, BulkItem{Task: p.Task, Proposal: p.ID})
	}
	return nil
}

// UndoBulk takes all answers of a batch back, those that are carried out already by operations of their
// own. One that cannot be taken back does not keep the others.
func (d *Desk) UndoBulk(ctx context.Context, batch int64) (*BulkDone, error) {
	return d.eachOf(ctx, batch, access.AnswerTask, func(p *customer.Proposal) (*Operated, error) { return d.Undo(ctx, p.ID) })
}

// ApproveBulk lets another person have the last word about a batch.
func (d *Desk) ApproveBulk(ctx context.Context, batch int64, yes bool, reason string) (*BulkDone, error) {
	return d.eachOf(ctx, batch, access.Approve, func(p *customer.Proposal) (*Operated, error) { return d.Approve(ctx, p.ID, yes, reason) })
}

func (d *Desk) eachOf(ctx context.Context, batch int64, act access.Act, do func(*customer.Proposal) (*Operated, error)) (*BulkDone, error) {
	var list []customer.Proposal
	if err := d.look(ctx, act, func(s *sight) (err error) {
		if list, err = s.tx.Proposals(ctx, store.ProposalFilter{Batch: batch}, maxBulk); err == nil && (batch < 1 || len(list) == 0) {
			err = fmt.Errorf("batch %d: %w", batch, ErrUnknown)
		}
		return err
	}); err != nil {
		return nil, err
	}
	out := &BulkDone{Batch: batch, Count: len(list)}
	for i := len(list) - 1; i >= 0; i-- {
		item := BulkItem{Task: list[i].Task, Proposal: list[i].ID}
		done, err := do(&list[i])
		switch {
		case err != nil && (!final(err) || errors.Is(err, access.ErrForbidden)):
			return nil, err
		case err != nil:
			item.Error = err.Error()
		default:
			item.Operation = done.Operation
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}
