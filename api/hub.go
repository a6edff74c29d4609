package api

import (
	"context"

	"kartoteka/customer"
)

// Hub is what the API reads.
type Hub interface {
	// Ready returns nil once the hub can answer; the error says what is missing and goes to
	// whoever asks /readyz, so it holds no secrets.
	Ready(ctx context.Context) error
	// Changes returns the change log after a position in order, at most limit rows.
	Changes(ctx context.Context, after int64, limit int) ([]customer.Change, error)
	// Await returns when there may be changes after the position, at the latest when ctx ends.
	Await(ctx context.Context, after int64) error
	// State returns a code as it is committed now; ErrUnknown if the hub never gave it.
	State(ctx context.Context, code customer.Code) (State, error)
	// States returns codes as they are committed now; unknown ones are missing.
	States(ctx context.Context, codes []customer.Code) (map[customer.Code]State, error)
	// Page returns the codes behind one in the order of their numbers, at most limit.
	Page(ctx context.Context, after customer.Code, limit int) ([]State, error)
	// Last is the position of the last committed change, 0 for none.
	Last(ctx context.Context) (int64, error)
	// Lookup returns the active code of a live source record, or ErrUnknown.
	Lookup(ctx context.Context, ref customer.Ref) (customer.Code, error)
}

// State is a code as it is committed now.
type State = customer.CodeNow

// ErrUnknown says that the hub has no such code or record; the caller gets 404.
var ErrUnknown = customer.ErrUnknown
