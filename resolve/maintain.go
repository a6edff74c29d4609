package resolve

import (
	"context"
	"fmt"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Maintainable is a base whose closed keys and generic values can be counted again.
type Maintainable interface {
	Base
	// ShutKeys returns the closed keys and the generic values.
	ShutKeys(ctx context.Context) (closed, generic []uint64, err error)
	// HeldRecords returns some records of each hold, and of each open task about one.
	HeldRecords(ctx context.Context) ([]customer.RecordID, error)
	// Reopen forgets that keys are closed or values generic.
	Reopen(ctx context.Context, closed, generic []uint64) error
}

// Maintain counts closed keys and generic values again: what crossed down opens, and the
// records that it joins are evaluated again. Crossing up happens at once in each turn. What waits for
// a person is held against the policy that there is now.
func Maintain(ctx context.Context, rules *Rules, base Maintainable) (Outcome, error) {
	closed, generic, err := base.ShutKeys(ctx)
	if err != nil {
		return Outcome{}, fmt.Errorf("maintain: %w", err)
	}
	touched, closed, generic, err := crossedDown(ctx, rules, base, closed, generic)
	if err != nil {
		return Outcome{}, err
	}
	held, err := base.HeldRecords(ctx)
	touched = append(touched, held...)
	if err != nil || len(touched) == 0 && len(closed) == 0 && len(generic) == 0 {
		return Outcome{}, err
	}
	if err := base.Reopen(ctx, closed, generic); err != nil {
		return Outcome{}, fmt.Errorf("maintain: %w", err)
	}
	outcome, err := Turn(ctx, rules, base, nil, touched, Operation{Kind: "maintain", Actor: "hub"})
	if err != nil || len(generic) == 0 {
		return outcome, err
	}
	// Values that open change which records are one node, so keys may cross either way once more.
	again, err := Maintain(ctx, rules, base)
	outcome.Add(again)
	return outcome, err
}

// crossedDown finds the keys and values that are below their limits again, and the records that carry them.
func crossedDown(ctx context.Context, rules *Rules, base Maintainable, closed, generic []uint64) (touched []customer.RecordID, open, plain []uint64, err error) {
	limit := rules.Settings.BlockLimit
	nodes, err := base.Nodes(ctx, closed, limit+1)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, k := range closed {
		if len(nodes[k]) <= limit {
			open = append(open, k)
		}
	}
	if plain, err = plainValues(ctx, rules, base, generic); err != nil {
		return nil, nil, nil, err
	}
	carriers, err := base.Nodes(ctx, append(append([]uint64(nil), open...), plain...), 0)
	if err != nil {
		return nil, nil, nil, err
	}
	records, err := base.OfNodes(ctx, distinctNodes(carriers), true)
	return idsOf(records), open, plain, err
}

// plainValues finds the values that fewer customers share than would make them generic.
func plainValues(ctx context.Context, rules *Rules, base Base, generic []uint64) ([]uint64, error) {
	signatures, err := base.Signatures(ctx, generic)
	if err != nil {
		return nil, err
	}
	above, err := limitsOf(ctx, rules, base, generic)
	if err != nil {
		return nil, err
	}
	var plain []uint64
	for _, k := range generic {
		if limit, carried := above[k]; !carried || matching.Distinct(signatures[k]) <= limit {
			plain = append(plain, k)
		}
	}
	return plain, nil
}

// limitsOf looks up above how many signatures each value is generic, in one record that carries it.
func limitsOf(ctx context.Context, rules *Rules, base Base, values []uint64) (map[uint64]int, error) {
	nodes, err := base.Nodes(ctx, values, 1)
	if err != nil {
		return nil, err
	}
	records, err := base.OfNodes(ctx, distinctNodes(nodes), false)
	above := map[uint64]int{}
	for i := range records {
		for _, s := range rules.Matcher.Item(records[i].Standard).Shared {
			above[s.Key] = int(s.Above)
		}
	}
	return above, err
}

// ShutKeys implements [Maintainable].
func (m *Memory) ShutKeys(context.Context) (closed, generic []uint64, err error) {
	return sortedKeys(m.closed), sortedKeys(m.generic), nil
}

// Reopen implements [Maintainable].
func (m *Memory) Reopen(_ context.Context, closed, generic []uint64) error {
	for _, k := range closed {
		delete(m.closed, k)
	}
	for _, k := range generic {
		delete(m.generic, k)
	}
	return nil
}
