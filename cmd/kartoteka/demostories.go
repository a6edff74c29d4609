package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"kartoteka/customer"
	"kartoteka/demo"
	"kartoteka/desk"
	"kartoteka/resolve"
	"kartoteka/store"
)

// demoStory is a planted case, told by the code of show and why.
type demoStory struct {
	Name  string         `json:"name"`
	Title string         `json:"title"`
	Rows  []demoRow      `json:"rows"` // as the sources wrote them
	Codes int            `json:"codes"`
	Why   *whyResult     `json:"why"`
	Show  *showResult    `json:"show,omitempty"` // of the rows' one customer
	Task  *customer.Task `json:"task,omitempty"`
}

type demoRow struct {
	Source customer.Source `json:"source"`
	Key    string          `json:"key"`
	Code   customer.Code   `json:"code"`
	Cells  []string        `json:"cells"`
}

// demoTales are the stories that the demo tells: which two rows are explained, and whether the
// golden record is shown.
var demoTales = []struct {
	name  string
	pair  [2]int
	shown bool
}{
	{name: "four_systems", pair: [2]int{0, 2}, shown: true},
	{name: "twins", pair: [2]int{0, 1}},
	{name: "conflict", pair: [2]int{0, 1}},
}

// tell tells the stories from one snapshot.
func (d *demoRun) tell(ctx context.Context) error {
	return d.hub.InSnapshot(ctx, func(tx *store.Tx) error {
		for _, tale := range demoTales {
			i := slices.IndexFunc(d.written.Stories, func(s demo.Story) bool { return s.Name == tale.name })
			story, err := d.story(ctx, tx, &d.written.Stories[i], tale.pair)
			if err == nil && tale.shown {
				story.Show, err = d.shown(ctx, story.Rows[tale.pair[0]].Code)
			}
			if err != nil {
				return fmt.Errorf("story %s: %w", tale.name, err)
			}
			d.result.Stories = append(d.result.Stories, *story)
		}
		return nil
	})
}

func (d *demoRun) story(ctx context.Context, tx *store.Tx, s *demo.Story, pair [2]int) (*demoStory, error) {
	out := &demoStory{Name: s.Name, Title: s.Title}
	codes := map[customer.Code]bool{}
	var who []resolve.Who
	for i, ref := range s.Refs {
		row, err := demoRowOf(ctx, tx, ref)
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, row)
		codes[row.Code] = true
		if i == pair[0] || i == pair[1] {
			who = append(who, resolve.Who{Ref: ref})
		}
	}
	out.Codes = len(codes)
	why, err := d.hub.desk().Why(ctx, who[0], who[1])
	if err != nil {
		return nil, err
	}
	out.Why = &whyResult{why}
	if !out.Why.SameCode {
		out.Task, err = tx.TaskOf(ctx, out.Why.A.Code, out.Why.B.Code)
	}
	return out, err
}

func demoRowOf(ctx context.Context, tx *store.Tx, ref customer.Ref) (demoRow, error) {
	record, err := tx.RecordAt(ctx, ref)
	if err != nil {
		return demoRow{}, fmt.Errorf("a row of %s: %w", ref.Source, err)
	}
	raw, err := tx.RawOf(ctx, []customer.RecordID{record.ID})
	if err != nil {
		return demoRow{}, err
	}
	cells, err := rawCells(raw[record.ID])
	return demoRow{ref.Source, ref.Key, record.Code, slices.DeleteFunc(cells, func(c string) bool { return c == ref.Key })}, err
}

// rawCells gives the filled cells of a raw row in the order of its columns.
func rawCells(raw string) ([]string, error) {
	var out []string
	d := json.NewDecoder(strings.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	for d.More() {
		if _, err := d.Token(); err != nil { // the column
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		var texts []string
		if bytes.HasPrefix(value, []byte("[")) {
			if err := json.Unmarshal(value, &texts); err != nil {
				return nil, err
			}
		} else {
			texts = make([]string, 1)
			if err := json.Unmarshal(value, &texts[0]); err != nil {
				return nil, err
			}
		}
		out = append(out, slices.DeleteFunc(texts, func(s string) bool { return s == "" })...)
	}
	return out, nil
}

func (d *demoRun) shown(ctx context.Context, code customer.Code) (*showResult, error) {
	shown, err := d.hub.desk().Customer(ctx, resolve.Who{Code: code}, desk.CustomerOptions{})
	return &showResult{shown, d.hub.rules.conf.Portrait}, err
}
