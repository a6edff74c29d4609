package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/store"
	"kartoteka/store/checkpoint"
)

type auditVerifyCommand struct {
	Checkpoint []string `placeholder:"FILE" help:"Hold the chain against the checkpoints of this file as well; may repeat."`
	Key        string   `placeholder:"FILE" help:"Public key that signed the files, instead of that of the state directory."`
	Quick      bool     `help:"Begin behind the last checkpoint that the chain agrees with."`
}

func (*auditVerifyCommand) Help() string {
	return `Walks the audit chain: each row's hash covers the row before it, who did what when and why, and the
changes that came of it; and the record of visits, who looked at whom. Names the first row that is not what it was, and whether it was altered, put in,
moved, or rows were taken out, as far as can be known. Somebody who may write everything in the database
can compute the whole chain again: what tells then are the checkpoints that were signed before. Exits with 1
if the chain does not hold.

Example:

    $ kartoteka audit verify
    $ kartoteka audit verify --checkpoint /mnt/safe/kartoteka.jsonl --output json`
}

type auditVerifySummary struct {
	Rows        int64   `json:"rows"`
	Visits      int64   `json:"visits"`      // rows that tell who looked at whom
	Checkpoints int     `json:"checkpoints"` // that the chain agrees with
	Foreign     int     `json:"foreign,omitempty"`
	Ended       int     `json:"ended,omitempty"`
	Faults      int     `json:"faults"`
	Seconds     float64 `json:"seconds"`
}

func (c *auditVerifyCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		start := time.Now()
		marks, err := h.marks(c.Checkpoint, c.Key)
		if err != nil {
			return output{}, err
		}
		meter := a.newMeter()
		t := auditTrail{marks: marks, quick: c.Quick, progress: func(done int64) { meter.show("audit", done, 0) }}
		err = h.InSnapshot(ctx, func(tx *store.Tx) error { return t.walk(ctx, tx) })
		meter.stop()
		if err != nil {
			return output{}, err
		}
		s := auditVerifySummary{Rows: t.rows, Visits: t.visits, Checkpoints: t.held, Foreign: t.foreign, Ended: t.ended, Faults: len(t.faults), Seconds: time.Since(start).Seconds()}
		out := output{summary: s, result: map[string]any{"faults": t.faults}, human: func(w io.Writer) error { return t.write(w, &s) }}
		if len(t.faults) > 0 {
			return out, fmt.Errorf("%w: the audit chain does not hold; keep the database as it is, and restore a backup from before it elsewhere", errViolated)
		}
		return out, nil
	})
}

func (t *auditTrail) write(w io.Writer, s *auditVerifySummary) error {
	for i := range t.faults {
		if _, err := fmt.Fprintf(w, "%s: %s (%s)\n", t.faults[i].Place(), t.faults[i].What, t.faults[i].Tamper); err != nil {
			return err
		}
	}
	note := ""
	if s.Foreign > 0 {
		note += fmt.Sprintf(", %d of another hub", s.Foreign)
	}
	if s.Ended > 0 {
		note += fmt.Sprintf(", %d of a history that a restore ended", s.Ended)
	}
	_, err := fmt.Fprintf(w, "%d audit rows, %d visits, %d checkpoints hold%s, %d faults, %.1f s\n", s.Rows, s.Visits, s.Checkpoints, note, s.Faults, s.Seconds)
	return err
}

// walk walks the chain and holds it against the checkpoints on the way.
func (t *auditTrail) walk(ctx context.Context, tx *store.Tx) (err error) {
	if t.head, err = tx.AuditHead(ctx); err != nil {
		return err
	}
	all := len(t.marks)
	t.marks = slices.DeleteFunc(t.marks, func(m checkpoint.Mark) bool { return !m.Of(t.head) })
	t.foreign = all - len(t.marks)
	slices.SortFunc(t.marks, func(a, b checkpoint.Mark) int { return cmp.Compare(a.Operation, b.Operation) })
	order := store.AuditWalk{Row: t.row, Fault: t.add}
	if t.quick {
		if order.After, err = t.start(ctx, tx); err != nil {
			return err
		}
	}
	if t.rows, err = tx.WalkAudit(ctx, order); err != nil {
		return err
	}
	for i := range t.marks { // behind the end
		t.missing(&t.marks[i])
	}
	t.visits, err = tx.WalkVisits(ctx, t.add)
	return err
}

// start finds the last checkpoint that the stored row agrees with.
func (t *auditTrail) start(ctx context.Context, tx *store.Tx) (customer.AuditMark, error) {
	for i := len(t.marks) - 1; i >= 0; i-- {
		hash, err := tx.AuditHash(ctx, t.marks[i].Operation)
		if err != nil {
			return customer.AuditMark{}, err
		}
		if t.marks[i].Covers(hash) {
			t.held++
			known, err := t.marks[i].Known()
			t.marks = t.marks[i+1:]
			return known, err
		}
	}
	return customer.AuditMark{}, nil
}

// row holds a row against the checkpoints of it, and tells of those whose row is not there.
func (t *auditTrail) row(at customer.AuditMark, kind string) {
	if kind == "restore" {
		t.restored = at.Operation
	}
	if t.rows++; t.progress != nil && t.rows%1000 == 0 {
		t.progress(t.rows)
	}
	for len(t.marks) > 0 && t.marks[0].Operation <= at.Operation {
		m := &t.marks[0]
		t.marks = t.marks[1:]
		switch {
		case m.Operation < at.Operation:
			t.missing(m)
		case m.Covers(at.Hash):
			t.held++
		default:
			t.against(m, customer.TamperRewritten, "another chain was signed up to here on %s: rows up to this one were changed and the hashes computed again")
		}
	}
}

func (t *auditTrail) missing(m *checkpoint.Mark) {
	if m.Operation == 0 && m.Hash == "" { // signed before anything had happened
		t.held++
		return
	}
	t.against(m, customer.TamperDeleted, "was signed on %s and is not there: rows were taken out, or the database is older than the checkpoint")
}

// against tells of a checkpoint that the chain does not agree with; what has a place for its date.
func (t *auditTrail) against(m *checkpoint.Mark, tamper customer.Tamper, what string) {
	if t.endedBefore(m) {
		t.ended++
		return
	}
	t.add(customer.AuditFault{Operation: m.Operation, Tamper: tamper, What: fmt.Sprintf(what, m.At.Format(time.DateTime))})
}

// endedBefore reports whether a checkpoint is of a history that a restore, which the chain tells of,
// has ended: of an earlier epoch, and of operations from the restore on.
func (t *auditTrail) endedBefore(m *checkpoint.Mark) bool {
	return t.restored > 0 && m.Operation >= t.restored && m.Epoch < t.head.Epoch
}
