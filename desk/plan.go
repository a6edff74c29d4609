package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
)

// ErrPlan says that a plan cannot be carried out as it is; the caller makes another one, or lets it do more.
var ErrPlan = errors.New("the plan is refused")

// Plan is a change of the ruleset with what it would do, as it is saved.
type Plan struct {
	Version  int               `json:"version"`
	ID       string            `json:"id"`
	Made     time.Time         `json:"made"`
	Actor    string            `json:"actor"`
	Reason   string            `json:"reason,omitempty"`
	Before   string            `json:"ruleset_before"`
	After    string            `json:"ruleset_after"`
	Position int64             `json:"position"` // of the change log
	Records  int               `json:"records"`
	Waiting  int64             `json:"records_waiting"` // landed, to be resolved after it
	Codes    int64             `json:"codes"`           // active before it
	Tally    customer.Tally    `json:"changes"`
	Tasks    int               `json:"questions"`
	Agreed   int               `json:"decisions_agreed"` // with the machine, of those decided
	Decided  int               `json:"decisions"`
	Risky    []resolve.Join    `json:"riskiest_joins,omitempty"`
	Parted   []resolve.Parting `json:"splits,omitempty"` // some of them
	Links    []LinkAt          `json:"links,omitempty"`  // the thresholds under it
	Curve    []CurvePoint      `json:"curve,omitempty"`  // expected at other thresholds
	Labeled  []LabeledResult   `json:"labeled,omitempty"`
	Ruleset  customer.Ruleset  `json:"ruleset"`
}

// PlanVersion is the version of the form of plans.
const PlanVersion = 1

// LinkAt is the threshold of a kind of customers, in bits.
type LinkAt struct {
	Kind customer.Kind `json:"kind"`
	Bits float64       `json:"bits"`
}

// CurvePoint is what a threshold is expected to give, over the pairs that are compared, before clustering.
type CurvePoint struct {
	Threshold float64 `json:"threshold"` // bits
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	Wrong     float64 `json:"wrong"`  // pairs that it would link though they are two customers
	Missed    float64 `json:"missed"` // pairs that it would not link though they are one
}

// LabeledResult is how the models before and after do on a labeled file.
type LabeledResult struct {
	Records string           `json:"records"`
	Before  matching.Quality `json:"before"`
	After   matching.Quality `json:"after"`
}

// measurablyWorse is the loss of F1 on a labeled file from which on a plan is worse.
const measurablyWorse = 0.003

// Identify names a plan by what it says.
func (p *Plan) Identify() (string, error) {
	named := *p
	named.ID = ""
	text, err := json.Marshal(&named)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6]), err
}

// Churn is the share of the codes that would no longer be the customers that they are.
func (p *Plan) Churn() float64 { return float64(p.Tally.Churned()) / float64(max(p.Codes, 1)) }

// Worse reports whether the plan loses on a labeled file.
func (p *Plan) Worse() bool {
	for _, l := range p.Labeled {
		if l.After.F1 < l.Before.F1-measurablyWorse {
			return true
		}
	}
	return false
}

// Told is the plan without the ruleset, for showing.
func (p *Plan) Told() *Plan {
	short := *p
	short.Ruleset = customer.Ruleset{Hash: p.Ruleset.Hash}
	return &short
}
