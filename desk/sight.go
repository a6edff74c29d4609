package desk

import (
	"context"
	"fmt"
	"slices"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// sight is what one subject sees within one transaction.
type sight struct {
	ctx   context.Context
	desk  *Desk
	tx    *store.Tx
	who   *access.Subject
	rules *Rules // nil before the first load
	view  access.View
}

// look lets f read one state of the hub as the subject of the context may see it: the database leaves out the
// rows of customers whom the subject does not see, should f forget to.
func (d *Desk) look(ctx context.Context, act access.Act, f func(*sight) error) error {
	return d.with(ctx, act, func(ctx context.Context, f func(*store.Tx) error) error {
		return d.options.Store.InScope(ctx, Scope(ctx), f)
	}, f)
}

// Scope is whose customers the subject of a context sees, by the same rule as [access.Policy.View].
func Scope(ctx context.Context) store.Scope {
	who := access.From(ctx)
	if len(who.Roles) == 0 {
		return store.Scope{}
	}
	return store.Scope{Who: Actor(who), Everyone: len(who.Sources) == 0, Sources: who.Sources}
}

// explain is look for what needs a ruleset.
func (d *Desk) explain(ctx context.Context, act access.Act, f func(*sight) error) error {
	return d.look(ctx, act, func(s *sight) error {
		if s.rules == nil {
			return ErrEmpty
		}
		return f(s)
	})
}

// counting lets f count over all customers, whoever asks: numbers tell of nobody. The policies of the rows would keep
// the database from counting in its indexes.
func (s *sight) counting(f func(*sight) error) error {
	return s.desk.options.Store.InSnapshot(s.ctx, func(tx *store.Tx) error {
		all := *s
		all.tx = tx
		return f(&all)
	})
}

func (d *Desk) with(ctx context.Context, act access.Act, in func(context.Context, func(*store.Tx) error) error, f func(*sight) error) error {
	who := access.From(ctx)
	if err := d.policy.May(who, act); err != nil {
		return err
	}
	return in(ctx, func(tx *store.Tx) error {
		s := &sight{ctx: ctx, desk: d, tx: tx, who: who}
		var err error
		if s.rules, err = d.rulesOf(ctx, tx); err != nil {
			return err
		}
		s.view = d.policy.View(who, s.portrait())
		return f(s)
	})
}

func (s *sight) portrait() *customer.Portrait {
	if s.rules != nil {
		return s.rules.Portrait
	}
	return s.desk.options.Portrait
}

// may asks the policy about one more thing.
func (s *sight) may(act access.Act) bool { return s.desk.policy.Can(s.who, act) }

// bounded reports whether there may be customers whom the subject does not see.
func (s *sight) bounded() bool { return s.view.Filters() }

// visible tells which active codes the subject sees.
func (s *sight) visible(codes []customer.Code) (map[customer.Code]bool, error) {
	out := map[customer.Code]bool{}
	if !s.bounded() {
		for _, code := range codes {
			out[code] = true
		}
		return out, nil
	}
	documents, err := s.tx.Documents(s.ctx, codes)
	for _, code := range codes {
		d := documents[code]
		out[code] = d != nil && d.State == customer.CodeActive && s.view.Apply(s.portrait(), d) != nil
	}
	return out, err
}

// sees refuses codes that the subject does not see as if there were none. A retired code is seen
// by who sees the one that it leads to.
func (s *sight) sees(codes ...customer.Code) error {
	codes = slices.DeleteFunc(slices.Clone(codes), func(c customer.Code) bool { return c == 0 })
	if !s.bounded() || len(codes) == 0 {
		return nil
	}
	present := make([]customer.Code, len(codes))
	for i, code := range codes {
		row, err := s.follow(code, nil)
		if err != nil {
			return err
		}
		present[i] = row.Code
	}
	seen, err := s.visible(present)
	if err != nil {
		return err
	}
	for i := range present {
		if !seen[present[i]] {
			return fmt.Errorf("code %s: %w", codes[i], ErrUnknown)
		}
	}
	return nil
}

// follow goes from a code to the one that its customer has now; each code on the way is told.
func (s *sight) follow(code customer.Code, step func(customer.Code)) (customer.CodeRow, error) {
	row, err := s.tx.CodeAt(s.ctx, code)
	seen := map[customer.Code]bool{code: true}
	for err == nil && row.State == customer.CodeRetired && row.Successor != 0 && !seen[row.Successor] {
		if row, err = s.tx.CodeAt(s.ctx, row.Successor); err != nil {
			break
		}
		seen[row.Code] = true
		if step != nil {
			step(row.Code)
		}
	}
	return row, err
}
