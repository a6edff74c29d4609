package resolve

import (
	"fmt"

	"kartoteka/customer"
)

// Revoke takes back what a person decided by an operation: decisions, grants, pins, keepers. The
// machine then decides anew.
type Revoke struct{ Operation int64 }

// Kind implements [Action].
func (Revoke) Kind() string { return "revoke" }

func (r Revoke) intent() string { return fmt.Sprint(r.Operation) }

func (r Revoke) plan(o *operation) error {
	if _, err := o.base.Operated(o.ctx, r.Operation); err != nil {
		return err
	}
	empty, err := o.revokeAll(r.Operation)
	if err == nil && empty {
		err = fmt.Errorf("%w: operation %d decided nothing that still stands", ErrNothing, r.Operation)
	}
	return err
}

// revokeAll takes back all that an operation decided and that still stands.
func (o *operation) revokeAll(number int64) (empty bool, err error) {
	s, err := o.base.DecidedBy(o.ctx, number)
	if err != nil {
		return false, err
	}
	for i := range s.Decisions {
		d := &s.Decisions[i]
		if o.revoke(d); d.Kind == customer.Granted {
			if err := o.rebuildOf(d.Left); err != nil {
				return false, err
			}
		}
	}
	for _, p := range s.Pins {
		o.judged.Revoked.Pins = append(o.judged.Revoked.Pins, p.ID)
		if err := o.rebuild(p.Code); err != nil {
			return false, err
		}
	}
	o.judged.Revoked.Keepers = append(o.judged.Revoked.Keepers, s.Keepers...)
	return len(s.Decisions)+len(s.Pins)+len(s.Keepers) == 0, nil
}

// rebuildOf has the golden records built again of the codes that the records have.
func (o *operation) rebuildOf(ids []customer.RecordID) error {
	records, err := o.base.Records(o.ctx, ids)
	if err != nil {
		return err
	}
	for _, code := range codesOf(records) {
		if err := o.rebuild(code); err != nil {
			return err
		}
	}
	return nil
}
