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
	*Operated
	Picked []int64 `json:"picked,omitempty"` // operations that pinned chosen values
}

// Answer carries an answer out and closes the question, in one transaction.
func (d *Desk) Answer(ctx context.Context, id int64, v Verdict) (*Answered, error) {
	seen, err := readVersion(v.Version)
	if err != nil {
		return nil, err
	}
	o := Order{Reason: v.Reason, Request: v.Request, Expect: v.Expect, DryRun: v.DryRun}
	if seen != nil && o.Expect == nil {
		o.Expect = seen.expect
	}
	out := &Answered{Task: id}
	var code customer.Code
	action := func(s *sight) (resolve.Action, error) {
		t, err := s.taskAt(id)
		code = t.Code
		if err != nil {
			return nil, err
		}
		return s.answer(&t, v, seen)
	}
	then := func(s *sight, done *resolve.Done) error {
		word := "rejected"
		if v.Approve {
			word = "approved"
		}
		if err := s.tx.AnswerTask(ctx, id, done.Operation, word); err != nil {
			return err
		}
		return out.pick(s, code, v)
	}
	out.Operated, err = d.operate(ctx, access.AnswerTask, o, action, then)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// answer makes the action that answers a question, if it may be answered.
func (s *sight) answer(t *store.TaskRow, v Verdict, seen *seenVersion) (resolve.Action, error) {
	answer := resolve.Answer{Task: t.Task, Yes: v.Approve}
	if v.Request != "" { // what was carried out before is answered again
		if operation, _, err := s.tx.Requested(s.ctx, v.Request); err != nil || operation != 0 {
			return answer, err
		}
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

// pick pins the chosen values to the customer that came of the answer.
func (a *Answered) pick(s *sight, code customer.Code, v Verdict) error {
	if len(v.Pins) == 0 {
		return nil
	}
	row, err := s.follow(code, nil)
	if err != nil {
		return err
	}
	for _, p := range v.Pins {
		deed := Deed{Action: "pin", Code: row.Code.String(), Attribute: p.Attribute, Value: p.Value, Kind: p.Kind}
		action, err := deed.pin(s)
		if err != nil {
			return err
		}
		done, err := resolve.Operate(s.ctx, s.rules.Resolve, s.tx, resolve.Order{Action: action, Actor: Actor(s.who), Reason: v.Reason, Now: s.desk.options.Now().UTC()})
		switch {
		case errors.Is(err, resolve.ErrNothing): // it stands already
		case err != nil:
			return err
		default:
			a.Picked = append(a.Picked, done.Operation)
		}
	}
	return nil
}

// previewing bounds how long a question waits for the lane to show what an approval would change.
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
	done, err := d.operate(short, access.AnswerTask, Order{DryRun: true}, action, nil)
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
