package customer

// Member is one source record as it belongs to a code.
type Member struct {
	ID       RecordID
	Ref      Ref
	Revision int // of the record, 1..n
	Standard *Standard
}

// Provenance says where a golden value comes from.
type Provenance struct {
	Record    RecordID
	Source    Source
	Revision  int
	Rule      string // survivorship rule that chose it: trusted, latest, pinned, ...
	Place     int    // among the record's values of the attribute
	Operation int64  // that pinned it; 0: it comes from a record
	Agreement int    // how many members carry the same standard value, itself included
}

// GoldenValue is a value that survived, with its lineage.
type GoldenValue struct {
	Value
	Provenance Provenance
	RunnersUp  []RunnerUp
}

// RunnerUp is a usable value that did not survive, best first; at most five are kept.
type RunnerUp struct {
	Record   RecordID `json:"record"`
	Source   Source   `json:"source"`
	Revision int      `json:"revision"`
	Standard string   `json:"value"`
}

// Golden is the customer as the company should see it: a function of members, pins and ruleset.
type Golden struct {
	Kind      Kind
	Values    []GoldenValue
	Consents  []Consent // derived: refusal wins
	Relations []Relation
	Products  []Product
}

// Pin fixes a golden value by a steward's decision; it hangs on the code it was set on.
type Pin struct {
	ID        int64
	Code      Code
	Attribute string
	Value     Value
	Operation int64
}

// DecisionKind is what a steward decided about records.
type DecisionKind string

// The decisions. Same and Different are about who is who; the others are not asked there.
const (
	Same      DecisionKind = "same"
	Different DecisionKind = "different"
	Confirmed DecisionKind = "confirmed" // a person checked that the records are one customer
	Granted   DecisionKind = "granted"   // a consent given when the records already shared a code
)

// Holds are no decisions of a person, but changes that policy wants a person to approve: until then
// HoldApart acts as Different, HoldTogether as Same. They yield to decisions.
const (
	HoldApart    DecisionKind = "hold_apart"
	HoldTogether DecisionKind = "hold_together"
)

// IsHold reports whether it waits for a person instead of coming from one.
func (k DecisionKind) IsHold() bool { return k == HoldApart || k == HoldTogether }

// Decision is a steward's judgment about sets of record incarnations; it outranks the
// machine until revoked. For Same every record of Left and Right is one customer; for
// Different no record of Left shares a code with one of Right; the others have a Left only.
type Decision struct {
	ID        int64
	Kind      DecisionKind
	Left      []RecordID
	Right     []RecordID
	Operation int64  // that made it
	Grant     *Grant // of Granted
}

// Grant is a consent that the customer gave when the records already shared a code. It overrules
// their earlier refusals for as long as they all do: whose word it was is no longer known once
// they are parted.
type Grant struct {
	Consent            // Given, with the time
	Records []RecordID // that shared the code
	// Revisions are those of the records when it was given: an undated refusal of a later one is later.
	Revisions []int
}

// Change is one row of the change log: thin, values are read when it is sent.
type Change struct {
	Position  int64
	Code      Code
	Version   int64
	Epoch     int64
	Kind      ChangeKind
	Operation int64
	Successor Code     // of a code that was retired by a merge
	Fields    []string // names of changed attributes, never values
	Moved     []Moved  // for merges and splits: which record went where
	At        Instant  // when it was committed, by the database's clock
}

// Moved is a record that went from one code to another.
type Moved struct {
	Record RecordID `json:"record"`
	From   Code     `json:"from,omitzero"`
	To     Code     `json:"to,omitzero"`
}
