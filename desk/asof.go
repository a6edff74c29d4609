package desk

import (
	"errors"
	"fmt"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
)

// readAsOf fills the customer with what the hub knew at a time.
func (c *Customer) readAsOf(s *sight, who resolve.Who, at time.Time) (err error) {
	if s.rules == nil {
		return ErrEmpty
	}
	if err := s.desk.policy.May(s.who, access.ReadHistory); err != nil {
		return err
	}
	c.AsOf = &AsOf{At: at}
	if c.Code, err = s.codeThen(who, at); err != nil {
		return err
	}
	past, err := c.followAsOf(s, at)
	if err != nil {
		return err
	}
	recalled, err := resolve.NewRebuilder(s.rules.Resolve).Recall(past)
	if err != nil {
		return err
	}
	c.AsOf.Exact, c.AsOf.Erased = recalled.Exact, past.Erased
	if past.Active() {
		if c.Golden = s.view.Apply(s.portrait(), recalled.Document); c.Golden == nil {
			return fmt.Errorf("code %s: %w", c.Code, ErrUnknown)
		}
		c.Golden.Members = nil // all of them stand in members
		c.membersThen(s, past)
		if err := c.relationsThen(s, at); err != nil {
			return err
		}
	}
	c.History, err = s.tx.HappeningsUntil(s.ctx, c.Code, at, shownHistory)
	s.conceal(c.History)
	return err
}

// codeThen is the code that somebody had at a time. Whom the subject does not see now it did not see then.
func (s *sight) codeThen(who resolve.Who, at time.Time) (customer.Code, error) {
	if who.Code != 0 {
		return who.Code, s.sees(who.Code)
	}
	code, err := s.tx.CodeOfRecordAt(s.ctx, who.Ref, at)
	if err != nil {
		return 0, fmt.Errorf("%w; it belonged to no customer then", err)
	}
	return code, s.sees(code)
}

func (c *Customer) membersThen(s *sight, past *customer.Past) {
	if !s.view.Shows(access.Members) {
		return
	}
	for i := range past.Members[:min(len(past.Members), shownMembers)] {
		m := &past.Members[i]
		c.Members = append(c.Members, Member{m.Ref.Source, m.Ref.Key, m.ID, m.Revision, false})
	}
}

// followAsOf goes from the code that was asked for to the one that its customer had then.
func (c *Customer) followAsOf(s *sight, at time.Time) (*customer.Past, error) {
	code, seen := c.Code, map[customer.Code]bool{}
	for {
		version, err := s.tx.VersionAt(s.ctx, code, at)
		if err != nil {
			return nil, err
		}
		past, err := s.tx.Past(s.ctx, code, version)
		if err != nil {
			return nil, err
		}
		if code == c.Code {
			c.State = stateThen(past)
		} else {
			c.LeadsTo = append(c.LeadsTo, code)
		}
		seen[code] = true
		if past.Active() || past.Change.Successor == 0 || seen[past.Change.Successor] {
			return past, nil
		}
		code = past.Change.Successor
	}
}

func stateThen(p *customer.Past) customer.CodeState {
	switch {
	case p.Active():
		return customer.CodeActive
	case p.Change.Kind == customer.Erased:
		return customer.CodeErased
	}
	return customer.CodeRetired
}

// relationsThen resolves relations to the codes that their targets had then.
func (c *Customer) relationsThen(s *sight, at time.Time) error {
	for _, x := range c.Golden.Relations {
		code, err := s.tx.CodeOfRecordAt(s.ctx, x.Target, at)
		if err == nil {
			err = s.sees(code)
		}
		if errors.Is(err, ErrUnknown) {
			code, err = 0, nil
		}
		if err != nil {
			return err
		}
		c.Relations = append(c.Relations, Relation{x, code, code == 0})
	}
	return nil
}
