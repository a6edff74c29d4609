// Package stewardtest is a desk that lives in memory: pages are tested and looked at with it.
package stewardtest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
)

// Desk answers with what it was given, and remembers what it was told. It is for one test at a time.
type Desk struct {
	Tasks    []*desk.Task
	Cards    map[customer.Code]*desk.Customer
	Found    []desk.Found
	Numbers  desk.Numbers
	Err      error // of every question asked
	AnswerIs error // what an answer is refused with

	Asked    desk.Question // of the last search
	Answers  []desk.Verdict
	Answered []int64
	Orders   []desk.Order
	Skipped  []int64
	Undone   []int64
	Approved []int64
	Wishes   []desk.PlanWish
	Consents []desk.PlanConsent
	Pending  *desk.Pending // of the next answer
	Now      time.Time
	none     bool // there are no sources, runs, rejects and proposals
}

// Portrait implements steward.Desk.
func (d *Desk) Portrait() *customer.Portrait { return Portrait() }

// Portrait is a short portrait of persons.
func Portrait() *customer.Portrait {
	p, err := customer.NewPortrait([]customer.Attribute{
		{Kind: customer.Person, Name: "name", Type: customer.TypePersonName, Holds: customer.One},
		{Kind: customer.Person, Name: "birth_date", Type: customer.TypeDate, Holds: customer.One},
		{Kind: customer.Person, Name: "gender", Type: customer.TypeGender, Holds: customer.One},
		{Kind: customer.Person, Name: "inn", Type: customer.TypeINN, Holds: customer.One},
		{Kind: customer.Person, Name: "passport", Type: customer.TypeRUPassport, Holds: customer.One, Sensitivity: customer.Secret},
		{Kind: customer.Person, Name: "phone", Type: customer.TypePhone, Holds: customer.Many},
		{Kind: customer.Person, Name: "email", Type: customer.TypeEmail, Holds: customer.Many},
		{Kind: customer.Person, Name: "address", Type: customer.TypeAddress, Holds: customer.Many},
		{Kind: customer.Person, Name: "employer", Type: customer.TypeRelation},
	})
	if err != nil {
		panic(err) // of names that are written above
	}
	return p
}

// Queue implements steward.Desk.
func (d *Desk) Queue(_ context.Context, f desk.TaskFilter, cursor string) (*desk.Queue, error) {
	q := &desk.Queue{Rows: []desk.TaskRow{}, Numbers: d.Numbers}
	counts := map[customer.TaskKind]int64{}
	for _, t := range d.Tasks {
		behind := cursor == "" || fmt.Sprint(t.ID) > cursor
		if t.State == customer.TaskOpen {
			counts[t.Kind]++
		}
		if behind && d.fits(&f, t) {
			q.Rows = append(q.Rows, t.TaskRow)
		}
	}
	for _, kind := range customer.TaskKinds() {
		if counts[kind] > 0 {
			q.Kinds = slices.Grow(q.Kinds, 1)[:len(q.Kinds)+1]
			last := &q.Kinds[len(q.Kinds)-1]
			last.Kind, last.Open = kind, counts[kind]
		}
	}
	return q, d.Err
}

func (d *Desk) fits(f *desk.TaskFilter, t *desk.Task) bool {
	state := f.State
	if state == "" {
		state = customer.TaskOpen
	}
	kind := len(f.Kinds) == 0
	for _, k := range f.Kinds {
		kind = kind || k == t.Kind
	}
	return kind && t.State == state && (f.Code == 0 || f.Code == t.Code || f.Code == t.Other) && (!f.Assigned || t.Assigned == "local:anna") && (!f.Mine || t.TaskRow.Claim != nil && t.TaskRow.Claim.Mine)
}

func (d *Desk) find(id int64) (*desk.Task, error) {
	for _, t := range d.Tasks {
		if t.ID == id {
			return t, d.Err
		}
	}
	return nil, desk.ErrUnknown
}

// Task implements steward.Desk.
func (d *Desk) Task(_ context.Context, id int64) (*desk.Task, error) { return d.find(id) }

// Next implements steward.Desk.
func (d *Desk) Next(ctx context.Context, f desk.TaskFilter) (*desk.Task, error) {
	for _, t := range d.Tasks {
		if d.fits(&f, t) && (t.TaskRow.Claim == nil || t.TaskRow.Claim.Mine) {
			_, err := d.Claim(ctx, t.ID, f.Lease)
			return t, err
		}
	}
	return nil, d.Err
}

// Claim implements steward.Desk.
func (d *Desk) Claim(_ context.Context, id int64, lease time.Duration) (*desk.Claim, error) {
	t, err := d.find(id)
	if err != nil {
		return nil, err
	}
	if c := t.TaskRow.Claim; c != nil && !c.Mine {
		return nil, desk.ErrTask
	}
	t.TaskRow.Claim = &desk.Claim{By: "local:anna", Mine: true, Until: d.Now.Add(lease)}
	return t.TaskRow.Claim, nil
}

// Release implements steward.Desk.
func (d *Desk) Release(_ context.Context, id int64) error {
	t, err := d.find(id)
	if err == nil {
		t.TaskRow.Claim = nil
	}
	return err
}

// Skip implements steward.Desk.
func (d *Desk) Skip(_ context.Context, id int64, reason string, until time.Time) error {
	t, err := d.find(id)
	if err != nil {
		return err
	}
	t.TaskRow.Claim, t.SkipReason, t.Skipped = nil, reason, &d.Now
	if !until.IsZero() {
		t.Snoozed = &until
	}
	d.Skipped = append(d.Skipped, id)
	return nil
}

// Answer implements steward.Desk.
func (d *Desk) Answer(_ context.Context, id int64, v desk.Verdict) (*desk.Answered, error) {
	t, err := d.find(id)
	if err == nil {
		err = d.AnswerIs
	}
	if err != nil {
		return nil, err
	}
	d.Answers, d.Answered = append(d.Answers, v), append(d.Answered, id)
	t.State, t.TaskRow.Claim = customer.TaskDone, nil
	return &desk.Answered{Task: id, Operated: &desk.Operated{Pending: d.Pending, Done: &resolve.Done{Operation: 1000 + id}}}, nil
}

// Operate implements steward.Desk.
func (d *Desk) Operate(_ context.Context, o desk.Order) (*desk.Operated, error) {
	if d.Err != nil {
		return nil, d.Err
	}
	d.Orders = append(d.Orders, o)
	for _, t := range d.Tasks {
		if o.Deed.Action == "revoke" && o.Deed.Operation == 1000+t.ID {
			t.State = customer.TaskOpen
		}
	}
	done := &resolve.Done{Operation: 77, Kind: o.Deed.Action}
	return &desk.Operated{DryRun: o.DryRun, Done: done, Preview: splitPreview()}, nil
}

// Customer implements steward.Desk.
func (d *Desk) Customer(_ context.Context, who resolve.Who, o desk.CustomerOptions) (*desk.Customer, error) {
	c := d.Cards[who.Code]
	if c == nil {
		return nil, desk.ErrUnknown
	}
	shown := *c
	if !o.AsOf.IsZero() {
		shown.AsOf = &desk.AsOf{At: o.AsOf, Exact: true}
	}
	return &shown, d.Err
}

// Records implements steward.Desk.
func (d *Desk) Records(_ context.Context, code customer.Code, after customer.RecordID, limit int) ([]desk.SourceRecord, int64, error) {
	c := d.Cards[code]
	if c == nil {
		return nil, 0, desk.ErrUnknown
	}
	var out []desk.SourceRecord
	for i := range c.Records {
		if c.Records[i].Record > after && len(out) < limit {
			out = append(out, c.Records[i])
		}
	}
	return out, 0, d.Err
}

// Search implements steward.Desk.
func (d *Desk) Search(_ context.Context, q desk.Question) ([]desk.Found, error) {
	d.Asked = q
	return d.Found, d.Err
}

// Cell implements steward.Whole.
func (d *Desk) Cell(_ context.Context, code customer.Code, record customer.RecordID, place int) (desk.Cell, error) {
	c := d.Cards[code]
	for i := 0; c != nil && i < len(c.Records); i++ {
		if r := &c.Records[i]; r.Record == record && place >= 0 && place < len(r.Raw) {
			return r.Raw[place], d.Err
		}
	}
	return desk.Cell{}, desk.ErrUnknown
}
