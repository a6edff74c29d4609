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
}

// Check is what came of looking for violations of one invariant.
type Check struct {
	Invariant  string      `json:"invariant"`
	Checked    int64       `json:"checked"`
	Of         string      `json:"of"` // what was counted: active codes, audit rows, ...
	Skipped    string      `json:"skipped,omitempty"`
	Violated   int64       `json:"violated"`
	Violations []Violation `json:"violations,omitempty"` // the first [MaxViolations]
}

// MaxViolations is how many violations of one invariant are told one by one.
const MaxViolations = 50

// Add counts a violation and keeps it if there is room.
func (c *Check) Add(v Violation) {
	c.Violated++
	if len(c.Violations) < MaxViolations {
		v.Invariant = c.Invariant
		c.Violations = append(c.Violations, v)
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
