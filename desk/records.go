package desk

import (
	"context"
	"fmt"
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
			text, _ := clip(v.Raw)
			shown[text] = true
		}
		raw, cut := clip(s.view.Text(s.portrait(), w.Standard.Kind, a.Name, v.Raw))
		standard, _ := clip(s.view.Text(s.portrait(), w.Standard.Kind, a.Name, v.Standard))
		r.Values = append(r.Values, SourceValue{a.Name, v.Kind, raw, standard, v.Verdict, v.Note, v.Observed, masked, cut})
	}
	cells, err := shownCells(w.Raw)
	if err != nil {
		return r, fmt.Errorf("record %d: %w", w.ID, err)
	}
	r.Raw = s.cells(cells, shown)
	return r, nil
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
