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
	Ref    Ref
	Record RecordID // that the key names now; 0: the one that was asked for
	Code   Code     // 0: the key belongs to no code, being deleted at its source or erased
}

// Lease is a role that one of several processes holds for a while, by the database's clock.
type Lease struct {
	Role     string
	Holder   string
	Token    int64 // rises with each new holder
	Position int64 // up to which the role's work is done
	Reach    int64 // up to which a holder may have begun to work; 0 if nobody said
	Clean    bool  // the holder before released it clean, or there was none
}

// Resend asks the publisher to send again what stands behind After up to Upto in the change log.
type Resend struct {
	ID    int64  `json:"id"`
	Topic string `json:"topic,omitempty"` // golden, events, crosswalk, golden.VIEW; "" for all
	Code  Code   `json:"code,omitzero"`   // 0 for every code
	After int64  `json:"after"`           // moves forward while the request is carried out
	Upto  int64  `json:"upto"`
	// Fresh says that the topic was just made: there is nothing in it for a tombstone to remove.
	Fresh bool `json:"fresh,omitempty"`
}

// Done reports whether nothing is left to send.
func (r *Resend) Done() bool { return r.After >= r.Upto }

// FeedTopic is a topic as its publisher finds it.
type FeedTopic struct {
	Prefix   string
	Name     string // golden, events, crosswalk, golden.VIEW, behind the prefix
	Settings string // what its content depends on besides the data
	Created  bool   // it was absent
}

// The errors of a lease; who finds it held waits, who lost it starts again.
var (
	ErrLeaseHeld = errors.New("another process holds the role")
	ErrLeaseLost = errors.New("the role went to another process")
)

// ErrUnknown says that the hub has no such code or record; the caller asks for another one.
var ErrUnknown = errors.New("not known to the hub")
