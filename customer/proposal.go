package customer

import "time"

// Proposal is something that a person wants done and that is not done at once.
type Proposal struct {
	ID       int64
	Task     int64 // the question that it answers; 0 for a deed
	Batch    int64 // the first of those that were made at once; 0 for one alone
	State    ProposalState
	Author   string // as in the audit
	Person   string // who answers for the author: four eyes are two persons
	Subject  string // who asked, with their roles of then, as JSON
	Intent   string // what is to be done, as JSON; it may hold values
	Request  string // "" or an id of the caller's
	Given    time.Time
	Due      *time.Time // of what is held
	Reviewer string     // the person who approved or refused
	Settled  *time.Time
	// Operation carried it out.
	Operation int64
	Reason    string // why it was refused or failed
}

// ProposalState is how far a proposal has come.
type ProposalState string

// The states.
const (
	ProposalHeld     ProposalState = "held"     // it can be undone until it is carried out, in some seconds
	ProposalAwaiting ProposalState = "awaiting" // another person has to approve it
	ProposalSecond   ProposalState = "second"   // another person is asked the same question, without being told of it
	ProposalDone     ProposalState = "done"
	ProposalUndone   ProposalState = "undone" // by its author
	ProposalRefused  ProposalState = "refused"
	ProposalFailed   ProposalState = "failed"   // it could not be carried out any more
	ProposalAgreed   ProposalState = "agreed"   // the second opinion was the same, and was carried out
	ProposalDisputed ProposalState = "disputed" // the second opinion was another one
)

// Open reports whether something is still to become of it.
func (s ProposalState) Open() bool {
	return s == ProposalHeld || s == ProposalAwaiting || s == ProposalSecond
}

// Note is what a person said about a question.
type Note struct {
	ID     int64     `json:"id"`
	Author string    `json:"author"`
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
}
