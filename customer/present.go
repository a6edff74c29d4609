package customer

import "errors"

// CodeNow is a personal code as it is committed now.
type CodeNow struct {
	Code      Code
	State     CodeState
	Epoch     int64
	Version   int64
	Successor Code
	Document  []byte // JSON of an active code's [Document]
}

// RecordNow is where a source record belongs now. A record whose key was given to somebody
// else answers for the key's present record.
type RecordNow struct {
	Ref  Ref
	Code Code // 0: the key belongs to no code, being deleted at its source or erased
}

// Lease is a role that one of several processes holds for a while, by the database's clock.
type Lease struct {
	Role     string
	Holder   string
	Token    int64 // rises with each new holder
	Position int64 // up to which the role's work is done
	Clean    bool  // the holder before released it clean, or there was none
}

// The errors of a lease; who finds it held waits, who lost it starts again.
var (
	ErrLeaseHeld = errors.New("another process holds the role")
	ErrLeaseLost = errors.New("the role went to another process")
)

// ErrUnknown says that the hub has no such code or record; the caller asks for another one.
var ErrUnknown = errors.New("not known to the hub")
