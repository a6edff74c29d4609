package stewardtest

import (
	"context"
	"slices"

	"kartoteka/customer"
	"kartoteka/desk"
)

// Sources implements steward.Loads.
func (d *Desk) Sources(context.Context) ([]desk.Source, error) {
	if d.none {
		return nil, d.Err
	}
	return []desk.Source{{Name: "crm", Live: 1204, Codes: 1100, Waiting: 3, Counts: customer.Counts{Read: 1300, Accepted: 1204, Unchanged: 80, Rejected: 9, Filtered: 7}, Mapping: []byte(`{"name":["ФИО"]}`)}}, d.Err
}

// Source implements steward.Loads.
func (d *Desk) Source(ctx context.Context, name customer.Source) (*desk.Source, error) {
	full := *d
	full.none = false
	list, err := full.Sources(ctx)
	if name != list[0].Name {
		return nil, desk.ErrUnknown
	}
	return &list[0], err
}

// Runs implements steward.Loads.
func (d *Desk) Runs(context.Context, customer.Source, string, int) (*desk.Runs, error) {
	out := &desk.Runs{}
	if d.none {
		return out, d.Err
	}
	out.Runs = slices.Grow(out.Runs, 1)[:1]
	r := &out.Runs[0]
	r.ID, r.Source, r.Input, r.State, r.Started, r.Read, r.Rejected = 2, "crm", "crm.csv", "done", Moment, 1300, 9
	return out, d.Err
}

// Run implements steward.Loads.
func (d *Desk) Run(_ context.Context, id int64) (*desk.Reading, error) {
	list, err := d.Runs(context.Background(), "", "", 1)
	if id > 2 {
		return nil, desk.ErrUnknown
	}
	out := &desk.Reading{RunRow: list.Runs[0], By: "local:anna", Notes: []desk.ReadNote{{Code: "text.charset", Text: "read as windows-1251"}}}
	columns, _ := d.Understood(context.Background(), nil)
	out.Tables = []desk.ReadTable{{Columns: columns}}
	if out.ID = id; id == 1 {
		out.State = "running"
	}
	return out, err
}

// Understood implements steward.Loads.
func (d *Desk) Understood(context.Context, *desk.Source) ([]desk.ReadColumn, error) {
	return []desk.ReadColumn{{Column: "id", Attribute: "-key", Confidence: 1}, {Column: "Фамилия", Attribute: "name", Part: "last", Confidence: 0.98, Reason: "exact alias", Samples: []desk.Cell{{Column: "Фамилия", Text: "Ковалёва"}, {Column: "Фамилия", Text: "•••", Masked: true}}}, {Column: "Цвет", Attribute: "-raw"}}, d.Err
}

// Rejects implements steward.Loads.
func (d *Desk) Rejects(_ context.Context, f desk.RejectFilter, _ string) (*desk.Rejects, error) {
	out := &desk.Rejects{Rejects: []desk.Reject{}}
	if f.Source == "" && !d.none {
		out.Rejects = append(out.Rejects, rejected())
	}
	return out, d.Err
}

func rejected() desk.Reject {
	return desk.Reject{ID: 4, Run: 2, Source: "crm", Place: customer.Place{File: "crm.csv", Row: 17}, Field: "Телефон", Code: "key.missing", Reason: "the row has no key; fill the column id",
		Columns: []desk.Cell{{Column: "id"}, {Column: "ФИО", Text: "Иванов Иван"}}}
}

// Reject implements steward.Loads.
func (d *Desk) Reject(_ context.Context, id int64, _ string) (*desk.Reject, error) {
	r := rejected()
	if id != r.ID {
		return nil, desk.ErrUnknown
	}
	return &r, d.Err
}

// Replay implements steward.Loads.
func (d *Desk) Replay(context.Context, int64, []desk.Cell) (*desk.Received, error) {
	return &desk.Received{Run: 9, Receipts: []desk.Receipt{{Key: "1", Verdict: desk.ReceiptKnown, Code: Anna, Records: 4}}}, d.Err
}

// Glance implements steward.Counter.
func (d *Desk) Glance(ctx context.Context) (*desk.Statistics, error) { return d.Statistics(ctx) }

// Statistics implements steward.Counter.
func (d *Desk) Statistics(context.Context) (*desk.Statistics, error) {
	return &desk.Statistics{At: Moment, Records: 8321, Customers: 5120, Duplicates: 3201, Queue: d.Numbers,
		Sizes:    []desk.SizeCount{{Records: 1, Customers: 3000}, {Records: 2, Customers: 1500}, {Records: 3, Customers: 600}, {Records: 12, Customers: 1}},
		Sources:  []desk.SourceShare{{Source: "crm", Customers: 4000, Only: 900}, {Source: "billing", Customers: 2500, Only: 300}, {Source: "shop", Customers: 1200, Only: 1000}},
		Overlaps: []desk.Overlap{{Sources: []string{"crm"}, Customers: 900}, {Sources: []string{"billing", "crm"}, Customers: 1700}},
		Weights:  []desk.WeightCount{{Bits: 9, Tasks: 12}, {Bits: 10, Tasks: 30}, {Bits: 11, Tasks: 44}, {Bits: 12, Tasks: 20}},
		Review:   desk.Reviewed{Given: 120, Undone: 4, AskedTwice: 20, Agreed: 19, Agreement: 0.95}}, d.Err
}

// Undo implements steward.Proposals.
func (d *Desk) Undo(_ context.Context, id int64) (*desk.Operated, error) {
	d.Undone = append(d.Undone, id)
	return &desk.Operated{}, d.Err
}

// Approve implements steward.Proposals.
func (d *Desk) Approve(_ context.Context, id int64, yes bool, _ string) (*desk.Operated, error) {
	if yes {
		d.Approved = append(d.Approved, id)
	}
	return &desk.Operated{}, d.Err
}

// Pendings implements steward.Proposals.
func (d *Desk) Pendings(context.Context, desk.PendingFilter, string) (*desk.PendingPage, error) {
	if d.none {
		return &desk.PendingPage{}, d.Err
	}
	return &desk.PendingPage{Rows: []desk.Pending{pending()}}, d.Err
}

func pending() desk.Pending {
	yes := true
	return desk.Pending{ID: 6, Task: 17, Batch: 8, State: customer.ProposalAwaiting, By: "local:oleg", Given: Moment, Approve: &yes, Why: "один паспорт"}
}

// Proposed implements steward.Proposals.
func (d *Desk) Proposed(context.Context, int64) (*desk.Operated, error) {
	p := pending()
	return &desk.Operated{Preview: joinPreview(), Pending: &p}, d.Err
}

// Comment implements steward.Proposals.
func (d *Desk) Comment(_ context.Context, task int64, text string) error {
	t, err := d.find(task)
	if err == nil {
		t.Notes = append(t.Notes, customer.Note{ID: 1, Author: "local:anna", At: Moment, Text: text})
	}
	return err
}

// Bulk implements steward.Bulker.
func (d *Desk) Bulk(_ context.Context, o desk.BulkOrder) (*desk.BulkDone, error) {
	out := &desk.BulkDone{DryRun: o.DryRun, Count: len(d.Tasks), Codes: 2, Least: 9.1, Most: 16.2}
	if len(d.Tasks) > 0 {
		out.Worst = &d.Tasks[0].TaskRow
	}
	for _, t := range d.Tasks {
		out.Sample = append(out.Sample, t.TaskRow)
	}
	if !o.DryRun {
		out.Batch, out.State = 8, customer.ProposalHeld
		out.Items = []desk.BulkItem{{Task: 17, Proposal: 6}, {Task: 18, Error: "closed"}}
	}
	return out, d.Err
}

// UndoBulk implements steward.Bulker.
func (d *Desk) UndoBulk(_ context.Context, batch int64) (*desk.BulkDone, error) {
	d.Undone = append(d.Undone, batch)
	return &desk.BulkDone{Batch: batch}, d.Err
}

// ApproveBulk implements steward.Bulker.
func (d *Desk) ApproveBulk(_ context.Context, batch int64, _ bool, _ string) (*desk.BulkDone, error) {
	return &desk.BulkDone{Batch: batch}, d.Err
}
