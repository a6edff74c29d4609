package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// maxRecords bounds a page of source records, and shownText what of one text is shown.
const maxRecords, shownText = 500, 4096

// SourceRecord is a source record as its source delivered it, and as it was read.
type SourceRecord struct {
	Source   customer.Source      `json:"source"`
	Key      string               `json:"key"`
	Record   customer.RecordID    `json:"record"`
	Revision int                  `json:"revision"`
	Kind     customer.Kind        `json:"kind,omitempty"`
	State    customer.RecordState `json:"state"`
	Code     customer.Code        `json:"code,omitzero"`
	Home     customer.Code        `json:"home,omitzero"` // its first code
	Landed   time.Time            `json:"landed,omitzero"`
	Waiting  bool                 `json:"waiting,omitempty"` // a newer revision is not resolved yet
	// Raw are the delivered columns, in their order; what the subject must not see is masked.
	Raw    []Cell        `json:"raw,omitempty"`
	Values []SourceValue `json:"values"`
}

// Cell is one delivered column.
type Cell struct {
	Column string `json:"column"`
	Text   string `json:"text"`
	Masked bool   `json:"masked,omitempty"`
}

// SourceValue is one value of a record, raw and standardized.
type SourceValue struct {
	Attribute string           `json:"attribute"`
	Kind      string           `json:"kind,omitempty"`
	Raw       string           `json:"raw"`      // as delivered
	Standard  string           `json:"standard"` // "" if it cannot be used
	Verdict   customer.Verdict `json:"verdict"`
	Note      string           `json:"note,omitempty"` // key of a phrase about it
	Observed  customer.Instant `json:"observed,omitzero"`
	Masked    bool             `json:"masked,omitempty"`
	Clipped   bool             `json:"clipped,omitempty"` // it is too long to be shown whole
}

// Records pages through the source records of an active code by their numbers: those behind one, at
// most limit; next is what to ask after, 0 at the end.
func (d *Desk) Records(ctx context.Context, code customer.Code, after customer.RecordID, limit int) (list []SourceRecord, next int64, err error) {
	if limit < 1 || limit > maxRecords {
		return nil, 0, invalid("limit is a number from 1 to %d", maxRecords)
	}
	err = d.look(ctx, access.ReadCustomer, func(s *sight) error {
		if err := s.sees(code); err != nil {
			return err
		}
		row, err := s.follow(code, nil)
		if err != nil {
			return err
		}
		list, next, err = s.records(row.Code, after, limit)
		return err
	})
	if err == nil {
		err = d.Viewed(ctx, access.ReadCustomer, code)
	}
	if err != nil {
		return nil, 0, err
	}
	return list, next, nil
}

func (s *sight) records(code customer.Code, after customer.RecordID, limit int) ([]SourceRecord, int64, error) {
	if !s.view.Shows(access.Members) {
		return []SourceRecord{}, 0, nil
	}
	rows, err := s.tx.WrittenOf(s.ctx, code, after, limit)
	if err != nil {
		return nil, 0, err
	}
	list, err := s.sourceRecords(rows)
	next := int64(0)
	if len(rows) == limit {
		next = int64(rows[limit-1].ID)
	}
	return list, next, err
}

func (s *sight) sourceRecords(rows []store.Written) ([]SourceRecord, error) {
	list := make([]SourceRecord, len(rows))
	for i := range rows {
		var err error
		if list[i], err = s.sourceRecord(&rows[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s *sight) sourceRecord(w *store.Written) (SourceRecord, error) {
	r := SourceRecord{Source: w.Ref.Source, Key: w.Ref.Key, Record: w.ID, Revision: w.Revision, Kind: w.Kind, State: w.State,
		Code: w.Code, Home: w.Home, Landed: w.Landed, Waiting: w.Waiting, Values: []SourceValue{}}
	if w.Standard == nil {
		return r, nil
	}
	shown := map[string]bool{w.Ref.Key: true} // delivered texts that may be seen
	for i := range w.Standard.Values {
		v := &w.Standard.Values[i]
		a := s.portrait().Attribute(v.Attribute)
		visible, masked := s.shows(w.Standard.Kind, a.Name)
		if !visible {
			continue
		}
		if !masked {
			shown[v.Raw] = true
		}
		raw, cut := clip(s.view.Text(s.portrait(), w.Standard.Kind, a.Name, v.Raw))
		standard, _ := clip(s.view.Text(s.portrait(), w.Standard.Kind, a.Name, v.Standard))
		r.Values = append(r.Values, SourceValue{a.Name, v.Kind, raw, standard, v.Verdict, v.Note, v.Observed, masked, cut})
	}
	cells, err := cellsOf(w.Raw)
	if err != nil {
		return r, fmt.Errorf("record %d: %w", w.ID, err)
	}
	r.Raw = s.cells(cells, shown)
	return r, nil
}

// cells masks what is not one of the values that the subject sees: it may belong to one that it
// does not. Who sees everything sees every cell.
func (s *sight) cells(cells []Cell, shown map[string]bool) []Cell {
	whole := s.whole()
	for i := range cells {
		c := &cells[i]
		if c.Text != "" && !whole && !shown[c.Text] && !isPart(c.Text, shown) {
			c.Text, c.Masked = access.Hidden, true
			continue
		}
		c.Text, _ = clip(c.Text)
	}
	return cells
}

// isPart reports whether a cell is one of several that make a value, as a name of three columns.
func isPart(text string, shown map[string]bool) bool {
	for whole := range shown {
		if strings.Contains(" "+whole+" ", " "+text+" ") {
			return true
		}
	}
	return false
}

// clip shortens a text for showing.
func clip(s string) (string, bool) {
	if len(s) <= shownText {
		return s, false
	}
	end := shownText
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…", true
}

// cellsOf gives the cells of a raw row in the order of its columns; a column with several texts comes
// as often.
func cellsOf(raw string) ([]Cell, error) {
	if raw == "" {
		return nil, nil
	}
	var out []Cell
	d := json.NewDecoder(strings.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	for d.More() {
		column, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		list, err := textsOf(value)
		if err != nil {
			return nil, err
		}
		for _, text := range list {
			out = append(out, Cell{Column: fmt.Sprint(column), Text: text})
		}
	}
	return out, nil
}

func textsOf(value json.RawMessage) (list []string, err error) {
	if bytes.HasPrefix(value, []byte("[")) {
		return list, json.Unmarshal(value, &list)
	}
	list = make([]string, 1)
	return list, json.Unmarshal(value, &list[0])
}
