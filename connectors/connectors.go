// Package connectors is what a source must promise.
//
// Each system has a folder of its own; the suite in connectortest is the definition of a
// connector, and sniff finds out which of them reads a dropped file.
package connectors

import (
	"context"
	"errors"

	"kartoteka/customer"
)

// Cursor is a place in a source, in the connector's own words; "" is the beginning.
type Cursor string

// Batch is a piece of a source in source order. Rows stay valid after the next Read. A batch may
// hold rejects and filtered counts only.
type Batch struct {
	Rows     []customer.Row
	Rejects  []customer.Reject             // rows that could not be read; Source is left to the caller
	Filtered map[customer.FilterReason]int // rows that are no customers at all
	// Cursor is the place after this batch, to be kept in the transaction that keeps the batch.
	// "" means that the source was read whole and a later run starts over.
	Cursor Cursor
}

// Connector reads customers from one source system.
//
// The hub calls Open once, Read until it returns [io.EOF], then Close, all from one
// goroutine. It commits a batch and its cursor in one transaction, so after a
// crash the same records may be read again but none is ever skipped.
type Connector interface {
	// Open starts reading after the given cursor; the zero Cursor is the beginning. A cursor
	// that no longer fits its source (the file is another one by now) is the beginning too.
	// It checks credentials, so a wrong password is reported here, not at the first Read.
	Open(ctx context.Context, after Cursor) error

	// Read returns between 1 and max records (rows and rejects) in source order, waiting for
	// the first if it must. It does not retry: an error that may pass wraps ErrTemporary. After
	// an error other than [io.EOF] nothing that was not returned yet counts as read.
	Read(ctx context.Context, max int) (Batch, error)

	// Close frees what Open took. It is safe to call twice, or without Open.
	Close() error
}

// Noter is a connector that found out something about its input that a person should know.
type Noter interface {
	// Notes returns what is known so far; it is complete once Read has returned [io.EOF].
	Notes() []Note
}

// Note is one thing found out: the charset, the separator, the header's row, a sheet that was skipped.
type Note struct {
	Code string `json:"code"` // stable: text.charset, sheet.hidden, ...
	Text string `json:"text"` // one sentence without personal data
}

// Kind declares a connector once: its config, help, reference page and constructor come from here.
type Kind struct {
	Name    string   // in config: from: NAME
	Summary string   // one sentence
	Example string   // the settings in YAML, as they stand under "with"
	Formats []string // names of sniff.Format that it reads
	// Settings returns a pointer to a struct with the defaults filled in; its fields have
	// yaml and doc tags.
	Settings func() any
	// New takes what Settings returned, filled in. The error names the setting and the cure.
	New func(settings any) (Connector, error)
	// File returns the settings for one dropped file; nil if the kind does not read files.
	File func(path string) any
	// Standard is the mapping that a format with fixed columns brings along, else nil. It names
	// the attributes of the shipped portraits; fields of attributes that a portrait lacks are left out.
	Standard *customer.Mapping
}

var (
	// ErrTemporary says that the source may answer later: the caller waits and opens again at
	// the last cursor.
	ErrTemporary = errors.New("the source does not answer at the moment")
	// ErrInput says that the input is not what it should be: a person must mend it (exit 2).
	ErrInput = errors.New("bad input")
	// ErrSurroundings says that the machine, not the input, is in the way: no permission, no
	// server, wrong credentials (exit 3).
	ErrSurroundings = errors.New("the surroundings do not allow it")
)
