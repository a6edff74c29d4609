package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// Reading is one reading of a source with how it was understood.
type Reading struct {
	store.RunRow
	By     string      `json:"by,omitempty"` // who had it read, as in the audit
	Tables []ReadTable `json:"tables,omitempty"`
	Notes  []ReadNote  `json:"notes,omitempty"` // of the connector
}

// ReadTable is how one table was understood.
type ReadTable struct {
	Table    string       `json:"table,omitempty"`
	Key      []string     `json:"key,omitempty"` // columns
	Declared bool         `json:"declared,omitempty"`
	Columns  []ReadColumn `json:"columns,omitempty"`
}

// ReadColumn is what a column means. An attribute that begins with - is none: -key, -kind, -raw.
type ReadColumn struct {
	Column     string  `json:"column"`
	Attribute  string  `json:"attribute,omitempty"`
	Part       string  `json:"part,omitempty"`
	Kind       string  `json:"kind,omitempty"` // of the value: mobile, registration
	Confidence float64 `json:"confidence,omitempty"`
	Reason     string  `json:"reason,omitempty"` // in English
	// Samples are a few of its cells as they were delivered, as far as the subject may see them.
	Samples []Cell `json:"samples,omitempty"`
}

// ReadNote is what the connector noted about its input, without personal data.
type ReadNote struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Run shows one reading.
func (d *Desk) Run(ctx context.Context, id int64) (out *Reading, err error) {
	return out, d.look(ctx, access.ReadSources, func(s *sight) error {
		row, err := s.tx.RunAt(ctx, id)
		if err == nil && !s.ofSource(row.Source) {
			err = fmt.Errorf("run %d: %w", id, ErrUnknown)
		}
		if err == nil {
			out, err = s.reading(row)
		}
		return err
	})
}

func (s *sight) reading(row store.RunRow) (*Reading, error) {
	out := &Reading{RunRow: row}
	by, story, err := s.tx.RunStory(s.ctx, row.ID)
	if out.By = by; err != nil || story == "" {
		return out, err
	}
	if err := json.Unmarshal([]byte(story), out); err != nil {
		return nil, fmt.Errorf("run %d: %w", row.ID, err)
	}
	out.RunRow, out.By = row, by
	return out, nil
}

// Understood lists what the columns of a source mean by the mapping that it was loaded with last, with
// the reasons of its last reading where they are known.
func (d *Desk) Understood(ctx context.Context, s *Source) ([]ReadColumn, error) {
	var list []customer.Mapping
	if len(s.Mapping) > 0 {
		if err := json.Unmarshal(s.Mapping, &list); err != nil {
			return nil, fmt.Errorf("mapping of a source: %w", err)
		}
	}
	said := map[string]ReadColumn{}
	if s.Last != nil {
		last, err := d.Run(ctx, s.Last.ID)
		if err != nil {
			return nil, err
		}
		for _, t := range last.Tables {
			for _, c := range t.Columns {
				said[c.Column] = c
			}
		}
	}
	var out []ReadColumn
	for i := range list {
		for _, c := range columnsOf(&list[i]) {
			known := said[c.Column]
			c.Confidence, c.Reason = known.Confidence, known.Reason
			out = append(out, c)
		}
	}
	return out, d.sampled(ctx, s.Name, out)
}

// columnsOf lists the columns that a mapping names.
func columnsOf(m *customer.Mapping) (out []ReadColumn) {
	add := func(column, attribute, part, kind string) {
		if column != "" {
			out = append(out, ReadColumn{Column: column, Attribute: attribute, Part: part, Kind: kind})
		}
	}
	for _, c := range m.Key {
		add(c, "-key", "", "")
	}
	if m.Kind != nil {
		add(m.Kind.Column, "-kind", "", "")
	}
	add(m.Observed, "-observed", "", "")
	add(m.City, "-city", "", "")
	for i := range m.Fields {
		f := &m.Fields[i]
		for j, c := range f.Columns {
			part := ""
			if j < len(f.Parts) {
				part = f.Parts[j]
			}
			add(c, f.Attribute, part, f.ValueKind)
		}
		add(f.Issued, f.Attribute, "issued", "")
	}
	for _, c := range m.Consents {
		add(c.Column, "-consent", "", c.Purpose)
		add(c.At, "-consent", "at", c.Purpose)
	}
	for _, p := range m.Products {
		for _, c := range [][2]string{{p.Number, "number"}, {p.Status, "status"}, {p.Opened, "opened"}, {p.Closed, "closed"}} {
			add(c[0], "-product", c[1], p.Kind)
		}
	}
	for _, l := range m.Links {
		add(l.TargetKey, l.Attribute, "", string(cmp.Or(l.TargetSource, "")))
	}
	return out
}
