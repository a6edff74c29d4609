package customer

// Located is where a source record stands now.
type Located struct {
	Ref   Ref
	ID    RecordID // 0: the source never delivered it
	Kind  Kind
	State RecordState
	Code  Code
}

// Operated is an operation as it is in the audit, with what it changed.
type Operated struct {
	Operation int64
	Kind      string
	Actor     string
	Reason    string
	At        Instant
	Changes   []Change // in the order of positions
}

// InForce is what of an operation's decisions still stands.
type InForce struct {
	Decisions []Decision
	Pins      []Pin
	Keepers   []Keeper
}

// Keeper is a code that a person chose to survive joins, by an operation.
type Keeper struct {
	Code      Code
	Operation int64
}
