package resolve

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kartoteka/customer"
)

// maxDecided is how many records one operation may name: each is a row of its decisions.
const maxDecided = 10_000

// maxReason and maxKey bound what a caller may send, in bytes.
const (
	maxReason = 2000
	maxKey    = 1000
)

func sortedCodes[V any](m map[customer.Code]V) []customer.Code { return slices.Sorted(maps.Keys(m)) }

// code looks a code up.
func (o *operation) code(code customer.Code) (CodeRow, error) {
	rows, err := o.base.Codes(o.ctx, []customer.Code{code})
	for i := range rows {
		o.rows[rows[i].Code] = rows[i]
	}
	if row, known := o.rows[code]; known && err == nil {
		return row, nil
	}
	if err == nil {
		err = fmt.Errorf("code %s: %w", code, customer.ErrUnknown)
	}
	return CodeRow{}, err
}

// active looks up a code that must be active.
func (o *operation) active(code customer.Code) (CodeRow, error) {
	row, err := o.code(code)
	switch {
	case err != nil || row.State == customer.CodeActive:
		return row, err
	case row.State != customer.CodeRetired:
		return row, fmt.Errorf("%w: code %s is %s", ErrUndecidable, code, row.State)
	case row.Successor == 0:
		return row, fmt.Errorf("%w: code %s is retired: all its records were deleted at their sources", ErrUndecidable, code)
	}
	now := row
	for hops := 0; now.State == customer.CodeRetired && now.Successor != 0 && hops < 1000; hops++ {
		if now, err = o.code(now.Successor); err != nil {
			return row, err
		}
	}
	return row, fmt.Errorf("%w: code %s is retired; its customer has code %s now", ErrUndecidable, code, now.Code)
}

// locate looks source records up, which must be live and different from each other.
func (o *operation) locate(refs ...customer.Ref) ([]customer.Located, error) {
	seen := map[customer.Ref]bool{}
	for _, ref := range refs {
		switch {
		case len(ref.Key) > maxKey || len(ref.Source) > maxKey:
			return nil, fmt.Errorf("%w: a source key has 1 to %d bytes", ErrUndecidable, maxKey)
		case strings.ContainsRune(ref.Key, 0) || strings.ContainsRune(string(ref.Source), 0):
			return nil, fmt.Errorf("%w: a source key holds no zero byte", ErrUndecidable)
		case seen[ref]:
			return nil, fmt.Errorf("%w: %s is named twice", ErrUndecidable, Who{Ref: ref})
		}
		seen[ref] = true
	}
	found, err := o.base.Locate(o.ctx, refs)
	if err != nil {
		return nil, err
	}
	for i, l := range found {
		switch {
		case l.ID == 0:
			return nil, fmt.Errorf("%s (number %d of those named): %w", Who{Ref: refs[i]}, i+1, customer.ErrUnknown)
		case l.State != customer.RecordLive || l.Code == 0:
			return nil, fmt.Errorf("%w: %s (number %d of those named) is %s, not live", ErrUndecidable, Who{Ref: refs[i]}, i+1, l.State)
		}
	}
	return found, nil
}

// codeOf finds the active code that is meant.
func (o *operation) codeOf(w Who) (CodeRow, error) {
	if w.Code != 0 {
		return o.active(w.Code)
	}
	found, err := o.locate(w.Ref)
	if err != nil {
		return CodeRow{}, err
	}
	return o.active(found[0].Code)
}

// members gives the live records of a code.
func (o *operation) members(code customer.Code) ([]customer.RecordID, error) {
	ids, err := o.base.RecordsOf(o.ctx, []customer.Code{code})
	if len(ids) > maxDecided {
		return nil, fmt.Errorf("%w: code %s has more than %d records; name single records", ErrUndecidable, code, maxDecided)
	}
	return ids, err
}

// side gives the record, or all records of the code, that is meant.
func (o *operation) side(w Who) ([]customer.RecordID, customer.Kind, error) {
	if w.Code == 0 {
		found, err := o.locate(w.Ref)
		if err != nil {
			return nil, "", err
		}
		return []customer.RecordID{found[0].ID}, found[0].Kind, nil
	}
	row, err := o.active(w.Code)
	if err != nil {
		return nil, "", err
	}
	ids, err := o.members(w.Code)
	return ids, row.Kind, err
}

// same and different decide about sets of records, which are evaluated again.
func (o *operation) same(left, right []customer.RecordID) {
	o.decide(customer.Decision{Kind: customer.Same, Left: left, Right: right})
}

func (o *operation) different(left, right []customer.RecordID) {
	if len(left) > 0 && len(right) > 0 {
		o.decide(customer.Decision{Kind: customer.Different, Left: left, Right: right})
	}
}

// decide makes a decision; its records stand in their order, as they are read back.
func (o *operation) decide(d customer.Decision) {
	d.Left, d.Right = slices.Sorted(slices.Values(d.Left)), slices.Sorted(slices.Values(d.Right))
	d.ID = -int64(len(o.judged.Decisions)) - 1
	if d.Operation == 0 {
		d.Operation = o.number
	}
	o.judged.Decisions = append(o.judged.Decisions, d)
	o.touch(&d)
}

// touch has what a decision is about evaluated again, from each of its records: any one may be deleted since,
// and lead to nobody.
func (o *operation) touch(d *customer.Decision) {
	o.touched = append(append(o.touched, d.Left...), d.Right...)
}

// revoke takes a decision back.
func (o *operation) revoke(d *customer.Decision) {
	if !slices.Contains(o.judged.Revoked.Decisions, d.ID) {
		o.judged.Revoked.Decisions = append(o.judged.Revoked.Decisions, d.ID)
		o.touch(d)
	}
}

// rebuild has the golden record of an active code built again.
func (o *operation) rebuild(code customer.Code) error {
	row, err := o.code(code)
	if err != nil || row.State != customer.CodeActive {
		return err
	}
	o.judgedCodes[code] = true
	ids, err := o.base.RecordsOf(o.ctx, []customer.Code{code})
	if len(ids) > 0 {
		o.touched = append(o.touched, ids[0])
	}
	return err
}

// consistent refuses decisions that contradict active ones, or name more than can be kept.
func (o *operation) consistent() error {
	var named []customer.RecordID
	for _, d := range o.judged.Decisions {
		named = append(append(named, d.Left...), d.Right...)
	}
	switch {
	case len(o.order.Reason) > maxReason || len(o.order.Request) > maxReason || len(o.order.Actor) > maxReason:
		return fmt.Errorf("%w: reason, request and actor have at most %d bytes each", ErrUndecidable, maxReason)
	case len(named) > 2*maxDecided:
		return fmt.Errorf("%w: more than %d records are named; name single records", ErrUndecidable, 2*maxDecided)
	}
	active, err := entangled(o.ctx, o.base, named)
	if err != nil {
		return err
	}
	active = slices.DeleteFunc(active, func(d customer.Decision) bool { return slices.Contains(o.judged.Revoked.Decisions, d.ID) })
	return contradiction(o.judged.Decisions, active)
}
