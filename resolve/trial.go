package resolve

import (
	"context"

	"kartoteka/customer"
)

// Trial tells what [Operate] would do and writes nothing. It reads one state of the base and needs no
// lane, so nobody waits for it. New codes are those that would be given next.
func Trial(ctx context.Context, rules *Rules, base Desk, order Order) (*Done, error) {
	return Operate(ctx, rules, &trial{Desk: base}, order)
}

// trial is a base on which nothing is written.
type trial struct {
	Desk
	minted  int
	effects *Effects
}

// Reincarnate implements [Base]: what people decide gives no key to somebody else.
func (*trial) Reincarnate(_ context.Context, id customer.RecordID) (customer.RecordID, error) {
	return id, nil
}

// Unindex implements [Base].
func (*trial) Unindex(context.Context, []Indexed) error { return nil }

// Index implements [Base].
func (*trial) Index(context.Context, []Indexed) error { return nil }

// Shut implements [Base].
func (*trial) Shut(context.Context, []customer.ClosedKey, []customer.GenericValue) error { return nil }

// Mint implements [Base].
func (t *trial) Mint(ctx context.Context, n int) ([]Minted, error) {
	t.minted += n
	next, err := t.NextCodes(ctx, t.minted)
	if err != nil {
		return nil, err
	}
	return next[t.minted-n:], nil
}

// Write implements [Base]: the effects are remembered.
func (t *trial) Write(_ context.Context, e *Effects) error {
	t.effects = e
	return nil
}

// Operated implements [Desk]: the operation that was tried is told of as if it had been written.
func (t *trial) Operated(ctx context.Context, operation int64) (customer.Operated, error) {
	if t.effects == nil { // a request that was carried out before
		return t.Desk.Operated(ctx, operation)
	}
	op := t.effects.Operations[0]
	out := customer.Operated{Operation: operation, Kind: op.Kind, Actor: op.Actor, Reason: op.Reason}
	for i := range t.effects.Changes {
		if c := &t.effects.Changes[i]; c.Operation == 0 {
			out.Changes = append(out.Changes, c.Change)
		}
	}
	return out, nil
}
