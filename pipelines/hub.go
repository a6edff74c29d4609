package pipelines

import (
	"context"
	"iter"

	"kartoteka/customer"
	"kartoteka/resolve"
)

// Hub is where loads put their rows.
type Hub interface {
	// InTx runs f in a transaction; InLane in one that holds the lane; InLongLane in one that
	// may hold it for minutes.
	InTx(ctx context.Context, f func(Tx) error) error
	InLane(ctx context.Context, f func(Tx) error) error
	InLongLane(ctx context.Context, f func(Tx) error) error
}

// Tx is one transaction of a hub.
type Tx interface {
	Landing
	Bulk
	resolve.Maintainable
	resolve.BulkBase
	// WaitingAfter returns landed revisions that are not resolved yet, by record, from the one after one on.
	WaitingAfter(ctx context.Context, after customer.RecordID, limit int) ([]resolve.Landed, error)
	// StillWaiting returns those that nobody resolved or replaced meanwhile, with their present nodes and codes.
	StillWaiting(ctx context.Context, landed []resolve.Landed) ([]resolve.Landed, error)
	// AllDecisions returns every active decision.
	AllDecisions(ctx context.Context) ([]customer.Decision, error)
	// Population shows all records that are live, or will be, for a bulk run; gone are those that
	// leave. Another tells that a revision is about somebody else than the one before.
	Population(ctx context.Context, another func(before, after *customer.Standard) bool,
		show func(rec customer.Record, standard []byte, waiting bool)) (gone []customer.Record, err error)
	// Report counts what the hub holds.
	Report(ctx context.Context) (*customer.Report, error)
}

// Landing is the part of a transaction that keeps what was read.
type Landing interface {
	BeginRun(ctx context.Context, source customer.Source, sensitive bool, input string) (*customer.Run, error)
	Land(ctx context.Context, r *customer.Run, rows []customer.Incoming, seen bool) (accepted, unchanged int64, err error)
	SaveRejects(ctx context.Context, r *customer.Run, rejects []customer.Reject) error
	SaveCounts(ctx context.Context, r *customer.Run, c customer.Counts) error
	SaveCursor(ctx context.Context, r *customer.Run, cursor string) error
	SaveMapping(ctx context.Context, r *customer.Run, mapping []byte) error
	// SaveStory remembers who had the source read, and how it was understood; an empty story stays as it is.
	SaveStory(ctx context.Context, r *customer.Run, actor string, story []byte) error
	EndRun(ctx context.Context, r *customer.Run, state string) error
	// Absent counts the source's records, and those that the run did not see.
	Absent(ctx context.Context, r *customer.Run) (all, absent int64, err error)
	// DeleteAbsent lands the deletion of the records that the run did not see.
	DeleteAbsent(ctx context.Context, r *customer.Run) (int64, error)
	// LiveRecords counts what a base holds.
	LiveRecords(ctx context.Context) (int64, error)
}

// Bulk is the part of a transaction that fills an empty base.
type Bulk interface {
	Empty(ctx context.Context) (bool, error)
	BeginBulk(ctx context.Context, rows func(customer.RecordID) customer.NewRecord) error
	CopyBodies(ctx context.Context, bodies iter.Seq[customer.Body]) error
	TakeRecordIDs(ctx context.Context, n int) (customer.RecordID, error)
	// FinishBulk builds the indexes; ids from next on are free again.
	FinishBulk(ctx context.Context, next customer.RecordID) error
	FixRuleset(ctx context.Context, r customer.Ruleset) error
}
