package customer

// TaskKind is what a person is asked.
type TaskKind string

// The questions.
const (
	// TaskPossibleMatch: two codes are nearly, but not quite, one customer by their evidence.
	TaskPossibleMatch TaskKind = "possible_match"
	// TaskConflict: two codes would be one by far, but each has a strong identifier of its own.
	TaskConflict TaskKind = "conflict"
	// TaskOverMerge: one code hangs together by a weak link between two groups of records.
	TaskOverMerge TaskKind = "over_merge"
	// TaskHeldJoin: codes turned out to be one customer, and policy wants a person to approve it.
	TaskHeldJoin TaskKind = "held_join"
	// TaskHeldSplit: a code turned out to be several customers, and policy wants a person to approve it.
	TaskHeldSplit TaskKind = "held_split"
	// TaskDisagreement: the evidence is strongly against a decision, which stands.
	TaskDisagreement TaskKind = "disagreement"
	// TaskKeyReuse: a source gave a key to somebody else.
	TaskKeyReuse TaskKind = "key_reuse"
	// TaskOversized: so many records hang together that they cannot be told apart.
	TaskOversized TaskKind = "oversized"
)

// TaskKinds lists all questions.
func TaskKinds() []TaskKind {
	return []TaskKind{TaskPossibleMatch, TaskConflict, TaskOverMerge, TaskHeldJoin, TaskHeldSplit, TaskDisagreement, TaskKeyReuse, TaskOversized}
}

// Task is a question for a person.
type Task struct {
	ID       int64 // zero until it is open
	Kind     TaskKind
	State    TaskState // "" is open
	Code     Code      // active while the task is open
	Other    Code
	Records  []RecordID
	Sides    []int32 // of each record: the customer that it would be of, from 0; nil if there is one side
	Decision int64   // the hold, or the decision in doubt
	Weight   int32   // of the evidence in question, hundredths of a bit
	Loss     float64 // expected, if nobody answers: chance of an error × its cost × records, products and consents at stake
}

// TaskState is how far a question has come.
type TaskState string

// The states.
const (
	TaskOpen     TaskState = "open"
	TaskDone     TaskState = "done"     // a person answered
	TaskObsolete TaskState = "obsolete" // the question has disappeared
)

// ClosedTask is a question that is no longer open.
type ClosedTask struct {
	ID     int64
	State  TaskState
	Reason string // a key, like evidence.gone
}
