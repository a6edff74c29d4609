package customer

// Record is a source record as a base keeps it.
type Record struct {
	ID       RecordID
	Ref      Ref
	Revision int
	Standard *Standard
	Code     Code  // zero until it has one
	Home     Code  // its first code
	Node     int64 // zero while it is in no node
}

// Landed is the newest revision of a record that waits to be resolved. Revision and Standard are
// the landed ones, the rest is as resolved before.
type Landed struct {
	Record
	Op       Op
	Before   *Standard // of the resolved revision; nil if the record is not live
	Resolved int       // revision; 0: none yet
}

// Standing is a live record that stands for those of its code in one node.
type Standing struct {
	Code   Code
	Record RecordID
}

// CodeRow is a code as a base keeps it.
type CodeRow struct {
	Code      Code
	Kind      Kind
	State     CodeState
	Successor Code
	Component Code  // the smallest active code of its component; zero for codes that are not active
	Serial    int64 // the order in which codes were given
	Version   int64
	Document  []byte // JSON of [Document]
	Keeper    int64  // the operation by which a person chose it to survive joins; 0: none
	Pins      []Pin  // that hang on it, by operation
}

// Minted is a new code and its serial.
type Minted struct {
	Code   Code
	Serial int64
}

// Effects is what a turn, or a piece of a bulk run, changes.
type Effects struct {
	Operations []Operation
	Records    []RecordChange
	Codes      []CodeRow // as they are after it
	Changes    []LoggedChange
	Moves      []Move
	Holds      []Hold
	Tasks      []Task // to open, or, with an ID, to bring up to date
	Closed     []ClosedTask
	Judged     *Judged // by the first operation; nil when no person decided anything
}

// Hold is a change of codes that waits for a person, and the task that asks about it. With an ID it
// is brought up to date, or revoked if its kind is empty; without one it is new. Its operation is the
// first of the effects.
type Hold struct {
	Decision
	Task Task // with an ID if it is open already; none for a hold that is revoked
}

// Operation is one audit row: who did what and why. It holds no values of customers.
type Operation struct {
	Kind   string // resolve, merge, split, unmerge, move, decide, apply, maintain, ...
	Actor  string
	Reason string
	One    bool // it is one act of a person: all that follows from it belongs to it
}

// Judged is what one operation of a person decides; its consequences stand beside it in the effects.
type Judged struct {
	Request   string // the caller's id of the operation, "" for none
	Intent    []byte // tells whether a repeated request asks for the same; holds no values
	Decisions []Decision
	Pins      []Pin
	Keepers   []Code
	Revoked   Revoked
}

// Revoked is what an operation takes back.
type Revoked struct {
	Decisions []int64
	Pins      []int64
	Keepers   []Keeper
}

// RecordChange is a source record after the change.
type RecordChange struct {
	Record
	State    RecordState
	Kind     Kind
	Resolved bool // its revision is newly resolved: its facts replace the former ones
}

// LoggedChange is a row of the change log on its way there; Operation is an index into
// [Effects.Operations].
type LoggedChange struct {
	Change
	Operation int
	History   []byte // JSON: attribute → [record, revision], the values by reference
}

// Move says that a record went from one code to another, or stayed and changed its content; zero
// codes are outside.
type Move struct {
	Record    RecordID
	Revision  int // in force from then on
	From, To  Code
	Operation int
}
