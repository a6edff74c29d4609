package feed

import (
	"context"
	"errors"
	"time"

	"kartoteka/customer"
)

// Log is the change log and the present state behind it.
type Log interface {
	// Changes returns the rows after a position in the order of positions, at most limit. It
	// does not wait; no rows is the end of the log.
	Changes(ctx context.Context, after int64, limit int) ([]customer.Change, error)
	// Last is the position of the last committed change, 0 for none.
	Last(ctx context.Context) (int64, error)
	// States returns the codes as they are committed now, all from one snapshot; a code that
	// the hub does not know is missing.
	States(ctx context.Context, codes []customer.Code) (map[customer.Code]State, error)
	// Records returns source records and where they belong now.
	Records(ctx context.Context, ids []customer.RecordID) (map[customer.RecordID]Record, error)
}

// State is a code as it is committed now.
type State struct {
	Code      customer.Code
	State     customer.CodeState
	Epoch     int64
	Version   int64
	Successor customer.Code
	Document  []byte // JSON of an active code's customer.Document
}

// Record is where a source record belongs now. A record whose key was given to somebody
// else answers for the key's present record.
type Record struct {
	Ref  customer.Ref
	Code customer.Code // 0: the key belongs to no code, being deleted at its source or erased
}

// Leases lets one of several processes do a job. The clock is the database's, and each
// write of the holder is fenced by its token inside the transaction.
type Leases interface {
	// Acquire takes the role until ttl from now, or returns ErrLeaseHeld. The holder itself
	// may take it again.
	Acquire(ctx context.Context, role, holder string, ttl time.Duration) (Lease, error)
	// Renew prolongs the lease to ttl from now, or returns ErrLeaseLost.
	Renew(ctx context.Context, l Lease, ttl time.Duration) error
	// Advance stores that everything up to a position is published; a lower position than the
	// stored one changes nothing. ErrLeaseLost if another one holds the role.
	Advance(ctx context.Context, l Lease, position int64) error
	// Release gives the role back. Clean says that nothing was sent behind the position and
	// that nothing sent can still arrive.
	Release(ctx context.Context, l Lease, clean bool) error
}

// Lease is a role held for a while.
type Lease struct {
	Role     string
	Holder   string
	Token    int64 // rises with each new holder
	Position int64 // up to which everything is published
	Clean    bool  // the holder before released it clean, or there was none
}

// The errors of a lease; the caller of a held one waits, of a lost one starts again.
var (
	ErrLeaseHeld = errors.New("feed: another process holds the role")
	ErrLeaseLost = errors.New("feed: the role went to another process")
)

// Role is the name under which dispatchers hold their lease.
const Role = "feed.kafka"
