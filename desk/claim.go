package desk

import (
	"context"
	"fmt"
	"time"

	"kartoteka/access"
	"kartoteka/store"
)

// Bounds of a claim and of a reason.
const (
	defaultLease = 5 * time.Minute
	maxLease     = 24 * time.Hour
	maxReason    = 1000
)

// Next claims the first question of the queue that nobody else has, and shows it; nil if there is none,
// or as many were answered today as are asked a day. Two who ask at once never get the same one.
func (d *Desk) Next(ctx context.Context, f TaskFilter) (*Task, error) {
	filter, err := f.filter(access.From(ctx), "")
	if err == nil {
		err = f.lease()
	}
	if err != nil {
		return nil, err
	}
	if err := d.weighQueue(ctx); err != nil {
		return nil, err
	}
	var id int64
	err = d.inTx(ctx, access.AnswerTask, func(s *sight) error {
		if f.Beyond {
			id, err = s.claimNext(filter, f.Lease)
			return err
		}
		kinds, err := s.tx.TaskCounts(ctx)
		if err != nil {
			return err
		}
		n, err := s.numbers(kinds)
		if err == nil && n.Asked > 0 {
			id, err = s.claimNext(filter, f.Lease)
		}
		return err
	})
	if err != nil || id == 0 {
		return nil, err
	}
	return d.Task(ctx, id)
}

func (f *TaskFilter) lease() error {
	if f.Lease == 0 {
		f.Lease = defaultLease
	}
	if f.Lease < time.Second || f.Lease > maxLease {
		return invalid("a claim holds from a second to a day")
	}
	return nil
}

// claimNext claims the first question that the subject sees; 0 if there is none.
func (s *sight) claimNext(f store.TaskFilter, lease time.Duration) (int64, error) {
	if !s.bounded() {
		t, _, err := s.tx.ClaimTask(s.ctx, f, lease)
		return t.ID, err
	}
	f.Unowned = true
	rows, _, err := s.tasks(f, maxTasks)
	for i := range rows {
		if err != nil {
			return 0, err
		}
		var mine bool
		if mine, err = s.tx.ClaimOne(s.ctx, rows[i].ID, f.Who, lease); mine {
			return rows[i].ID, err
		}
	}
	return 0, err
}

// Claim takes a question, or holds it longer: nobody else can answer it until then.
func (d *Desk) Claim(ctx context.Context, id int64, lease time.Duration) (*Claim, error) {
	f := TaskFilter{Lease: lease}
	if err := f.lease(); err != nil {
		return nil, err
	}
	var claim *Claim
	err := d.inTx(ctx, access.AnswerTask, func(s *sight) error {
		t, err := s.taskAt(id)
		if err != nil {
			return err
		}
		mine, err := s.tx.ClaimOne(ctx, id, Actor(s.who), f.Lease)
		if err == nil && !mine {
			if err = s.answerable(&t); err == nil {
				err = fmt.Errorf("%w: question %d was claimed by somebody else just now", ErrTask, id)
			}
		}
		if err != nil {
			return err
		}
		if t, err = s.tx.TaskAt(ctx, id); err == nil {
			claim = s.taskRow(&t).Claim
		}
		return err
	})
	return claim, err
}

// Release gives a claimed question back; it does nothing if it is not the subject's.
func (d *Desk) Release(ctx context.Context, id int64) error {
	return d.inTx(ctx, access.AnswerTask, func(s *sight) error {
		if _, err := s.taskAt(id); err != nil {
			return err
		}
		_, err := s.tx.ReleaseTask(ctx, id, Actor(s.who))
		return err
	})
}

// Skip puts a question off: it is given back and asked after all others, and nobody is asked before
// until, unless that is zero.
func (d *Desk) Skip(ctx context.Context, id int64, reason string, until time.Time) error {
	if len(reason) > maxReason {
		return invalid("a reason has at most %d bytes", maxReason)
	}
	return d.inTx(ctx, access.AnswerTask, func(s *sight) error {
		t, err := s.taskAt(id)
		if err == nil {
			err = s.answerable(&t)
		}
		if err != nil {
			return err
		}
		var at *time.Time
		if !until.IsZero() {
			at = &until
		}
		return s.tx.SkipTask(ctx, id, reason, at)
	})
}
