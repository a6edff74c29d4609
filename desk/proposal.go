package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// intent is what a person wants done, as it is kept until it is.
type intent struct {
	Verdict *Verdict `json:",omitempty"`
	Order   *Order   `json:",omitempty"`
}

// Pending is something that a person wants done and that is not done yet.
type Pending struct {
	ID    int64                  `json:"id"`
	Task  int64                  `json:"task,omitempty"`
	Batch int64                  `json:"batch,omitempty"`
	State customer.ProposalState `json:"state"`
	By    string                 `json:"by"`
	Given time.Time              `json:"given"`
	// Due is when it is carried out, if nobody undoes it before.
	Due       *time.Time `json:"due,omitempty"`
	Reviewer  string     `json:"reviewer,omitempty"`
	Operation int64      `json:"operation,omitempty"` // that carried it out
	Reason    string     `json:"reason,omitempty"`    // why it was refused or failed
	// What is wanted: an answer to the task, or a deed.
	Approve *bool  `json:"approve,omitempty"`
	Deed    *Deed  `json:"deed,omitempty"`
	Why     string `json:"why,omitempty"` // as its author says
}

func pendingOf(p *customer.Proposal) *Pending {
	out := &Pending{ID: p.ID, Task: p.Task, Batch: p.Batch, State: p.State, By: p.Author, Given: p.Given.UTC(), Due: p.Due, Reviewer: p.Reviewer, Operation: p.Operation, Reason: p.Reason}
	if p.State == customer.ProposalSecond { // its author is not told either
		out.State, out.Due = customer.ProposalHeld, nil
	}
	var x intent
	if json.Unmarshal([]byte(p.Intent), &x) != nil {
		return out
	}
	if x.Verdict != nil {
		out.Approve, out.Why = &x.Verdict.Approve, x.Verdict.Reason
	}
	if x.Order != nil {
		out.Deed, out.Why = &x.Order.Deed, x.Order.Reason
	}
	return out
}

// propose keeps an undertaking that may not be carried out now; nil if it may.
func (d *Desk) propose(ctx context.Context, u *undertaking, eyes bool) (p *customer.Proposal, err error) {
	who := access.From(ctx)
	err = d.inTx(ctx, u.act, func(s *sight) error {
		first, err := s.firstOpinion(u.task)
		if err != nil {
			return err
		}
		state := s.stateOf(u, eyes, first)
		if first != nil && first.open() {
			if state, err = s.secondOpinion(first, u, state); err != nil {
				return err
			}
		}
		if state == "" {
			return nil
		}
		if p, err = proposalOf(who, u); err != nil {
			return err
		}
		p.State, p.Due = state, s.due(state)
		return s.keep(p)
	})
	return p, err
}

func proposalOf(who *access.Subject, u *undertaking) (*customer.Proposal, error) {
	subject, err := json.Marshal(who)
	if err != nil {
		return nil, err
	}
	wanted, err := json.Marshal(u.intent)
	return &customer.Proposal{Task: u.task, Author: Actor(who), Person: who.Person(), Subject: string(subject), Intent: string(wanted), Request: u.order.Request}, err
}

// keep writes a proposal and takes its question out of the queue.
func (s *sight) keep(p *customer.Proposal) error {
	if p.Task != 0 {
		taken, err := s.tx.PendTask(s.ctx, p.Task, p.State)
		if err != nil {
			return err
		}
		if !taken {
			return fmt.Errorf("%w: question %d was answered by somebody else just now", ErrTask, p.Task)
		}
	}
	return s.tx.AddProposal(s.ctx, p)
}

// due is when what is held is carried out.
func (s *sight) due(state customer.ProposalState) *time.Time {
	if state != customer.ProposalHeld {
		return nil
	}
	at := s.desk.options.Now().UTC().Add(s.desk.options.Review.Hold)
	return &at
}

// stateOf says what an undertaking has to wait for: "" for nothing.
func (s *sight) stateOf(u *undertaking, eyes bool, first *opinion) customer.ProposalState {
	r := &s.desk.options.Review
	session := s.who.Via == access.ViaSession
	switch {
	case session && u.task != 0 && first == nil && r.twice(u.task):
		return customer.ProposalSecond
	case eyes:
		return customer.ProposalAwaiting
	case session && r.Hold > 0:
		return customer.ProposalHeld
	}
	return ""
}

// repeated answers a request that was kept before.
func (d *Desk) repeated(ctx context.Context, u *undertaking) (out *Operated, err error) {
	if u.order.Request == "" {
		return nil, nil
	}
	err = d.inTx(ctx, u.act, func(s *sight) error {
		p, err := s.tx.ProposalOf(ctx, u.order.Request)
		if errors.Is(err, store.ErrUnknown) {
			return nil
		}
		if err != nil {
			return err
		}
		same, err := proposalOf(s.who, u)
		if err == nil && (same.Task != p.Task || same.Author != p.Author || same.Intent != p.Intent) {
			err = fmt.Errorf("%w: proposal %d; give this one an id of its own", resolve.ErrRequest, p.ID)
		}
		if p.State != customer.ProposalDone {
			out = &Operated{Done: &resolve.Done{Kind: "proposal", Repeated: true}, Moved: []Moved{}, Pending: pendingOf(&p)}
		}
		return err
	})
	return out, err
}
