package resolve

import (
	"cmp"
	"encoding/json"
	"slices"

	"kartoteka/customer"
	"kartoteka/golden"
)

// Done is what became of an order: the same for the first answer and for a repeated request, but for
// the preview, which only the first has.
type Done struct {
	Operation int64            `json:"operation"`
	Kind      string           `json:"kind"`
	Repeated  bool             `json:"repeated"` // the request was carried out before; nothing was done now
	Created   int              `json:"codes_created"`
	Restored  int              `json:"codes_restored"`
	Merged    int              `json:"codes_merged"` // retired into others
	Split     int              `json:"codes_split"`  // that others left
	Changes   int              `json:"changes"`      // rows of the change log
	Codes     []DoneCode       `json:"codes"`
	Moved     []customer.Moved `json:"moved"`
	Preview   *Preview         `json:"preview,omitempty"`
}

// DoneCode is a code that changed.
type DoneCode struct {
	Code      customer.Code       `json:"code"`
	Kind      customer.ChangeKind `json:"kind"`
	Version   int64               `json:"version"`
	Successor customer.Code       `json:"successor,omitzero"`
}

// Preview shows what an operation changes, before and after. A dry run is the operation in a
// transaction that is rolled back, so what it shows is what would be.
type Preview struct {
	Codes  []CodePreview `json:"codes"`
	Opened []TaskPreview `json:"tasks_opened,omitempty"`
	Closed []TaskPreview `json:"tasks_closed,omitempty"`
	// Shadowed and Returned are pins of codes that the operation retires, or brings back.
	Shadowed []PinPreview `json:"pins_shadowed,omitempty"`
	Returned []PinPreview `json:"pins_returned,omitempty"`
	// Decided and Revoked are the decisions that it makes and takes back.
	Decided []DecisionPreview `json:"decided,omitempty"`
	Revoked []int64           `json:"revoked,omitempty"`
}

// CodePreview is one code before and after. A code that is new has no Before.
type CodePreview struct {
	Code   customer.Code       `json:"code"`
	Kind   customer.ChangeKind `json:"kind"`
	Fields []string            `json:"fields,omitempty"` // attributes whose values change
	Before *customer.Document  `json:"before,omitempty"`
	After  *customer.Document  `json:"after"`
}

// TaskPreview is a question that an operation opens or closes.
type TaskPreview struct {
	ID    int64             `json:"id,omitempty"` // of one that was open
	Kind  customer.TaskKind `json:"kind"`
	Code  customer.Code     `json:"code,omitzero"`
	Other customer.Code     `json:"other,omitzero"`
}

// PinPreview names a pinned value without showing it.
type PinPreview struct {
	Code      customer.Code `json:"code"`
	Attribute string        `json:"attribute"`
	Operation int64         `json:"operation"`
}

// DecisionPreview is a decision that an operation makes.
type DecisionPreview struct {
	Kind  customer.DecisionKind `json:"kind"`
	Left  []customer.RecordID   `json:"left"`
	Right []customer.RecordID   `json:"right,omitempty"`
}

// done reads what an operation of a number did.
func (o *operation) done(number int64) (*Done, error) {
	x, err := o.base.Operated(o.ctx, number)
	if err != nil {
		return nil, err
	}
	d := &Done{Operation: number, Kind: x.Kind, Changes: len(x.Changes), Codes: []DoneCode{}, Moved: []customer.Moved{}}
	for _, c := range x.Changes {
		d.Codes = append(d.Codes, DoneCode{c.Code, c.Kind, c.Version, c.Successor})
		switch {
		case c.Kind == customer.Created:
			d.Created++
		case c.Kind == customer.Restored:
			d.Restored++
		case c.Kind == customer.Merged && c.Successor != 0:
			d.Merged++
		case c.Kind == customer.Split:
			d.Split++
		}
		for _, m := range c.Moved { // a record that moved stands with both codes
			if m.To == c.Code || m.To == 0 {
				d.Moved = append(d.Moved, m)
			}
		}
	}
	slices.SortFunc(d.Moved, func(x, y customer.Moved) int { return cmp.Compare(x.Record, y.Record) })
	return d, nil
}

// preview builds the preview from what was written.
func (o *operation) preview() (*Preview, error) {
	p := &Preview{Revoked: o.judged.Revoked.Decisions}
	for _, d := range o.judged.Decisions {
		p.Decided = append(p.Decided, DecisionPreview{d.Kind, d.Left, d.Right})
	}
	after := map[customer.Code]*CodeRow{}
	for i := range o.effects.Codes {
		after[o.effects.Codes[i].Code] = &o.effects.Codes[i]
	}
	for i := range o.effects.Changes {
		c := &o.effects.Changes[i]
		if err := o.previewCode(p, &c.Change, after[c.Code]); err != nil {
			return nil, err
		}
	}
	o.previewTasks(p)
	return p, nil
}

func (o *operation) previewCode(p *Preview, c *customer.Change, row *CodeRow) error {
	x := CodePreview{Code: c.Code, Kind: c.Kind, After: &customer.Document{}}
	if err := json.Unmarshal(row.Document, x.After); err != nil {
		return err
	}
	if old, known := o.rows[c.Code]; known {
		x.Before = &customer.Document{}
		if err := json.Unmarshal(old.Document, x.Before); err != nil {
			return err
		}
		for _, pin := range old.Pins {
			shown := PinPreview{c.Code, pin.Attribute, pin.Operation}
			switch {
			case old.State == customer.CodeActive && row.State != customer.CodeActive:
				p.Shadowed = append(p.Shadowed, shown)
			case old.State != customer.CodeActive && row.State == customer.CodeActive:
				p.Returned = append(p.Returned, shown)
			}
		}
	}
	if x.After.State == customer.CodeActive {
		x.Fields = golden.Changed(o.rules.Portrait, x.Before, x.After)
	}
	p.Codes = append(p.Codes, x)
	return nil
}

func (o *operation) previewTasks(p *Preview) {
	show := func(t *Task) TaskPreview { return TaskPreview{t.ID, t.Kind, t.Code, t.Other} }
	for _, c := range o.effects.Closed {
		if t, known := o.tasks[c.ID]; known {
			p.Closed = append(p.Closed, show(&t))
		}
	}
	for i := range o.effects.Tasks {
		if t := &o.effects.Tasks[i]; t.ID == 0 {
			p.Opened = append(p.Opened, show(t))
		}
	}
	for i := range o.effects.Holds {
		if h := &o.effects.Holds[i]; h.Kind != "" && h.Task.ID == 0 {
			p.Opened = append(p.Opened, show(&h.Task))
		}
	}
}
