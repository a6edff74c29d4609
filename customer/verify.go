package customer

// Violation is a broken promise of the hub: which one, whom it is about, and what to do. It
// holds no keys and no values.
type Violation struct {
	Invariant string     `json:"invariant"` // I1, I2, ...
	Codes     []Code     `json:"codes,omitempty"`
	Records   []RecordID `json:"records,omitempty"`
	Place     string     `json:"place,omitempty"` // an operation, a run, a source, a task
	What      string     `json:"what"`
	Cure      string     `json:"cure"`
	Mend      Mend       `json:"mend,omitempty"` // how a repair cures it; "" if it cannot
}

// Mend is a way in which a repair cures a violation without a person.
type Mend string

// The ways of mending.
const (
	MendRecords Mend = "records" // who is who is computed again for the records and codes
	MendCode    Mend = "code"    // the code's row is made again and published as a new version
	MendTask    Mend = "task"    // the question is closed
	MendFacts   Mend = "facts"   // what hangs on the records is written again
	MendCursor  Mend = "cursor"  // the source's position goes back to what its runs have landed
)

// Check is what came of looking for violations of one invariant.
type Check struct {
	Invariant  string      `json:"invariant"`
	Checked    int64       `json:"checked"`
	Of         string      `json:"of"`                   // what was counted: active codes, audit rows, ...
	SampledOf  int64       `json:"sampled_of,omitempty"` // of how many those checked are a sample; 0: all were
	Skipped    string      `json:"skipped,omitempty"`
	Violated   int64       `json:"violated"`
	Violations []Violation `json:"violations,omitempty"` // the first [MaxViolations]

	// Each, if not nil, is told of every violation.
	Each func(Violation) `json:"-"`
}

// MaxViolations is how many violations of one invariant are told one by one.
const MaxViolations = 50

// Add counts a violation and keeps it if there is room.
func (c *Check) Add(v Violation) {
	c.Violated++
	v.Invariant = c.Invariant
	if len(c.Violations) < MaxViolations {
		c.Violations = append(c.Violations, v)
	}
	if c.Each != nil {
		c.Each(v)
	}
}

// GoldenSet is an active or retired code with all that its golden record is made of.
type GoldenSet struct {
	CodeRow
	Epoch   int64  // of its version
	History []byte // of its version; nil if there is none
	Members []Record
	Grants  []Grant // that name any of the members
}
