package customer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Source is a system that customers are read from, by the name that the company gave it.
type Source string

// Ref names a source record: a row about a customer, by its source and the source's own key.
type Ref struct {
	Source Source `json:"source"`
	Key    string `json:"key"`
}

// String gives SOURCE/KEY. Keys may be personal, so it is for results that a
// person asked for, never for logs or errors; see [RecordID].
func (r Ref) String() string { return string(r.Source) + "/" + r.Key }

// RecordID is the hub's own running number of a source record incarnation. Unlike
// a key it tells nothing about the person, so errors and logs may show it.
type RecordID int64

// Kind says what sort of customer a record is about; kinds are never compared.
type Kind string

// The kinds of customers. A sole trader is a role of a person.
const (
	Person       Kind = "person"
	Organization Kind = "organization"
)

// Kinds lists every kind, in the order in which files and pages show them.
func Kinds() []Kind { return []Kind{Person, Organization} }

// An is the kind with its article, for sentences: a person, an organization.
func (k Kind) An() string {
	if k == Organization {
		return "an " + string(k)
	}
	return "a " + string(k)
}

// Op is what a source says about one of its records.
type Op string

// The operations of a source. The zero Op counts as Upsert.
const (
	Upsert Op = "upsert"
	Delete Op = "delete"
)

// RecordState is where a source record stands.
type RecordState string

// The states of a record; each landed revision of it that was overtaken is superseded.
const (
	RecordPending RecordState = "pending" // landed, not resolved yet
	RecordLive    RecordState = "live"    // member of exactly one active code
	RecordDeleted RecordState = "deleted" // gone from its source, or its key was given to somebody else
)

// CodeState is where a personal code stands.
type CodeState string

// The states of a code; it is never reused.
const (
	CodeActive  CodeState = "active"
	CodeRetired CodeState = "retired" // leads to its successor
	CodeErased  CodeState = "erased"
)

// ChangeKind is what happened to a code in one version of it.
type ChangeKind string

// The kinds of golden changes, as published.
const (
	Created  ChangeKind = "created"
	Updated  ChangeKind = "updated"
	Merged   ChangeKind = "merged"   // on the survivor and on the retired code, with one operation
	Split    ChangeKind = "split"    // members left this code
	Restored ChangeKind = "restored" // a retired code is active again
	Removed  ChangeKind = "removed"  // the last member was deleted at its source: retired without successor
	Erased   ChangeKind = "erased"
	// Reissued tells the state of a code again after the database was restored: versions of former epochs are void.
	Reissued ChangeKind = "reissued"
	// Withdrawn takes back a code that was given after the state that was restored.
	Withdrawn ChangeKind = "withdrawn"
)

// Date is a calendar date as a source gives it: whole, a year alone, or a year and month.
// The zero Date is no date.
type Date struct {
	Year  int16
	Month int8 // 0 when only the year is known
	Day   int8 // 0 when only year and month are known
}

// IsZero reports whether there is no date at all.
func (d Date) IsZero() bool { return d == Date{} }

// String gives 1999, 1999-05 or 1999-05-03, as much as is known; "" for no date.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it reads what String gives.
func (d *Date) UnmarshalText(b []byte) error {
	*d = Date{}
	if len(b) == 0 {
		return nil
	}
	parts := strings.SplitN(string(b), "-", 3)
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, [...]int{15, 7, 7}[i])
		if err != nil {
			return errors.New("a date is 1999, 1999-05 or 1999-05-03")
		}
		switch i {
		case 0:
			d.Year = int16(n)
		case 1:
			d.Month = int8(n)
		default:
			d.Day = int8(n)
		}
	}
	return nil
}

// Instant is the moment a value was true in its source; the zero value when the data do not say.
// Landing time never stands here.
type Instant = time.Time
