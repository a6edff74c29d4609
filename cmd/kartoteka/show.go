package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"kartoteka/customer"
	"kartoteka/store"
)

type showCommand struct {
	Customer string `arg:"" placeholder:"CODE|SOURCE/KEY" help:"A personal code, with or without hyphens, or a source record."`
	AsOf     string `placeholder:"TIME" help:"As the hub knew it then: 2026-11-22, 2026-11-22 17:05 or 2026-11-22T17:05:00Z; without a zone UTC, a day is its end."`
	Lang     string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the words around the values: en, ru or uk."`
}

func (*showCommand) Help() string {
	return `Shows a customer: the golden record with where each value comes from, the source records behind it,
products, relations and consents, and what happened to the code. A retired code shows the one it leads to.
Exits with 2 if there is no such customer. With --as-of it shows what was known then: the code of then, its
records, its values.

Example:

    $ kartoteka show 4815-1623-4208
    $ kartoteka show crm/1042 --output json
    $ kartoteka show crm/1042 --as-of 2026-11-22`
}

// showResult is a customer with everything that hangs on the code.
type showResult struct {
	Asked     string             `json:"asked"`
	Code      customer.Code      `json:"code"`
	State     customer.CodeState `json:"state"`
	LeadsTo   []customer.Code    `json:"leads_to,omitempty"` // of a retired code: the way to the present one
	Golden    *customer.Document `json:"golden,omitempty"`   // of the present code
	Members   []memberResult     `json:"members"`
	Relations []relationResult   `json:"relations,omitempty"`
	Decisions []decisionResult   `json:"decisions,omitempty"`
	History   []store.Happening  `json:"history"`
	AsOf      *asOf              `json:"as_of,omitempty"`
	record    *store.RecordRow
	portrait  *customer.Portrait
}

type memberResult struct {
	Source   customer.Source   `json:"source"`
	Key      string            `json:"key"`
	Record   customer.RecordID `json:"record"`
	Revision int               `json:"revision"`
	Waiting  bool              `json:"waiting,omitempty"` // a newer revision is not resolved yet
}

// relationResult is a relation with the code that its target has now.
type relationResult struct {
	customer.Relation
	Code customer.Code `json:"code,omitzero"`
	Open bool          `json:"open,omitempty"` // the target is not known to the hub
}

type decisionResult struct {
	ID    int64                 `json:"id"`
	Kind  customer.DecisionKind `json:"kind"`
	Left  []customer.RecordID   `json:"left"`
	Right []customer.RecordID   `json:"right"`
}

const (
	// shownMembers and shownHistory bound what one customer shows.
	shownMembers = 200
	shownHistory = 20
)

func (c *showCommand) run(ctx context.Context, a *app) (output, error) {
	who, err := parseReference(c.Customer)
	if err != nil {
		return output{}, err
	}
	var at time.Time
	if c.AsOf != "" {
		if at, err = parseMoment(c.AsOf, at); err != nil {
			return output{}, err
		}
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		r := &showResult{Asked: c.Customer, portrait: h.conf.Portrait}
		if h.rules != nil {
			r.portrait = h.rules.conf.Portrait
		}
		if err := h.InSnapshot(ctx, func(tx *store.Tx) error {
			if c.AsOf != "" {
				return r.readAsOf(ctx, h, tx, &who, at)
			}
			return r.read(ctx, tx, &who)
		}); err != nil {
			return output{}, err
		}
		summary := map[string]any{"code": r.Code, "state": r.State, "members": len(r.Members)}
		return output{summary: summary, result: r, human: func(w io.Writer) error { return writeShow(w, c.Lang, r) }}, nil
	})
}

// read fills the result from one snapshot.
func (r *showResult) read(ctx context.Context, tx *store.Tx, who *reference) (err error) {
	r.Code = who.code
	if r.record, err = who.record(ctx, tx); err != nil {
		return err
	}
	if r.record != nil {
		switch {
		case r.record.Code == 0 && r.record.State == customer.RecordPending:
			return fmt.Errorf("%s landed and has no code yet: %w; kartoteka load resolves what waits", who, store.ErrUnknown)
		case r.record.Code == 0:
			return fmt.Errorf("%s was deleted at its source: %w", who, store.ErrUnknown)
		}
		r.Code = r.record.Code
	}
	present, err := r.follow(ctx, tx)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, *store.Tx, customer.Code) error{r.readGolden, r.readMembers, r.readRelations} {
		if err := step(ctx, tx, present); err != nil {
			return err
		}
	}
	r.History, err = tx.Happenings(ctx, r.Code, shownHistory)
	return err
}

// follow goes from the code that was asked for to the one that its customer has now.
func (r *showResult) follow(ctx context.Context, tx *store.Tx) (customer.Code, error) {
	row, err := tx.CodeAt(ctx, r.Code)
	if err != nil {
		return 0, err
	}
	r.State = row.State
	seen := map[customer.Code]bool{row.Code: true}
	for row.State == customer.CodeRetired && row.Successor != 0 && !seen[row.Successor] {
		if row, err = tx.CodeAt(ctx, row.Successor); err != nil {
			return 0, err
		}
		seen[row.Code] = true
		r.LeadsTo = append(r.LeadsTo, row.Code)
	}
	return row.Code, nil
}

func (r *showResult) readGolden(ctx context.Context, tx *store.Tx, code customer.Code) error {
	documents, err := tx.Documents(ctx, []customer.Code{code})
	if d := documents[code]; d != nil && d.State == customer.CodeActive {
		d.Members = nil // all of them stand in members
		r.Golden = d
	}
	return err
}

func (r *showResult) readMembers(ctx context.Context, tx *store.Tx, code customer.Code) error {
	rows, err := tx.MembersOf(ctx, code, shownMembers)
	if err != nil {
		return err
	}
	r.Members = []memberResult{}
	var ids []customer.RecordID
	for _, m := range rows {
		ids = append(ids, m.ID)
		r.Members = append(r.Members, memberResult{m.Ref.Source, m.Ref.Key, m.ID, m.Revision, m.Waiting})
	}
	decisions, err := tx.Decisions(ctx, ids)
	for _, d := range decisions {
		r.Decisions = append(r.Decisions, decisionResult{d.ID, d.Kind, d.Left, d.Right})
	}
	return err
}

func (r *showResult) readRelations(ctx context.Context, tx *store.Tx, _ customer.Code) error {
	if r.Golden == nil {
		return nil
	}
	var refs []customer.Ref
	for _, x := range r.Golden.Relations {
		refs = append(refs, x.Target)
	}
	codes, err := tx.CodesOf(ctx, refs)
	for _, x := range r.Golden.Relations {
		code := codes[x.Target]
		r.Relations = append(r.Relations, relationResult{x, code, code == 0})
	}
	return err
}
