package desk

import (
	"context"
	"fmt"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// Task is a question with everything that is needed to answer it.
type Task struct {
	TaskRow
	Members []TaskMember   `json:"members"` // the records that it names
	Sides   []Side         `json:"sides"`
	Rows    []AttributeRow `json:"rows"`
	// Why is the evidence between the two sides, by the strongest pair of their records; absent while blind.
	Why *Why `json:"why,omitempty"`
	// Preview is what an approval would change; Impossible says why there is none.
	Preview    *resolve.Preview `json:"preview,omitempty"`
	Impossible string           `json:"impossible,omitempty"`
	// Version names what was seen: an answer with it is refused if anything of it changed since.
	Version string `json:"version"`
	// Notes are what was said about it, the oldest first.
	Notes []customer.Note `json:"notes,omitempty"`
	// Masked are the attributes whose values are shown by a hint.
	Masked []string `json:"masked,omitempty"`
}

// TaskMember is a record that a question names.
type TaskMember struct {
	Side   int32             `json:"side"` // the customer that it would be of
	Source customer.Source   `json:"source"`
	Key    string            `json:"key"`
	Record customer.RecordID `json:"record"`
	Code   customer.Code     `json:"code,omitzero"`
}

// Side is one of the customers of a question, as they are or would be.
type Side struct {
	// Code is the customer's now, if the records of the side have one together.
	Code customer.Code `json:"code,omitzero"`
	// Document is the golden record, if the code is of this side alone.
	Document *customer.Document `json:"golden,omitempty"`
	Records  []SourceRecord     `json:"records"` // the first
	Count    int                `json:"count"`   // of all records
}

// sideRecords is how many records of a side are shown.
const sideRecords = 20

// Task shows a question.
func (d *Desk) Task(ctx context.Context, id int64) (*Task, error) {
	var t *Task
	err := d.look(ctx, access.ReadTasks, func(s *sight) (err error) {
		t, err = s.task(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if t.State == customer.TaskOpen {
		if err := d.preview(ctx, t); err != nil {
			return nil, err
		}
	}
	return shown(ctx, d, t, nil, access.ReadTasks, func(t *Task) []customer.Code { return t.codes() })
}

func (t *TaskRow) codes() (out []customer.Code) {
	for _, code := range []customer.Code{t.Code, t.Other} {
		if code != 0 {
			out = append(out, code)
		}
	}
	return out
}

func (s *sight) task(id int64) (*Task, error) {
	row, err := s.taskAt(id)
	if err != nil {
		return nil, err
	}
	rows, err := s.taskRows([]store.TaskRow{row})
	if err != nil {
		return nil, err
	}
	t := &Task{TaskRow: rows[0], Members: []TaskMember{}, Sides: []Side{}, Rows: []AttributeRow{}}
	if s.view.Shows(access.Members) {
		if t.Members, err = s.taskMembers(&row); err != nil {
			return nil, err
		}
	}
	if t.Notes, err = s.tx.NotesOf(s.ctx, id); err != nil {
		return nil, err
	}
	if t.Version, err = s.version(&row); err != nil || s.rules == nil {
		return t, err
	}
	sides, err := s.sidesOf(&row)
	if err != nil {
		return nil, err
	}
	return t, s.show(t, sides)
}

// taskAt finds a question about customers that the subject sees.
func (s *sight) taskAt(id int64) (store.TaskRow, error) {
	row, err := s.tx.TaskAt(s.ctx, id)
	if err != nil {
		return row, err
	}
	if row.State != customer.TaskOpen { // about customers that may have been merged away
		return row, s.sees(row.Code, row.Other)
	}
	seen, err := s.tasksSeen([]store.TaskRow{row})
	if err == nil && !seen[0] {
		err = fmt.Errorf("task %d: %w", id, ErrUnknown)
	}
	return row, err
}

func (s *sight) taskMembers(t *store.TaskRow) ([]TaskMember, error) {
	rows, err := s.tx.RecordsAt(s.ctx, t.Records)
	at := map[customer.RecordID]*store.RecordRow{}
	for i := range rows {
		at[rows[i].ID] = &rows[i]
	}
	out := []TaskMember{}
	for i, id := range t.Records {
		row := at[id]
		if row == nil {
			continue
		}
		m := TaskMember{Source: row.Ref.Source, Key: row.Ref.Key, Record: id, Code: row.Code}
		switch {
		case i < len(t.Sides):
			m.Side = t.Sides[i]
		case t.Other != 0:
			m.Side = int32(i)
		}
		out = append(out, m)
	}
	return out, err
}

// show fills in the sides, how they compare, and the evidence between the first two.
func (s *sight) show(t *Task, sides []side) error {
	for i := range sides {
		shown, err := s.side(&sides[i])
		if err != nil {
			return err
		}
		t.Sides = append(t.Sides, shown)
		t.Masked = s.masked(sides[i].kind())
	}
	if t.Rows = s.rows(sides); t.Blind || len(sides) < 2 || len(sides[0].members) == 0 || len(sides[1].members) == 0 {
		return nil
	}
	t.Why = &Why{}
	return t.Why.read(s, sides[0].members, sides[1].members)
}
