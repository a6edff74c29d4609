package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// asOf is what a shown customer says about the time that it was asked for.
type asOf struct {
	At     time.Time `json:"at"`
	Exact  bool      `json:"exact"`            // it is to the byte what was published then
	Erased int       `json:"erased,omitempty"` // records of then whose content is gone since
}

// readAsOf fills the result with what the hub knew at a time.
func (r *showResult) readAsOf(ctx context.Context, h *hub, tx *store.Tx, who *reference, at time.Time) (err error) {
	if err := h.loaded(); err != nil {
		return err
	}
	r.Code, r.AsOf = who.code, &asOf{At: at}
	if r.Code == 0 {
		if r.Code, err = tx.CodeOfRecordAt(ctx, who.ref, at); err != nil {
			return fmt.Errorf("%w; it belonged to no customer then", err)
		}
	}
	past, err := r.followAsOf(ctx, tx, at)
	if err != nil {
		return err
	}
	recalled, err := resolve.NewRebuilder(h.rules.rules).Recall(past)
	if err != nil {
		return err
	}
	r.AsOf.Exact, r.AsOf.Erased = recalled.Exact, past.Erased
	r.Members = []memberResult{}
	if past.Active() {
		recalled.Document.Members = nil // all of them stand in members
		r.Golden = recalled.Document
		for i := range past.Members[:min(len(past.Members), shownMembers)] {
			m := &past.Members[i]
			r.Members = append(r.Members, memberResult{m.Ref.Source, m.Ref.Key, m.ID, m.Revision, false})
		}
		if err := r.relationsAsOf(ctx, tx, at); err != nil {
			return err
		}
	}
	r.History, err = tx.HappeningsUntil(ctx, r.Code, at, shownHistory)
	return err
}

// followAsOf goes from the code that was asked for to the one that its customer had then.
func (r *showResult) followAsOf(ctx context.Context, tx *store.Tx, at time.Time) (*customer.Past, error) {
	code, seen := r.Code, map[customer.Code]bool{}
	for {
		version, err := tx.VersionAt(ctx, code, at)
		if err != nil {
			return nil, err
		}
		past, err := tx.Past(ctx, code, version)
		if err != nil {
			return nil, err
		}
		if code == r.Code {
			r.State = stateThen(past)
		} else {
			r.LeadsTo = append(r.LeadsTo, code)
		}
		seen[code] = true
		if past.Active() || past.Change.Successor == 0 || seen[past.Change.Successor] {
			return past, nil
		}
		code = past.Change.Successor
	}
}

func stateThen(p *customer.Past) customer.CodeState {
	switch {
	case p.Active():
		return customer.CodeActive
	case p.Change.Kind == customer.Erased:
		return customer.CodeErased
	}
	return customer.CodeRetired
}

// relationsAsOf resolves relations to the codes that their targets had then.
func (r *showResult) relationsAsOf(ctx context.Context, tx *store.Tx, at time.Time) error {
	for _, x := range r.Golden.Relations {
		code, err := tx.CodeOfRecordAt(ctx, x.Target, at)
		if err != nil && !errors.Is(err, store.ErrUnknown) {
			return err
		}
		r.Relations = append(r.Relations, relationResult{x, code, code == 0})
	}
	return nil
}
