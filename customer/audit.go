package customer

import (
	"fmt"
	"time"
)

// AuditMark is a point of the audit chain: an operation and the hash that its row has, which covers
// all rows up to it.
type AuditMark struct {
	Operation int64
	Hash      []byte
}

// AuditHead is where the hub says that its audit chain ends.
type AuditHead struct {
	AuditMark
	Hub      []byte // identifies the hub, and tells nothing about it
	Epoch    int64
	Position int64 // of the last change
	At       time.Time
}

// Tamper is what was done to the audit chain, as far as can be known.
type Tamper string

// The kinds of tampering.
const (
	TamperAltered   Tamper = "altered"   // a row says something else than it did
	TamperDeleted   Tamper = "deleted"   // rows were taken out
	TamperInserted  Tamper = "inserted"  // rows were put in
	TamperReordered Tamper = "reordered" // rows were moved
	TamperChanges   Tamper = "changes"   // the change log of the operation is not the one that its row covers
	TamperUnclear   Tamper = "unclear"   // the row does not follow from the one before it
	TamperRewritten Tamper = "rewritten" // the chain is whole, and another one than a checkpoint has signed
)

// AuditFault is a row of the audit that is not what it was.
type AuditFault struct {
	Operation int64  `json:"operation"`       // 0: the hub's own row
	Visit     int64  `json:"visit,omitempty"` // not 0: a row of the record of visits instead
	Tamper    Tamper `json:"tamper"`
	What      string `json:"what"`
}

// Place names the row.
func (f *AuditFault) Place() string {
	if f.Visit != 0 {
		return fmt.Sprintf("visit %d", f.Visit)
	}
	if f.Operation == 0 {
		return "hub"
	}
	return fmt.Sprintf("operation %d", f.Operation)
}

// AuditRow is an operation as it is listed: who did what, when and why.
type AuditRow struct {
	Operation int64     `json:"operation"`
	At        time.Time `json:"at"`
	Kind      string    `json:"kind"`
	Actor     string    `json:"actor"`
	Reason    string    `json:"reason,omitempty"`
	Changes   int64     `json:"changes"`         // rows of the change log
	Codes     []Code    `json:"codes,omitempty"` // the first ones
}
