package steward

import (
	"context"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
)

// Desk is what the pages ask for and have done. Every answer is already what the subject of the
// context may see.
type Desk interface {
	Portrait() *customer.Portrait
	Questions
	Customers
	// Operate carries out, or shows, what a person wants done.
	Operate(ctx context.Context, o desk.Order) (*desk.Operated, error)
}

// Questions are those that a person settles.
type Questions interface {
	Queue(ctx context.Context, f desk.TaskFilter, cursor string) (*desk.Queue, error)
	Task(ctx context.Context, id int64) (*desk.Task, error)
	Next(ctx context.Context, f desk.TaskFilter) (*desk.Task, error)
	Claim(ctx context.Context, id int64, lease time.Duration) (*desk.Claim, error)
	Release(ctx context.Context, id int64) error
	Skip(ctx context.Context, id int64, reason string, until time.Time) error
	Answer(ctx context.Context, id int64, v desk.Verdict) (*desk.Answered, error)
}

// Customers are found, shown and explained.
type Customers interface {
	Customer(ctx context.Context, who resolve.Who, o desk.CustomerOptions) (*desk.Customer, error)
	Records(ctx context.Context, code customer.Code, after customer.RecordID, limit int) ([]desk.SourceRecord, int64, error)
	Search(ctx context.Context, q desk.Question) ([]desk.Found, error)
	How(ctx context.Context, who resolve.Who) (*desk.How, error)
	History(ctx context.Context, who resolve.Who, o desk.HistoryOptions) (*desk.History, error)
}

// Revealer shows masked values whole, one at a time.
type Revealer interface {
	Reveal(ctx context.Context, who resolve.Who, attribute, reason string) (*desk.Revealed, error)
}

// Whole gives a delivered column however long it is.
type Whole interface {
	Cell(ctx context.Context, code customer.Code, record customer.RecordID, place int) (desk.Cell, error)
}

// Proposals are answers and operations that wait: to be undone, or for another person.
type Proposals interface {
	Undo(ctx context.Context, id int64) (*desk.Operated, error)
	Approve(ctx context.Context, id int64, yes bool, reason string) (*desk.Operated, error)
	Pendings(ctx context.Context, f desk.PendingFilter, cursor string) (*desk.PendingPage, error)
	Proposed(ctx context.Context, id int64) (*desk.Operated, error)
	Comment(ctx context.Context, task int64, text string) error
}

// Loads are what was read from the sources, and what could not be.
type Loads interface {
	Sources(ctx context.Context) ([]desk.Source, error)
	Source(ctx context.Context, name customer.Source) (*desk.Source, error)
	Run(ctx context.Context, id int64) (*desk.Reading, error)
	Understood(ctx context.Context, s *desk.Source) ([]desk.ReadColumn, error)
	Runs(ctx context.Context, source customer.Source, cursor string, limit int) (*desk.Runs, error)
	Rejects(ctx context.Context, f desk.RejectFilter, cursor string) (*desk.Rejects, error)
	Reject(ctx context.Context, id int64, reason string) (*desk.Reject, error)
	Replay(ctx context.Context, id int64, columns []desk.Cell) (*desk.Received, error)
}

// Counter counts the hub.
type Counter interface {
	Statistics(ctx context.Context) (*desk.Statistics, error)
	// Glance is Statistics for who does not wait.
	Glance(ctx context.Context) (*desk.Statistics, error)
}

// Bulker answers many questions at once, and takes that back in one step.
type Bulker interface {
	Bulk(ctx context.Context, o desk.BulkOrder) (*desk.BulkDone, error)
	UndoBulk(ctx context.Context, batch int64) (*desk.BulkDone, error)
	ApproveBulk(ctx context.Context, batch int64, yes bool, reason string) (*desk.BulkDone, error)
}

// Rulekeeper tells the rules in force, and has changes of them planned and applied.
type Rulekeeper interface {
	Settings(ctx context.Context) (*desk.Settings, error)
	Plan(ctx context.Context, id int64) (*desk.ShownPlan, error)
	AskPlan(ctx context.Context, w desk.PlanWish) (*desk.ShownPlan, error)
	ApprovePlan(ctx context.Context, id int64, c desk.PlanConsent) (*desk.ShownPlan, error)
	DropPlan(ctx context.Context, id int64) (*desk.ShownPlan, error)
}
