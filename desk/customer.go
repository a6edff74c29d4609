package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// Bounds of what one customer shows; the rest is paged.
const (
	shownMembers = 200
	shownHistory = 20
)

// CustomerOptions say what of a customer is asked for.
type CustomerOptions struct {
	AsOf    time.Time // as the hub knew it then; zero for now
	Records int       // how many source records to show with their values; the others by Records
}

// Customer is a customer with everything that hangs on the code.
type Customer struct {
	Asked string             `json:"asked"`
	Code  customer.Code      `json:"code"`
	State customer.CodeState `json:"state"`
	// LeadsTo is the way from a retired code to the present one, which Golden is of.
	LeadsTo   []customer.Code    `json:"leads_to,omitempty"`
	Golden    *customer.Document `json:"golden,omitempty"`
	Members   []Member           `json:"members"`
	Relations []Relation         `json:"relations,omitempty"`
	Decisions []Decision         `json:"decisions,omitempty"`
	History   []store.Happening  `json:"history"`
	AsOf      *AsOf              `json:"as_of,omitempty"`

	Records []SourceRecord `json:"records,omitempty"`
	Next    int64          `json:"next,omitempty"` // what to ask Records after; 0: that was all
	Pins    []Pin          `json:"pins,omitempty"`
	Tasks   []TaskHead     `json:"tasks,omitempty"` // open questions about the customer
	ETag    string         `json:"etag,omitempty"`
	// Masked are the attributes whose values are shown by a hint.
	Masked []string `json:"masked,omitempty"`
}

// Present is the code that the customer has now.
func (c *Customer) Present() customer.Code {
	if len(c.LeadsTo) > 0 {
		return c.LeadsTo[len(c.LeadsTo)-1]
	}
	return c.Code
}

// Member is a source record of a customer.
type Member struct {
	Source   customer.Source   `json:"source"`
	Key      string            `json:"key"`
	Record   customer.RecordID `json:"record"`
	Revision int               `json:"revision"`
	Waiting  bool              `json:"waiting,omitempty"` // a newer revision is not resolved yet
}

// Relation is a relation with the code that its target has now.
type Relation struct {
	customer.Relation
	Code customer.Code `json:"code,omitzero"`
	Open bool          `json:"open,omitempty"` // the target is not known to the hub
}

// Decision is what a person decided about records.
type Decision struct {
	ID        int64                 `json:"id"`
	Kind      customer.DecisionKind `json:"kind"`
	Left      []customer.RecordID   `json:"left"`
	Right     []customer.RecordID   `json:"right"`
	Operation int64                 `json:"operation,omitempty"` // that made it
}

// Pin is a golden value that a person fixed.
type Pin struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value,omitempty"` // "" with Not: none of the attribute
	Kind      string `json:"kind,omitempty"`
	Not       bool   `json:"not,omitempty"` // the value must not be shown
	Operation int64  `json:"operation"`
}

// TaskHead names an open question.
type TaskHead struct {
	ID    int64             `json:"id"`
	Kind  customer.TaskKind `json:"kind"`
	Code  customer.Code     `json:"code,omitzero"`
	Other customer.Code     `json:"other,omitzero"`
}

// AsOf is what a customer says about the time that it was asked for.
type AsOf struct {
	At     time.Time `json:"at"`
	Exact  bool      `json:"exact"`            // it is to the byte what was published then
	Erased int       `json:"erased,omitempty"` // records of then whose content is gone since
}

// Customer shows a customer: the golden record, the source records behind it, what people decided,
// what is asked, and what happened to the code. A retired code shows the customer that it leads to.
func (d *Desk) Customer(ctx context.Context, who resolve.Who, o CustomerOptions) (*Customer, error) {
	c := &Customer{Asked: asked(who), Members: []Member{}}
	err := d.look(ctx, access.ReadCustomer, func(s *sight) error {
		if !o.AsOf.IsZero() {
			return c.readAsOf(s, who, o.AsOf)
		}
		return c.read(s, who, o)
	})
	return shown(ctx, d, c, err, access.ReadCustomer, func(c *Customer) []customer.Code { return only(c.Present()) })
}

func asked(w resolve.Who) string {
	if w.Code != 0 {
		return w.Code.String()
	}
	return w.Ref.String()
}

func (c *Customer) read(s *sight, who resolve.Who, o CustomerOptions) (err error) {
	if c.Code, err = s.code(who); err != nil {
		return err
	}
	first, err := s.tx.CodeAt(s.ctx, c.Code)
	if err != nil {
		return err
	}
	c.State = first.State
	present, err := s.follow(c.Code, func(code customer.Code) { c.LeadsTo = append(c.LeadsTo, code) })
	if err != nil {
		return err
	}
	for _, step := range []func(*sight, *customer.CodeRow) error{c.readGolden, c.readMembers, c.readRelations, c.readAsked} {
		if err := step(s, &present); err != nil {
			return err
		}
	}
	if o.Records > 0 {
		if c.Records, c.Next, err = s.records(present.Code, 0, o.Records); err != nil {
			return err
		}
	}
	c.History, err = s.tx.Happenings(s.ctx, c.Code, shownHistory)
	s.conceal(c.History)
	return err
}

func (c *Customer) readGolden(s *sight, row *customer.CodeRow) error {
	documents, err := s.tx.Documents(s.ctx, []customer.Code{row.Code})
	if d := documents[row.Code]; d != nil && d.State == customer.CodeActive {
		if d = s.view.Apply(s.portrait(), d); d == nil {
			return fmt.Errorf("code %s: %w", row.Code, ErrUnknown)
		}
		d.Members = nil // all of them stand in members
		c.Golden = d
	}
	c.ETag, c.Masked = s.etag(row), s.masked(row.Kind)
	return err
}

// masked lists the attributes of a kind that the subject sees by a hint.
func (s *sight) masked(kind customer.Kind) (out []string) {
	for _, a := range s.portrait().Of(kind) {
		if s.view.Of(kind, a.Name) == access.Hint {
			out = append(out, a.Name)
		}
	}
	return out
}

// etag names what the subject sees of a version: what another view shows has another name.
func (s *sight) etag(row *customer.CodeRow) string {
	sum := sha256.Sum256(fmt.Append(nil, s.view))
	return fmt.Sprintf("%s.%d.%s", row.Code, row.Version, hex.EncodeToString(sum[:4]))
}

func (c *Customer) readMembers(s *sight, row *customer.CodeRow) error {
	rows, err := s.tx.MembersOf(s.ctx, row.Code, shownMembers)
	if err != nil {
		return err
	}
	var ids []customer.RecordID
	for _, m := range rows {
		ids = append(ids, m.ID)
		if s.view.Shows(access.Members) {
			c.Members = append(c.Members, Member{m.Ref.Source, m.Ref.Key, m.ID, m.Revision, m.Waiting})
		}
	}
	decisions, err := s.tx.Decisions(s.ctx, ids)
	for _, d := range decisions {
		c.Decisions = append(c.Decisions, decision(d))
	}
	return err
}

func decision(d customer.Decision) Decision {
	return Decision{d.ID, d.Kind, d.Left, d.Right, d.Operation}
}

func (c *Customer) readRelations(s *sight, _ *customer.CodeRow) error {
	if c.Golden == nil {
		return nil
	}
	var refs []customer.Ref
	for _, x := range c.Golden.Relations {
		refs = append(refs, x.Target)
	}
	codes, err := s.tx.CodesOf(s.ctx, refs)
	if err != nil {
		return err
	}
	var list []customer.Code
	for _, code := range codes {
		list = append(list, code)
	}
	seen, err := s.visible(list)
	for _, x := range c.Golden.Relations {
		code := codes[x.Target]
		if !seen[code] {
			code = 0
		}
		c.Relations = append(c.Relations, Relation{x, code, code == 0})
	}
	return err
}

// readAsked adds the pins and the open questions.
func (c *Customer) readAsked(s *sight, row *customer.CodeRow) error {
	for _, p := range row.Pins {
		if shown, _ := s.shows(row.Kind, p.Attribute); shown {
			c.Pins = append(c.Pins, Pin{p.Attribute, s.view.Text(s.portrait(), row.Kind, p.Attribute, p.Value.Standard), p.Value.Kind, p.Value.Verdict == customer.Empty, p.Operation})
		}
	}
	if !s.may(access.ReadTasks) {
		return nil
	}
	tasks, err := s.tx.Tasks(s.ctx, store.TaskFilter{Code: row.Code}, shownHistory)
	for i := range tasks {
		t := &tasks[i]
		c.Tasks = append(c.Tasks, TaskHead{t.ID, t.Kind, t.Code, t.Other})
	}
	return err
}
