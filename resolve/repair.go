package resolve

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"kartoteka/customer"
	"kartoteka/golden"
)

// Repairable is a base whose damage can be repaired.
type Repairable interface {
	Base
	// Reattach gives records back to the codes that the log of moves names, as far as those are
	// active; others, and records that are not live, belong to none after it. It returns the moves
	// that the log lacks: of records that are not live out of the code where it has them.
	Reattach(ctx context.Context, ids []customer.RecordID) ([]Move, error)
	// Lead lets retired codes lead again where the change log says that they lead.
	Lead(ctx context.Context, codes []customer.Code) error
	// RecordsOf returns the live records of codes, ascending.
	RecordsOf(ctx context.Context, codes []customer.Code) ([]customer.RecordID, error)
}

// Damage is what a repair is about.
type Damage struct {
	Records []customer.RecordID
	Codes   []customer.Code
	Again   []customer.Code // codes whose row is wrong: they get a new version in any case
}

// mending is the part of a damage that the writer must know.
type mending struct{ codes map[customer.Code]bool }

// again reports whether a code gets a new version though its document stays the same.
func (m *mending) again(code customer.Code) bool { return m != nil && m.codes[code] }

// Repair computes again who is who for damaged records and codes, and makes the rows of the codes
// anew; what was wrong is published as a new version. It runs within the transaction of the base,
// which must hold the lane, and leaves an audit row even if nothing else had to be written. The
// log of what happened is never changed.
func Repair(ctx context.Context, rules *Rules, base Repairable, d Damage, op Operation) (Outcome, error) {
	r := &repair{ctx: ctx, rules: rules, base: base, op: op, codes: slices.Concat(d.Codes, d.Again), mending: &mending{map[customer.Code]bool{}}}
	for _, code := range d.Again {
		r.mending.codes[code] = true
	}
	left, err := base.Reattach(ctx, d.Records)
	if err == nil {
		err = base.Write(ctx, &Effects{Operations: []Operation{op}, Moves: left})
	}
	if err == nil {
		err = base.Lead(ctx, r.codes)
	}
	if err == nil {
		err = r.turn(d.Records)
	}
	if err == nil {
		err = r.reissue()
	}
	if err != nil {
		return r.outcome, fmt.Errorf("repair: %w", err)
	}
	return r.outcome, nil
}

type repair struct {
	ctx     context.Context
	rules   *Rules
	base    Repairable
	op      Operation
	codes   []customer.Code
	mending *mending
	outcome Outcome
}

// turn evaluates the records, and those of the codes, again.
func (r *repair) turn(ids []customer.RecordID) error {
	members, err := r.base.RecordsOf(r.ctx, r.codes)
	if err != nil {
		return err
	}
	touched := slices.Concat(ids, members)
	slices.Sort(touched)
	t := newTurn(r.ctx, r.rules, r.base, nil, r.op)
	t.repair = r.mending
	r.outcome, err = t.do(nil, slices.Compact(touched))
	return err
}

// reissue ends codes that are left without a record, and makes the rows of retired ones anew.
func (r *repair) reissue() error {
	rows, err := r.base.Codes(r.ctx, r.codes)
	if err != nil {
		return err
	}
	e := &Effects{Operations: []Operation{r.op}}
	for i := range rows {
		if !slices.Contains(r.codes, rows[i].Code) {
			continue // one that they lead to
		}
		if err := r.retire(e, rows[i]); err != nil {
			return err
		}
	}
	if len(e.Changes) == 0 {
		return nil
	}
	r.outcome.Changes += len(e.Changes)
	return r.base.Write(r.ctx, e)
}

// retire adds the row of a code that is retired, or has to be.
func (r *repair) retire(e *Effects, row CodeRow) error {
	switch row.State {
	case customer.CodeErased:
		return nil
	case customer.CodeActive:
		members, err := r.base.RecordsOf(r.ctx, []customer.Code{row.Code})
		if err != nil || len(members) > 0 {
			return err
		}
		row.Successor = 0
		r.mending.codes[row.Code] = true
	}
	kind := customer.Removed
	if row.Successor != 0 {
		kind = customer.Merged
	}
	document := retiredDocument(row.Code, row.Successor, r.rules.Epoch, row.Version)
	if bytes.Equal(document, row.Document) && !r.mending.again(row.Code) {
		return nil
	}
	row.State, row.Component, row.Version = customer.CodeRetired, 0, row.Version+1
	row.Document = retiredDocument(row.Code, row.Successor, r.rules.Epoch, row.Version)
	e.Codes = append(e.Codes, row)
	e.Changes = append(e.Changes, Change{History: []byte("{}"), Change: customer.Change{
		Code: row.Code, Version: row.Version, Epoch: r.rules.Epoch, Kind: kind, Successor: row.Successor}})
	return nil
}

func retiredDocument(code, successor customer.Code, epoch, version int64) []byte {
	d := customer.Document{Code: code, State: customer.CodeRetired, Epoch: epoch, Version: version, Successor: successor}
	return golden.AppendJSON(nil, &d)
}
