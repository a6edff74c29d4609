package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// Verdict is what a person says to a question.
type Verdict struct {
	Approve bool   // yes does what it proposes; no leaves things as they are, for good
	Reason  string // kept in the audit
	Request string // "" or an id of the caller's: what is sent twice is done once
	Version string // of the question as it was seen; "" does not ask
	// Expect are further versions of customers that the caller saw.
	Expect map[customer.Code]int64
	Pins   []Pick // values chosen for the golden record that comes of it
	DryRun bool
}

// Pick is a value that a person chose for the golden record.
type Pick struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`          // as a person would write it
	Kind      string `json:"kind,omitempty"` // what sort of value
}

// Answered is what became of an answer.
type Answered struct {
	Task int64 `json:"task"`
	// Operated is what was done, or what would be where the answer waits.
	*Operated
	Picked []int64 `json:"picked,omitempty"` // operations that pinned chosen values
}

// Answer carries an answer out and closes the question, in one transaction. A person's answer at the
// workbench is held for some seconds in which it can be undone, and some answers wait for another
// person: see [Review].
func (d *Desk) Answer(ctx context.Context, id int64, v Verdict) (*Answered, error) {
	u, err := d.answering(id, &v)
	if err != nil {
		return nil, err
	}
	out := &Answered{Task: id}
	u.picked = &out.Picked
	if out.Operated, err = d.undertake(ctx, u); err != nil {
		return nil, err
	}
	return out, nil
}

// answering is what an answer undertakes.
func (d *Desk) answering(id int64, v *Verdict) (*undertaking, error) {
	seen, err := readVersion(v.Version)
	if err != nil {
		return nil, err
	}
	u := &undertaking{act: access.AnswerTask, task: id, intent: intent{Verdict: v}}
	u.order = Order{Reason: v.Reason, Request: v.Request, Expect: v.Expect, DryRun: v.DryRun}
	if seen != nil && u.order.Expect == nil {
		u.order.Expect = seen.expect
	}
	var code customer.Code
	u.action = func(s *sight) (resolve.Action, error) {
		t, err := s.taskAt(id)
		code = t.Code
		if err != nil {
			return nil, err
		}
		return s.answer(&t, u, seen)
	}
	u.check = func(s *sight) error { return s.pickable(code, v) }
	u.then = func(s *sight, done *resolve.Done) error {
		word := "rejected"
		if v.Approve {
			word = "approved"
		}
		if err := s.tx.AnswerTask(s.ctx, id, done.Operation, word); err != nil {
			return err
		}
		picked, err := s.pick(code, v)
		if u.picked != nil {
			*u.picked = picked
		}
		return err
	}
	return u, nil
}

// answer makes the action that answers a question, if it may be answered.
func (s *sight) answer(t *store.TaskRow, u *undertaking, seen *seenVersion) (resolve.Action, error) {
	v := u.intent.Verdict
	answer := resolve.Answer{Task: t.Task, Yes: v.Approve}
	if u.order.Request != "" { // what was carried out before is answered again
		if operation, _, err := s.tx.Requested(s.ctx, u.order.Request); err != nil || operation != 0 {
			return answer, err
		}
	}
	if u.kept != nil { // its own question is taken out of the queue for it
		t.Pending, t.ClaimedBy = "", Actor(s.who)
	}
	if err := s.answerable(t); err != nil {
		return nil, err
	}
	if err := seen.check(t, Actor(s.who)); err != nil {
		return nil, err
	}
	var err error
	if t.Kind == customer.TaskKeyReuse && !v.Approve {
		answer.Former, err = s.formerRecords(&t.Task)
	}
	return answer, err
}

// answerable refuses a question that is closed, or that somebody else has claimed.
func (s *sight) answerable(t *store.TaskRow) error {
	switch {
	case t.State != customer.TaskOpen:
		return fmt.Errorf("%w: question %d is %s (%s)", ErrTask, t.ID, t.State, t.Reason)
	case t.Pending == customer.ProposalHeld || t.Pending == customer.ProposalAwaiting:
		return fmt.Errorf("%w: question %d was answered by somebody just now, or waits for an approval", ErrTask, t.ID)
	case t.ClaimedBy != "" && t.ClaimedBy != Actor(s.who):
		return fmt.Errorf("%w: question %d is claimed by %s until %s; take another one with kartoteka tasks next --claim", ErrTask, t.ID, t.ClaimedBy, t.ClaimedUntil.Local().Format(time.TimeOnly))
	}
	return nil
}

// formerRecords are those of the customer who had a key before a source gave it to somebody else.
func (s *sight) formerRecords(t *customer.Task) ([]customer.RecordID, error) {
	code, err := s.tx.LastCodeOf(s.ctx, t.Records[0])
	if err != nil {
		return nil, err
	}
	if code == 0 || code == t.Code {
		return nil, fmt.Errorf("%w: the customer who had the key has no other records; there is nothing to join", resolve.ErrUndecidable)
	}
	if err := s.sees(code); err != nil {
		return nil, err
	}
	return s.tx.RecordsOf(s.ctx, []customer.Code{code})
}

// pickable refuses values that cannot be chosen.
func (s *sight) pickable(code customer.Code, v *Verdict) error {
	for _, p := range v.Pins {
		row, err := s.follow(code, nil)
		if err != nil {
			return err
		}
		deed := Deed{Action: "pin", Code: row.Code.String(), Attribute: p.Attribute, Value: p.Value, Kind: p.Kind}
		if _, err := deed.pin(s); err != nil {
			return err
		}
	}
	return nil
}

// pick pins the chosen values to the customer that came of the answer.
func (s *sight) pick(code customer.Code, v *Verdict) (picked []int64, err error) {
	if len(v.Pins) == 0 {
		return nil, nil
	}
	row, err := s.follow(code, nil)
	if err != nil {
		return nil, err
	}
	for _, p := range v.Pins {
		deed := Deed{Action: "pin", Code: row.Code.String(), Attribute: p.Attribute, Value: p.Value, Kind: p.Kind}
		action, err := deed.pin(s)
		if err != nil {
			return nil, err
		}
		done, err := resolve.Operate(s.ctx, s.rules.Resolve, s.tx, resolve.Order{Action: action, Actor: Actor(s.who), Reason: v.Reason, Now: s.desk.options.Now().UTC()})
		switch {
		case errors.Is(err, resolve.ErrNothing): // it stands already
		case err != nil:
			return nil, err
		default:
			picked = append(picked, done.Operation)
		}
	}
	return picked, nil
}

// previewing bounds how long a question waits for what an approval would change.
const previewing = 2 * time.Second

// preview adds what an approval would change, or why it cannot be.
func (d *Desk) preview(ctx context.Context, t *Task) error {
	if d.policy.May(access.From(ctx), access.AnswerTask) != nil {
		return nil
	}
	short, cancel := context.WithTimeout(ctx, previewing)
	defer cancel()
	action := func(s *sight) (resolve.Action, error) {
		row, err := s.taskAt(t.ID)
		if err != nil {
			return nil, err
		}
		return resolve.Answer{Task: row.Task, Yes: true}, nil
	}
	done, err := d.operate(short, &undertaking{act: access.AnswerTask, order: Order{DryRun: true}, action: action})
	switch {
	case err == nil:
		t.Preview = done.Preview
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		t.Impossible = err.Error()
	}
	return nil
}
