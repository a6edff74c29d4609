package customer

import "time"

// ScheduleOutcome is what came of something that was due.
type ScheduleOutcome string

// The outcomes.
const (
	ScheduleDone    ScheduleOutcome = "done"
	ScheduleFailed  ScheduleOutcome = "failed"
	ScheduleSkipped ScheduleOutcome = "skipped" // nobody was there when it was due
)

// ScheduleRow is where something stands that is due from time to time.
type ScheduleRow struct {
	Name     string // the role under which one process does it
	Spec     string // what Next was computed by
	Next     time.Time
	Retry    time.Time // not before then; zero: at Next
	Running  bool
	Due      time.Time // for which it ran last
	Started  time.Time
	Finished time.Time
	Outcome  ScheduleOutcome // of the last time; "": it was never due
	Attempts int             // for the time that is due now
	Detail   string          // numbers and codes of errors
}
