package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kartoteka/customer"
)

var (
	// ErrContradiction says that a decision contradicts active ones; its text names the chain,
	// one link of which must go first.
	ErrContradiction = errors.New("contradicts decisions that are active")
	// ErrUndecidable says that no decision can be made about these records; the caller names others.
	ErrUndecidable = errors.New("cannot be decided")
)

// Judges is a base that keeps decisions.
type Judges interface {
	Base
	// Decided returns the operation that carried a request, 0 if none did.
	Decided(ctx context.Context, request string) (operation int64, err error)
	// Judge stores decisions as one operation; an empty request is none.
	Judge(ctx context.Context, decisions []customer.Decision, op Operation, request string) (operation int64, err error)
}

// Order is what a person decided: that the records of all sides are one customer, or that no
// two sides share one.
type Order struct {
	Kind    customer.DecisionKind
	Sides   [][]customer.RecordID // at least two, none empty
	Actor   string
	Reason  string
	Request string // "" or an id of the caller's: what is sent twice is done once
}

// Decided is what became of an order.
type Decided struct {
	Operation int64
	Repeated  bool // the request was carried out before; nothing was done now
	Outcome   Outcome
}

// Decide stores a decision and resolves what it touches, within the transaction of the base,
// which must hold the lane. A decision that contradicts active ones is refused whole.
func Decide(ctx context.Context, rules *Rules, base Judges, o Order) (Decided, error) {
	if o.Request != "" {
		if op, err := base.Decided(ctx, o.Request); err != nil || op != 0 {
			return Decided{Operation: op, Repeated: true}, err
		}
	}
	touched := slices.Concat(o.Sides...)
	if err := decidable(ctx, base, &o, touched); err != nil {
		return Decided{}, err
	}
	active, err := entangled(ctx, base, touched)
	if err != nil {
		return Decided{}, err
	}
	if err := contradiction(&o, active); err != nil {
		return Decided{}, err
	}
	op := Operation{Kind: "decide", Actor: o.Actor, Reason: o.Reason}
	out := Decided{}
	if out.Operation, err = base.Judge(ctx, o.decisions(), op, o.Request); err != nil {
		return out, err
	}
	out.Outcome, err = Turn(ctx, rules, base, nil, touched, op)
	return out, err
}

// decisions writes the order as decisions: one for all that are the same, one for each two
// sides that differ.
func (o *Order) decisions() []customer.Decision {
	if o.Kind == customer.Same {
		return []customer.Decision{{Kind: o.Kind, Left: o.Sides[0], Right: slices.Concat(o.Sides[1:]...)}}
	}
	var out []customer.Decision
	for i, left := range o.Sides {
		for _, right := range o.Sides[i+1:] {
			out = append(out, customer.Decision{Kind: o.Kind, Left: left, Right: right})
		}
	}
	return out
}

// decidable refuses orders about nothing, about records that are gone, and about kinds that are
// never compared.
func decidable(ctx context.Context, base Records, o *Order, touched []customer.RecordID) error {
	if len(o.Sides) < 2 || slices.ContainsFunc(o.Sides, func(s []customer.RecordID) bool { return len(s) == 0 }) {
		return fmt.Errorf("%w: name at least two customers that have records", ErrUndecidable)
	}
	side := map[customer.RecordID]int{}
	for i, ids := range o.Sides {
		for _, id := range ids {
			if at, twice := side[id]; twice && at != i {
				return fmt.Errorf("%w: record %d stands on both sides; name records of different customers, or single records SOURCE/KEY of one", ErrUndecidable, id)
			}
			side[id] = i
		}
	}
	records, err := base.Records(ctx, touched)
	if err != nil {
		return err
	}
	live := map[customer.RecordID]customer.Kind{}
	for i := range records {
		live[records[i].ID] = records[i].Standard.Kind
	}
	for _, id := range touched {
		switch kind, is := live[id]; {
		case !is:
			return fmt.Errorf("%w: record %d is not live any more", ErrUndecidable, id)
		case o.Kind == customer.Same && kind != live[touched[0]]:
			return fmt.Errorf("%w: record %d is about a %s, record %d about a %s; kinds are never one customer", ErrUndecidable, touched[0], live[touched[0]], id, kind)
		}
	}
	return nil
}

// entangled returns the active decisions about the records and about all that *same* ties to them.
func entangled(ctx context.Context, base Records, ids []customer.RecordID) ([]customer.Decision, error) {
	seen := map[customer.RecordID]bool{}
	known := map[int64]bool{}
	var out []customer.Decision
	for len(ids) > 0 {
		for _, id := range ids {
			seen[id] = true
		}
		found, err := base.Decisions(ctx, ids)
		if err != nil {
			return nil, err
		}
		ids = nil
		for _, d := range found {
			if known[d.ID] {
				continue
			}
			known[d.ID] = true
			out = append(out, d)
			if d.Kind != customer.Same {
				continue
			}
			for _, id := range slices.Concat(d.Left, d.Right) {
				if !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
			}
		}
	}
	return out, nil
}
