package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Seen implements api.Hub for many subjects: what it says of customers is read under the scope of the one who asks.
// That something happened to a code is said to everybody, so that a copy of it can be dropped.
type Seen struct {
	*Store
	Scope func(context.Context) Scope // of who asks
}

// State implements api.Hub.
func (s Seen) State(ctx context.Context, code customer.Code) (customer.CodeNow, error) {
	return stateOf(ctx, s, code)
}

// States implements api.Hub. An active code that is not seen has no document.
func (s Seen) States(ctx context.Context, codes []customer.Code) (out map[customer.Code]customer.CodeNow, err error) {
	if len(codes) == 0 {
		return nil, nil
	}
	scope := s.Scope(ctx)
	if err := s.InScope(ctx, scope, func(tx *Tx) error {
		out, err = states(ctx, tx, codes)
		return err
	}); err != nil || scope.Everyone || len(out) == len(codes) {
		return out, err
	}
	unseen := slices.DeleteFunc(slices.Clone(codes), func(c customer.Code) bool { _, seen := out[c]; return seen })
	heads, err := s.Store.States(ctx, unseen)
	for code, now := range heads {
		now.Document = nil
		out[code] = now
	}
	return out, err
}

// Page implements api.Hub: of the codes that are seen.
func (s Seen) Page(ctx context.Context, after customer.Code, limit int) (out []customer.CodeNow, err error) {
	err = s.InScope(ctx, s.Scope(ctx), func(tx *Tx) error {
		out, err = page(ctx, tx, after, limit)
		return err
	})
	return out, err
}

// Lookup implements api.Hub: a record of somebody who is not seen is unknown.
func (s Seen) Lookup(ctx context.Context, ref customer.Ref) (code customer.Code, err error) {
	err = s.InScope(ctx, s.Scope(ctx), func(tx *Tx) error {
		code, err = lookup(ctx, tx, ref)
		return err
	})
	return code, err
}
