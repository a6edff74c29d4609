package desk

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
)

// Review says what is not done at once. The zero Review does everything at once, and so it is for the
// command line, which has the database anyway.
type Review struct {
	// Hold is how long a person at the workbench can undo an answer or a deed before it is carried out.
	Hold time.Duration
	// AboveRecords is how many source records the customers of an answer or a deed that changes codes
	// may have together before another person has to approve it; 0 for any number.
	AboveRecords int
	// Confirmed lets another person approve what changes the code of a customer whom a person checked.
	Confirmed bool
	// Kinds are the questions whose answers another person always approves.
	Kinds []customer.TaskKind
	// BulkAbove is how many questions may be answered at once without another person; 0 for any number.
	BulkAbove int
	// Rules lets another person than the one who asked for it apply a change of the rules.
	Rules bool
	// Second is the share of questions that two persons are asked without being told of each other.
	Second float64
	// HideScore says of which questions no weight is shown before they are answered, so that an opinion
	// is a person's own.
	HideScore HideScore
}

// HideScore is a choice of questions.
type HideScore string

// The choices; "" is never.
const (
	HideNever HideScore = "never"
	// HideTwice are the questions that two persons are asked. Both can tell by it that they are.
	HideTwice  HideScore = "twice"
	HideAlways HideScore = "always"
)

// hides reports whether a question is shown to the subject without its weights. The command line,
// which has the database anyway, sees them.
func (r *Review) hides(who *access.Subject, id int64, state customer.TaskState) bool {
	if state != customer.TaskOpen || who.Via != access.ViaSession && who.Via != access.ViaToken {
		return false
	}
	return r.HideScore == HideAlways || r.HideScore == HideTwice && r.twice(id)
}

// eyes reports whether another person has to approve what would be done.
func (r *Review) eyes(s *sight, task int64, done *resolve.Done) (bool, error) {
	if task != 0 && len(r.Kinds) > 0 {
		t, err := s.tx.TaskAt(s.ctx, task)
		if err != nil || slices.Contains(r.Kinds, t.Kind) {
			return true, err
		}
	}
	if done.Created+done.Restored+done.Merged+done.Split == 0 || r.AboveRecords == 0 && !r.Confirmed {
		return false, nil
	}
	records, err := s.recordsIn(done)
	if err != nil || r.AboveRecords > 0 && len(records) > r.AboveRecords || !r.Confirmed {
		return r.AboveRecords > 0 && len(records) > r.AboveRecords, err
	}
	decisions, err := s.tx.Decisions(s.ctx, records)
	return slices.ContainsFunc(decisions, func(x customer.Decision) bool { return x.Kind == customer.Confirmed }), err
}

// recordsIn are the records of all customers that would change: before and after the same ones.
func (s *sight) recordsIn(done *resolve.Done) ([]customer.RecordID, error) {
	codes := make([]customer.Code, len(done.Codes))
	for i := range done.Codes {
		codes[i] = done.Codes[i].Code
	}
	return s.tx.RecordsOf(s.ctx, codes)
}

// twice reports whether a question is one of those that two persons are asked. It is the same for
// everybody, and nobody can tell by its number.
func (r *Review) twice(task int64) bool {
	h := fnv.New64a()
	_, _ = h.Write(binary.LittleEndian.AppendUint64([]byte("second opinion"), uint64(task)))
	return float64(h.Sum64()%100_000) < r.Second*100_000
}

// waits reports whether what the subject wants may have to wait at all.
func (r *Review) waits(who *access.Subject) bool {
	switch who.Via {
	case access.ViaSession:
		return r.Hold > 0 || r.Second > 0 || r.fourEyes()
	case access.ViaToken:
		return r.fourEyes()
	}
	return false
}

func (r *Review) fourEyes() bool { return r.AboveRecords > 0 || r.Confirmed || len(r.Kinds) > 0 }

// undertake does what a person wants, or keeps it until it may be done.
func (d *Desk) undertake(ctx context.Context, u *undertaking) (*Operated, error) {
	if err := storable(u.order.Reason, u.order.Request, u.order.Deed.Value, u.order.Deed.Attribute); err != nil {
		return nil, err
	}
	r := &d.options.Review
	who := access.From(ctx)
	if u.order.DryRun || !r.waits(who) {
		return d.operate(ctx, u)
	}
	if out, err := d.repeated(ctx, u); out != nil || err != nil {
		return out, err
	}
	tried, eyes, err := d.try(ctx, u)
	if err != nil {
		return nil, err
	}
	if tried.Repeated {
		return d.operate(ctx, u)
	}
	p, err := d.propose(ctx, u, eyes)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return d.operate(ctx, u)
	}
	tried.Pending, tried.DryRun = pendingOf(p), false
	return tried, nil
}
