package customer

import "time"

// PlanState is how far a change of the ruleset is.
type PlanState string

// The states of a plan.
const (
	PlanAsked    PlanState = "asked"    // what it would do is being computed
	PlanReady    PlanState = "ready"    // to be looked at
	PlanApproved PlanState = "approved" // is being carried out
	PlanApplied  PlanState = "applied"
	PlanFailed   PlanState = "failed"
	PlanDropped  PlanState = "dropped"
)

// PlanRow is a change of the ruleset that somebody wants, from the wish to what came of it.
type PlanRow struct {
	ID       int64      `json:"id"`
	State    PlanState  `json:"state"`
	By       string     `json:"by"`
	Asked    time.Time  `json:"asked"`
	Reason   string     `json:"reason,omitempty"`
	Settings *string    `json:"settings,omitempty"` // laid over the section matching
	Train    bool       `json:"train,omitempty"`
	Name     string     `json:"plan,omitempty"`  // by what it says, from when it is ready
	Stage    string     `json:"stage,omitempty"` // of the work that goes on
	Done     int64      `json:"done,omitempty"`
	Total    int64      `json:"total,omitempty"`
	Approver string     `json:"approver,omitempty"`
	Approved *time.Time `json:"approved,omitempty"`
	Why      string     `json:"why,omitempty"` // as the approver says
	Brake    float64    `json:"brake,omitempty"`
	Fault    string     `json:"fault,omitempty"` // why it failed, as a word
	Detail   string     `json:"detail,omitempty"`
	Finished *time.Time `json:"finished,omitempty"`

	Person   string `json:"-"` // who answers for the author
	Request  string `json:"-"`
	Document string `json:"-"` // the plan
	Result   string `json:"-"` // what carrying it out did
}
