// Package resolve is the one writer: changes of source records and decisions in; members, golden
// versions and the change log out.
//
// Bulk and incremental differ only in who implements its interfaces: [Turn] works on what a
// [Base] looks up (PostgreSQL, or memory), [Whole] on columns in memory. Both end in the same
// steps: matching.Partition, codes that follow clusters by overlap, golden.Build.
package resolve

import (
	"context"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Record is a source record as the base keeps it.
type Record struct {
	ID       customer.RecordID
	Ref      customer.Ref
	Revision int
	Standard *customer.Standard
	Code     customer.Code // zero until it has one
	Home     customer.Code // its first code
	Node     int64         // zero while it is in no node

	item *matching.Item
}

// Landed is the newest revision of a record that waits to be resolved. Revision and Standard are
// the landed ones, the rest is as resolved before.
type Landed struct {
	Record
	Op     customer.Op
	Before *customer.Standard // of the resolved revision; nil if the record is not live
}

// Indexed says which node a record is in and, for a node that may be new, what it carries.
type Indexed struct {
	Record    customer.RecordID
	Node      int64
	Keys      []matching.Key
	Shared    []matching.Shared
	Signature matching.Signature
}

// CodeRow is a code as the base keeps it.
type CodeRow struct {
	Code      customer.Code
	Kind      customer.Kind
	State     customer.CodeState
	Successor customer.Code
	Component customer.Code // the smallest active code of its component; zero for codes that are not active
	Serial    int64         // the order in which codes were given
	Version   int64
	Document  []byte // JSON of customer.Document
}

// Records is the part of a base that knows source records.
type Records interface {
	// Records returns those of the ids that are live, in any order, with their resolved revision.
	Records(ctx context.Context, ids []customer.RecordID) ([]Record, error)
	// Members returns the live records of all codes of the components.
	Members(ctx context.Context, components []customer.Code) ([]Record, error)
	// OfNodes returns live records of the nodes: all, or one of each.
	OfNodes(ctx context.Context, nodes []int64, all bool) ([]Record, error)
	// Decisions returns the active decisions that name any of the records.
	Decisions(ctx context.Context, ids []customer.RecordID) ([]customer.Decision, error)
	// Reincarnate ends the record and gives its landed revision to a new incarnation of the
	// key, whose id it returns.
	Reincarnate(ctx context.Context, id customer.RecordID) (customer.RecordID, error)
}

// Index is the part of a base that finds records by what they carry.
type Index interface {
	// Closed and Generic return those of the keys that are closed, or generic.
	Closed(ctx context.Context, keys []uint64) (map[uint64]bool, error)
	Generic(ctx context.Context, keys []uint64) (map[uint64]bool, error)
	// Nodes returns the nodes that carry each key, at most limit of each (0: all).
	Nodes(ctx context.Context, keys []uint64, limit int) (map[uint64][]int64, error)
	// Signatures returns the distinct signatures of the nodes that carry each shared value, sorted.
	Signatures(ctx context.Context, keys []uint64) (map[uint64][]matching.Signature, error)
	// Unindex takes records out of their nodes; nodes left without a record lose their keys.
	Unindex(ctx context.Context, ids []customer.RecordID) error
	// Index puts records into nodes.
	Index(ctx context.Context, rows []Indexed) error
	// Shut remembers keys as closed and values as generic.
	Shut(ctx context.Context, closed []matching.ClosedKey, generic []matching.GenericValue) error
}

// Codes is the part of a base that knows codes and takes the outcome.
type Codes interface {
	// Codes returns the rows of the codes, and of the codes they lead to.
	Codes(ctx context.Context, codes []customer.Code) ([]CodeRow, error)
	// Mint gives n new codes, in the order of their serials.
	Mint(ctx context.Context, n int) ([]Minted, error)
	// Write stores the effects in the running transaction.
	Write(ctx context.Context, e *Effects) error
}

// Minted is a new code and its serial.
type Minted struct {
	Code   customer.Code
	Serial int64
}

// Base is all that a turn needs. Its calls happen in one transaction that holds the lane.
type Base interface {
	Records
	Index
	Codes
}

// Effects is what a turn, or a piece of a bulk run, changes.
type Effects struct {
	Operations []Operation
	Records    []RecordChange
	Codes      []CodeRow // as they are after it
	Changes    []Change
	Moves      []Move
	Tasks      []Task
}

// Operation is one audit row: who did what and why. It holds no values of customers.
type Operation struct {
	Kind   string // resolve, merge, split, decide, rematch, maintain
	Actor  string
	Reason string
}

// RecordChange is a source record after the change.
type RecordChange struct {
	Record
	State    customer.RecordState
	Kind     customer.Kind
	Resolved bool // its revision is newly resolved: its facts replace the former ones
}

// Change is a row of the change log; Operation is an index into [Effects.Operations].
type Change struct {
	customer.Change
	Operation int
	History   []byte // JSON: attribute → [record, revision], the values by reference
}

// Move says that a record went from one code to another; zero codes are outside.
type Move struct {
	Record    customer.RecordID
	From, To  customer.Code
	Operation int
}

// Task is a question for a person.
type Task struct {
	Kind    string // possible_match, key_reuse, oversized
	Code    customer.Code
	Other   customer.Code
	Records []customer.RecordID
	Weight  matching.Weight // of the evidence in question, hundredths of a bit
}
