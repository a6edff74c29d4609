package desk

import (
	"context"
	"slices"
	"strconv"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// PendingFilter chooses proposals.
type PendingFilter struct {
	State customer.ProposalState // "": those that are still open
	Mine  bool                   // only the subject's own
	Batch int64
	Limit int // of a page; 20 by default
}

// PendingPage is a page of proposals, the newest first.
type PendingPage struct {
	Rows []Pending `json:"rows"`
	Next string    `json:"next,omitempty"` // the cursor of the next page
}

// Pendings lists what people want done and what became of it. Others' are shown to who may approve.
func (d *Desk) Pendings(ctx context.Context, f PendingFilter, cursor string) (*PendingPage, error) {
	filter, err := f.filter(cursor)
	if err != nil {
		return nil, err
	}
	out := &PendingPage{Rows: []Pending{}}
	return out, d.look(ctx, access.ReadTasks, func(s *sight) error {
		if f.Mine || !s.may(access.Approve) {
			filter.Author = Actor(s.who)
		}
		rows, err := s.tx.Proposals(ctx, filter, f.Limit+1)
		if len(rows) > f.Limit {
			rows = rows[:f.Limit]
			out.Next = strconv.FormatInt(rows[f.Limit-1].ID, 10)
		}
		for i := range rows {
			if s.proposalSeen(&rows[i]) {
				out.Rows = append(out.Rows, *pendingOf(&rows[i]))
			}
		}
		return err
	})
}

// proposalSeen reports whether the subject sees the question of a proposal, and its deed: that names customers
// and values.
func (s *sight) proposalSeen(p *customer.Proposal) bool {
	if p.Author == Actor(s.who) || !s.bounded() {
		return true
	}
	if p.Task == 0 {
		return false
	}
	_, err := s.taskAt(p.Task)
	return err == nil
}

func (f *PendingFilter) filter(cursor string) (out store.ProposalFilter, err error) {
	if f.Limit == 0 {
		f.Limit = defaultTasks
	}
	if f.Limit < 1 || f.Limit > maxTasks {
		return out, invalid("limit is a number from 1 to %d", maxTasks)
	}
	out.Batch, out.States = f.Batch, []customer.ProposalState{customer.ProposalHeld, customer.ProposalAwaiting, customer.ProposalSecond}
	if f.State != "" {
		known := []customer.ProposalState{customer.ProposalHeld, customer.ProposalAwaiting, customer.ProposalDone, customer.ProposalUndone, customer.ProposalRefused, customer.ProposalFailed}
		if !slices.Contains(known, f.State) {
			return out, invalid("a proposal is %v", known)
		}
		out.States = []customer.ProposalState{f.State}
	} else if f.Batch != 0 {
		out.States = nil
	}
	if cursor != "" {
		if out.Before, err = strconv.ParseInt(cursor, 10, 64); err != nil || out.Before < 1 {
			return out, invalid("cursor is what the page before answered as next")
		}
	}
	return out, nil
}

// Proposed shows what a proposal would change now, so that who approves sees what they approve.
func (d *Desk) Proposed(ctx context.Context, id int64) (*Operated, error) {
	var p customer.Proposal
	if err := d.inTx(ctx, access.ReadTasks, func(s *sight) (err error) {
		if p, err = s.tx.ProposalAt(ctx, id); err == nil && p.Author != Actor(s.who) {
			err = d.policy.May(s.who, access.Approve)
		}
		return err
	}); err != nil {
		return nil, err
	}
	if !p.State.Open() {
		return &Operated{Moved: []Moved{}, Pending: pendingOf(&p)}, nil
	}
	u, err := d.wanted(&p)
	if err != nil {
		return nil, err
	}
	u.kept, u.order.DryRun, u.order.Request, u.then = &p, true, "", nil
	out, err := d.operate(ctx, u)
	if err == nil {
		out.Pending = pendingOf(&p)
	}
	return out, err
}

// Comment keeps what somebody says about a question.
func (d *Desk) Comment(ctx context.Context, task int64, text string) error {
	if text == "" || len(text) > maxNote {
		return invalid("a comment has 1 to %d bytes", maxNote)
	}
	return d.inTx(ctx, access.AnswerTask, func(s *sight) error {
		if _, err := s.taskAt(task); err != nil {
			return err
		}
		return s.tx.AddNote(ctx, task, Actor(s.who), text)
	})
}

const maxNote = 4000
