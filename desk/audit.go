package desk

import (
	"context"

	"kartoteka/access"
	"kartoteka/customer"
)

// Auditor hears who looked at whom. An error of it keeps the answer back: what cannot be audited is
// not shown.
type Auditor interface {
	// Viewed says that the subject saw a customer.
	Viewed(ctx context.Context, who *access.Subject, code customer.Code) error
	// Revealed says that the subject asked for the whole value of a masked attribute, and why. An
	// error that wraps ErrLimit says that its budget is used up.
	Revealed(ctx context.Context, who *access.Subject, code customer.Code, attribute, reason string) error
}

func (d *Desk) viewed(ctx context.Context, codes ...customer.Code) error {
	if d.options.Audit == nil {
		return nil
	}
	for _, code := range codes {
		if err := d.options.Audit.Viewed(ctx, access.From(ctx), code); err != nil {
			return err
		}
	}
	return nil
}
