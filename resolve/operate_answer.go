package resolve

import (
	"fmt"
	"slices"

	"kartoteka/customer"
)

// Answer is what a person says to an open task: yes does what it proposes, no leaves things as they
// are, and both are decisions, so that the machine neither changes it nor asks again.
type Answer struct {
	Task Task
	Yes  bool
	// Former are the records of the customer who had the key before, for a no to [customer.TaskKeyReuse].
	Former []customer.RecordID
}

// Kind implements [Action].
func (a Answer) Kind() string {
	if a.Task.Kind == customer.TaskDisagreement && a.Yes {
		return "revoke"
	}
	return "decide"
}

func (a Answer) intent() string { return fmt.Sprintf("task %d %t", a.Task.ID, a.Yes) }

func (a Answer) plan(o *operation) error {
	switch a.Task.Kind {
	case customer.TaskPossibleMatch, customer.TaskConflict:
		return a.judge(o, a.Yes, a.codes)
	case customer.TaskHeldJoin:
		return a.judge(o, a.Yes, a.sides)
	case customer.TaskHeldSplit, customer.TaskOverMerge:
		return a.judge(o, !a.Yes, a.sides)
	case customer.TaskDisagreement:
		return a.reconsider(o)
	case customer.TaskKeyReuse:
		if !a.Yes {
			return a.judge(o, true, func(*operation) ([][]customer.RecordID, error) {
				return [][]customer.RecordID{a.Task.Records[len(a.Task.Records)-1:], a.Former}, nil
			})
		}
	}
	return nil // seen: the operation alone is kept
}

// judge decides that the sides are one customer, or several.
func (a Answer) judge(o *operation, one bool, sidesOf func(*operation) ([][]customer.RecordID, error)) error {
	sides, err := sidesOf(o)
	if err != nil {
		return err
	}
	sides = slices.DeleteFunc(sides, func(s []customer.RecordID) bool { return len(s) == 0 })
	switch {
	case len(sides) < 2:
		return fmt.Errorf("%w: task %d: too few of its records are live", ErrUndecidable, a.Task.ID)
	case one:
		o.same(sides[0], slices.Concat(sides[1:]...))
	default:
		o.apart(sides)
	}
	return nil
}

// codes are all records of both codes.
func (a Answer) codes(o *operation) ([][]customer.RecordID, error) {
	left, err := o.members(a.Task.Code)
	if err != nil {
		return nil, err
	}
	right, err := o.members(a.Task.Other)
	return [][]customer.RecordID{left, right}, err
}

// sides are the live records that the task names, by the customer that they would be of.
func (a Answer) sides(o *operation) ([][]customer.RecordID, error) {
	records, err := o.base.Records(o.ctx, a.Task.Records)
	live := map[customer.RecordID]bool{}
	for i := range records {
		live[records[i].ID] = true
	}
	var out [][]customer.RecordID
	for i, id := range a.Task.Records {
		if i >= len(a.Task.Sides) || !live[id] {
			continue
		}
		for int(a.Task.Sides[i]) >= len(out) {
			out = append(out, nil)
		}
		out[a.Task.Sides[i]] = append(out[a.Task.Sides[i]], id)
	}
	return out, err
}

// reconsider takes the decision in doubt back, or keeps it.
func (a Answer) reconsider(o *operation) error {
	if !a.Yes {
		return nil
	}
	found, err := o.base.Decisions(o.ctx, a.Task.Records)
	at := slices.IndexFunc(found, func(d customer.Decision) bool { return d.ID == a.Task.Decision })
	if err == nil && at < 0 {
		err = fmt.Errorf("%w: decision %d was taken back already", ErrNothing, a.Task.Decision)
	}
	if err == nil {
		o.revoke(&found[at])
	}
	return err
}
