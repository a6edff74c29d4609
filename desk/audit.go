package desk

import (
	"context"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
)

// Auditor hears who looked at whom. An error of it keeps the answer back: what cannot be audited is
// not shown. One that wraps ErrLimit says that the subject has asked as often as it may; a [Limited]
// tells until when.
type Auditor interface {
	// Viewed says that the subject was shown customers, by what it asked for.
	Viewed(ctx context.Context, who *access.Subject, act access.Act, codes []customer.Code) error
	// Revealed says that the subject asked for the whole value of a masked attribute, and why.
	Revealed(ctx context.Context, who *access.Subject, code customer.Code, attribute, reason string) error
	// Changed says that the subject changes the rules, and why.
	Changed(ctx context.Context, who *access.Subject, act access.Act, reason string) error
	// Searches says that the subject is about to search.
	Searches(ctx context.Context, who *access.Subject) error
}

// Limited is an ErrLimit that passes by itself.
type Limited struct{ Wait time.Duration }

// Error implements error.
func (*Limited) Error() string { return ErrLimit.Error() }

// Unwrap makes it an ErrLimit.
func (*Limited) Unwrap() error { return ErrLimit }

// Viewed lets the auditor hear that the subject of the context was shown customers; the desk's own
// methods do so themselves.
func (d *Desk) Viewed(ctx context.Context, act access.Act, codes ...customer.Code) error {
	if d.options.Audit == nil {
		return nil
	}
	return d.options.Audit.Viewed(ctx, access.From(ctx), act, codes)
}

// shown is what d was asked for, if it may be shown after the auditor has heard of it.
func shown[T any](ctx context.Context, d *Desk, what *T, err error, act access.Act, codes func(*T) []customer.Code) (*T, error) {
	if err != nil {
		return nil, err
	}
	if err := d.Viewed(ctx, act, codes(what)...); err != nil {
		return nil, err
	}
	return what, nil
}

func only(code customer.Code) []customer.Code { return []customer.Code{code} }
