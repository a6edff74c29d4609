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

// The words that cross the border to a base live in customer.
type (
	// Record is a source record as a base keeps it.
	Record = customer.Record
	// Landed is the newest revision of a record that waits to be resolved.
	Landed = customer.Landed
	// Indexed says which node a record is in and what it carries.
	Indexed = customer.Indexed
	// CodeRow is a code as a base keeps it.
	CodeRow = customer.CodeRow
	// Minted is a new code and its serial.
	Minted = customer.Minted
	// Effects is what a turn, or a piece of a bulk run, changes.
	Effects = customer.Effects
	// Operation is one audit row: who did what and why.
	Operation = customer.Operation
	// RecordChange is a source record after the change.
	RecordChange = customer.RecordChange
	// Change is a row of the change log on its way there.
	Change = customer.LoggedChange
	// Move says that a record went from one code to another.
	Move = customer.Move
	// Task is a question for a person.
	Task = customer.Task
)

// record is a source record with the form in which it is compared.
type record struct {
	Record
	item *matching.Item
}

// Records is the part of a base that knows source records.
type Records interface {
	// Records returns those of the ids that are live, in any order, with their resolved revision.
	Records(ctx context.Context, ids []customer.RecordID) ([]Record, error)
	// Members returns the live records of all codes of the components.
	Members(ctx context.Context, components []customer.Code) ([]Record, error)
	// ContentOf returns what the records of each node say.
	ContentOf(ctx context.Context, nodes []int64) (map[int64]*customer.Standard, error)
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
	// Carriers returns the nodes that carry each key, at most limit of each (0: all).
	Carriers(ctx context.Context, keys []uint64, limit int) (map[uint64][]customer.Carrier, error)
	// Nodes is Carriers without their sketches.
	Nodes(ctx context.Context, keys []uint64, limit int) (map[uint64][]int64, error)
	// Standing returns, for each of the nodes, a live record of each code that stands in it: more
	// than one where a person keeps equal records apart.
	Standing(ctx context.Context, nodes []int64) (map[int64][]customer.Standing, error)
	// Signatures returns the distinct signatures of the nodes that carry each shared value, sorted.
	Signatures(ctx context.Context, keys []uint64) (map[uint64][]matching.Signature, error)
	// Unindex takes records out of the nodes that they stand in; nodes left without a record lose
	// their keys, which are those that the rows say. The rows' own nodes do not matter.
	Unindex(ctx context.Context, rows []Indexed) error
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
	// OpenTasks returns the open tasks about any of the codes, nil meaning all of them, and those
	// about a disagreement or a heap that a person answered, which are not asked again.
	OpenTasks(ctx context.Context, codes []customer.Code) ([]Task, error)
	// Write stores the effects in the running transaction.
	Write(ctx context.Context, e *Effects) error
}

// Base is all that a turn needs. Its calls happen in one transaction that holds the lane.
type Base interface {
	Records
	Index
	Codes
}
