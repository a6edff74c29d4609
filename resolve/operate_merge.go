package resolve

import (
	"fmt"
	"slices"

	"kartoteka/customer"
)

// Merge makes customers one.
type Merge struct {
	Customers []Who         // at least two
	Keep      customer.Code // the code that is to survive, now and in later joins; 0: the one of most records, the oldest
}

// Kind implements [Action].
func (Merge) Kind() string { return "merge" }

func (m Merge) intent() string { return spellWho(m.Customers) + m.Keep.String() }

func (m Merge) plan(o *operation) error {
	if len(m.Customers) < 2 {
		return fmt.Errorf("%w: name at least two customers", ErrUndecidable)
	}
	var codes []customer.Code
	var kinds []customer.Kind
	var sides [][]customer.RecordID
	for i, w := range m.Customers {
		row, err := o.codeOf(w)
		switch {
		case err != nil:
			return err
		case slices.Contains(m.Customers[:i], w):
			return fmt.Errorf("%w: %s is named twice; a customer is not merged with itself", ErrUndecidable, w)
		case slices.Contains(codes, row.Code):
			return fmt.Errorf("%w: %s belongs to code %s, which is named already: they are one customer", ErrNothing, w, row.Code)
		}
		ids, err := o.members(row.Code)
		if err != nil {
			return err
		}
		codes, kinds, sides = append(codes, row.Code), append(kinds, row.Kind), append(sides, ids)
	}
	if err := oneKind(kinds); err != nil {
		return err
	}
	o.same(sides[0], slices.Concat(sides[1:]...))
	if m.Keep == 0 {
		return nil
	}
	at := slices.Index(codes, m.Keep)
	if at < 0 {
		return fmt.Errorf("%w: code %s is to be kept and is none of those that are merged", ErrUndecidable, m.Keep)
	}
	o.judged.Keepers = []customer.Code{m.Keep}
	o.wishes = []wish{{m.Keep, sides[at]}}
	return nil
}

// Keep says that a code is to survive later joins.
type Keep struct{ Code customer.Code }

// Kind implements [Action].
func (Keep) Kind() string { return "keep" }

func (k Keep) intent() string { return k.Code.String() }

func (k Keep) plan(o *operation) error {
	row, err := o.active(k.Code)
	if err == nil && row.Keeper != 0 {
		err = fmt.Errorf("%w: code %s is to survive joins since operation %d", ErrNothing, k.Code, row.Keeper)
	}
	o.judged.Keepers = []customer.Code{k.Code}
	return err
}

// Confirm says that a person checked a customer: its records are one. The machine asks before it
// joins it with another, if the policy says so.
type Confirm struct{ Code customer.Code }

// Kind implements [Action].
func (Confirm) Kind() string { return "confirm" }

func (c Confirm) intent() string { return c.Code.String() }

func (c Confirm) plan(o *operation) error {
	if _, err := o.active(c.Code); err != nil {
		return err
	}
	ids, err := o.members(c.Code)
	if err != nil {
		return err
	}
	active, err := o.base.Decisions(o.ctx, ids)
	if err != nil {
		return err
	}
	for _, d := range active {
		if d.Kind == customer.Confirmed && slices.Equal(d.Left, ids) {
			return fmt.Errorf("%w: code %s is confirmed as it is by operation %d", ErrNothing, c.Code, d.Operation)
		}
	}
	o.decide(customer.Decision{Kind: customer.Confirmed, Left: ids})
	o.touched = nil // it changes no cluster
	return nil
}
