package desk

import (
	"context"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
)

// Order is what somebody wants done.
type Order struct {
	Deed    Deed
	Reason  string
	Request string // "" or an id of the caller's: what is sent twice is done once
	// Expect are the versions of the customers that the caller saw.
	Expect map[customer.Code]int64
	DryRun bool // show what would change and change nothing
}

// Operated is what an operation did, with the source records that moved.
type Operated struct {
	DryRun bool `json:"dry_run,omitempty"`
	*resolve.Done
	Moved   []Moved          `json:"moved"`
	Preview *resolve.Preview `json:"preview,omitempty"`
	// Pending says what it waits for, if it is not done yet; the rest is then what would be done.
	Pending *Pending `json:"pending,omitempty"`
}

// Operate carries an order out in the lane, so that nothing moves between looking and doing. An order
// about customers that changed since they were looked at is refused with [resolve.ErrStale]. At the
// workbench it can be undone for some seconds, and a large one waits for another person: see [Review].
func (d *Desk) Operate(ctx context.Context, o Order) (*Operated, error) {
	u, err := d.operating(o)
	if err != nil {
		return nil, err
	}
	return d.undertake(ctx, u)
}

func (d *Desk) operating(o Order) (*undertaking, error) {
	act, err := o.Deed.act()
	if missing := o.Deed.missing(); err == nil && missing != "" {
		err = invalid("%s names no %s", o.Deed.Action, missing)
	}
	if err != nil {
		return nil, err
	}
	return &undertaking{act: act, order: o, intent: intent{Order: &o},
		action: func(s *sight) (resolve.Action, error) { return o.Deed.action(s) }}, nil
}

// undertaking is one thing that somebody wants done.
type undertaking struct {
	act    access.Act
	task   int64 // the question that it answers
	order  Order
	intent intent
	action func(*sight) (resolve.Action, error)
	then   func(*sight, *resolve.Done) error // in the same transaction, unless it was carried out before; nil for nothing
	check  func(*sight) error                // of a dry run, instead of then; nil for nothing
	kept   *customer.Proposal                // that is carried out now
	picked *[]int64
}

// operate carries an undertaking out.
func (d *Desk) operate(ctx context.Context, u *undertaking) (*Operated, error) {
	if u.order.DryRun {
		out, _, err := d.try(ctx, u)
		return out, err
	}
	out := &Operated{}
	err := d.with(ctx, u.act, d.options.Store.InLane, func(s *sight) error {
		if err := s.writable(); err != nil {
			return err
		}
		if err := out.carryOut(s, u.order, resolve.Operate, u.action); err != nil {
			return err
		}
		if u.then != nil && !out.Repeated {
			if err := u.then(s, out.Done); err != nil {
				return err
			}
		}
		return failpoint.Pass("decide.written")
	})
	if err == nil {
		err = failpoint.Pass("decide.committed")
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// try tells what an undertaking would do, and whether another person would have to approve it. It reads
// one state of the hub and writes nothing, so the lane is free meanwhile.
func (d *Desk) try(ctx context.Context, u *undertaking) (out *Operated, eyes bool, err error) {
	out = &Operated{DryRun: true}
	err = d.with(ctx, u.act, d.options.Store.Snapshot, func(s *sight) error {
		if err := s.writable(); err != nil {
			return err
		}
		if err := s.tx.Decidable(ctx); err != nil {
			return err
		}
		if err := out.carryOut(s, u.order, resolve.Trial, u.action); err != nil || out.Repeated {
			return err
		}
		out.Operation = 0 // it goes to the next operation
		if u.check != nil {
			if err := u.check(s); err != nil {
				return err
			}
		}
		eyes, err = d.options.Review.eyes(s, u.task, out.Done)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return out, eyes, nil
}

// writable reports whether the hub may change codes: it has a ruleset, and it is the database's.
func (s *sight) writable() error {
	if s.rules == nil {
		return ErrEmpty
	}
	hash, err := s.tx.RulesetHash(s.ctx)
	if err == nil && hash != s.rules.Hash {
		err = ErrRuleset
	}
	return err
}

// decider carries an order out, or tries it.
type decider func(context.Context, *resolve.Rules, resolve.Desk, resolve.Order) (*resolve.Done, error)

func (r *Operated) carryOut(s *sight, o Order, do decider, action func(*sight) (resolve.Action, error)) error {
	order := resolve.Order{Actor: Actor(s.who), Reason: o.Reason, Request: o.Request, Expect: o.Expect, Now: s.desk.options.Now().UTC()}
	var err error
	if order.Action, err = action(s); err != nil {
		return err
	}
	if r.Done, err = do(s.ctx, s.rules.Resolve, s.tx, order); err != nil {
		return s.differing(err, o.Expect)
	}
	r.Preview = r.Done.Preview
	if r.Moved, err = s.moved(r.Done.Moved); err != nil {
		return err
	}
	return s.maskPreview(r.Preview)
}

// inTx lets f write as the subject of the context.
func (d *Desk) inTx(ctx context.Context, act access.Act, f func(*sight) error) error {
	return d.with(ctx, act, d.options.Store.InTx, f)
}
