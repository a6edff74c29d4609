package feed

import (
	"context"
	"time"

	"kartoteka/customer"
)

// Log is the change log and the present state behind it.
type Log interface {
	// Changes returns the rows after a position in the order of positions, at most limit. It
	// does not wait; no rows is the end of the log.
	Changes(ctx context.Context, after int64, limit int) ([]customer.Change, error)
	// ChangesOf returns the rows of one code after a position, at most limit.
	ChangesOf(ctx context.Context, code customer.Code, after int64, limit int) ([]customer.Change, error)
	// Last is the position of the last committed change, 0 for none.
	Last(ctx context.Context) (int64, error)
	// States returns the codes as they are committed now, all from one snapshot; a code that
	// the hub does not know is missing.
	States(ctx context.Context, codes []customer.Code) (map[customer.Code]State, error)
	// Records returns source records and where they belong now.
	Records(ctx context.Context, ids []customer.RecordID) (map[customer.RecordID]Record, error)
}

// State is a code as it is committed now.
type State = customer.CodeNow

// Record is a source record and where it belongs now.
type Record = customer.RecordNow

// Lease is a role held for a while.
type Lease = customer.Lease

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
	// Reach stores, before it is done, up to where the holder is going to send; a lower position
	// than the stored one changes nothing. Who finds the lease unclean sends all of that again.
	Reach(ctx context.Context, l Lease, position int64) error
	// Release gives the role back. Clean says that nothing was sent behind the position and
	// that nothing sent can still arrive.
	Release(ctx context.Context, l Lease, clean bool) error
}

// Resends are requests to send again what was sent. They outlive processes.
type Resends interface {
	// NextResend returns the oldest open request of a role; false if there is none.
	NextResend(ctx context.Context, role string) (customer.Resend, bool, error)
	// Resent stores how far a request is carried out and removes it when it is done.
	Resent(ctx context.Context, l Lease, r customer.Resend) error
	// Topics compares the topics with those of the last time. What is new or has other settings
	// is asked to be filled up to the lease's position, in the same transaction.
	Topics(ctx context.Context, l Lease, topics []customer.FeedTopic) error
}

// The errors of a lease.
var (
	ErrLeaseHeld = customer.ErrLeaseHeld
	ErrLeaseLost = customer.ErrLeaseLost
)

// Role is the name under which dispatchers hold their lease.
const Role = "feed.kafka"
