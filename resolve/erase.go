package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kartoteka/customer"
	"kartoteka/golden"
)

// ErrErased says that a code cannot be erased; its text says what to do instead.
var ErrErased = errors.New("cannot be erased")

// Archive is a base that can forget.
type Archive interface {
	Base
	// ErasureOf tells what an erasure of a code is about.
	ErasureOf(ctx context.Context, code customer.Code) (*customer.Erasure, error)
	// LandErasure lands the deletion of the members.
	LandErasure(ctx context.Context, e *customer.Erasure) ([]Landed, error)
	// Scrub removes all that the sources said about the members, and keeps the hashes of their
	// keys, so that they do not come back.
	Scrub(ctx context.Context, e *customer.Erasure, operation int64, plain func(customer.Source) bool) error
	// LastOperation is the number of the newest audit row.
	LastOperation(ctx context.Context) (int64, error)
}

// Oblivion is the order to erase a customer.
type Oblivion struct {
	Code   customer.Code
	Actor  string
	Reason string
	Plain  func(customer.Source) bool // a source whose keys say nothing about a person
	// Journal keeps the hashes outside the database, for good, before anything is deleted.
	Journal func(code customer.Code, hashes []string) error
}

// Erased is the receipt of an erasure.
type Erased struct {
	*customer.Erasure
	Operation int64
	Repeated  bool // it was erased before
}

// Erase forgets a customer within the transaction of the base, which must hold the lane: the
// records leave as if their sources had deleted them, their values go, and the code answers
// erased from then on.
func Erase(ctx context.Context, rules *Rules, base Archive, o Oblivion) (Erased, error) {
	row, repeated, err := erasable(ctx, base, o.Code)
	if err != nil || repeated {
		return Erased{Erasure: &customer.Erasure{Code: o.Code}, Repeated: repeated}, err
	}
	e, err := base.ErasureOf(ctx, o.Code)
	if err != nil {
		return Erased{}, err
	}
	if err := o.Journal(o.Code, e.Hashes); err != nil {
		return Erased{}, err
	}
	landed, err := base.LandErasure(ctx, e)
	if err != nil {
		return Erased{}, err
	}
	op := Operation{Kind: erasure, Actor: o.Actor, Reason: o.Reason, One: true}
	out := Erased{Erasure: e}
	if err := (&eraser{base, rules, e, row}).turn(ctx, landed, op); err != nil {
		return out, err
	}
	if out.Operation, err = base.LastOperation(ctx); err != nil {
		return out, err
	}
	return out, base.Scrub(ctx, e, out.Operation, o.Plain)
}

// erasable finds an active code, or one that is erased already.
func erasable(ctx context.Context, base Codes, code customer.Code) (row CodeRow, repeated bool, err error) {
	rows, err := base.Codes(ctx, []customer.Code{code})
	if err != nil {
		return row, false, err
	}
	for _, row = range rows {
		if row.Code != code {
			continue
		}
		switch {
		case row.State == customer.CodeErased:
			return row, true, nil
		case row.State == customer.CodeRetired && row.Successor != 0:
			return row, false, fmt.Errorf("%w: %s is retired and leads to %s; erase that one", ErrErased, code, row.Successor)
		}
		return row, false, nil
	}
	return row, false, fmt.Errorf("%w: the hub never gave the code %s", ErrErased, code)
}

// erasure is the kind of its operation.
const erasure = "erase"

// eraser is the base of the turn in which the members go: that their code is erased is written with
// all that follows for others, as one operation.
type eraser struct {
	Archive
	rules *Rules
	e     *customer.Erasure
	row   CodeRow // of the code, as it was
}

func (b *eraser) turn(ctx context.Context, landed []Landed, op Operation) error {
	if len(landed) == 0 { // all members went before
		return b.Write(ctx, &Effects{Operations: []Operation{op}})
	}
	_, err := Turn(ctx, b.rules, b, landed, nil, op)
	return err
}

// Write implements [Base]. The last version of the code says that it is erased, and not, as the turn
// has it, that its last member was deleted at its source.
func (b *eraser) Write(ctx context.Context, e *Effects) error {
	e.Codes = slices.DeleteFunc(e.Codes, func(row CodeRow) bool { return row.Code == b.row.Code })
	e.Changes = slices.DeleteFunc(e.Changes, func(c Change) bool { return c.Code == b.row.Code })
	row := b.row
	row.State, row.Successor, row.Component, row.Version = customer.CodeErased, 0, 0, row.Version+1
	row.Document = golden.AppendJSON(nil, &customer.Document{Code: row.Code, State: row.State, Epoch: b.rules.Epoch, Version: row.Version})
	change := Change{History: []byte("{}"), Change: customer.Change{Code: row.Code, Version: row.Version, Epoch: b.rules.Epoch, Kind: customer.Erased}}
	for _, id := range slices.Concat(b.e.Live, b.e.Former) {
		change.Moved = append(change.Moved, customer.Moved{Record: id, From: row.Code})
	}
	e.Codes, e.Changes = append(e.Codes, row), append(e.Changes, change)
	return b.Archive.Write(ctx, e)
}
