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
	// Lookup returns the active code of a live source record, or ErrUnknown.
	Lookup(ctx context.Context, ref customer.Ref) (customer.Code, error)
}

// State is a code as it is committed now.
type State = customer.CodeNow

// ErrUnknown says that the hub has no such code or record; the caller gets 404.
var ErrUnknown = customer.ErrUnknown
