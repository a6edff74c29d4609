package feedtest

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"kartoteka/customer"
	"kartoteka/feed"

	"github.com/google/go-cmp/cmp"
)

// CheckLog checks an implementation of [feed.Log] that holds at least one change and that
// nobody writes to meanwhile.
func CheckLog(t *testing.T, log feed.Log) {
	t.Helper()
	changes := all(t, log, 1000)
	if len(changes) == 0 {
		t.Fatal("CheckLog needs a log with changes")
	}
	if diff := cmp.Diff(changes, all(t, log, 3)); diff != "" {
		t.Errorf("small pages give another log:\n%s", diff)
	}
	last, err := log.Last(context.Background())
	check(t, err)
	if want := changes[len(changes)-1].Position; last != want {
		t.Errorf("last position %d, last change %d", last, want)
	}
	latest, moved := map[customer.Code]customer.Change{}, map[customer.RecordID]customer.Code{}
	for _, c := range changes {
		if before := latest[c.Code]; c.Version != before.Version+1 || c.Epoch < before.Epoch || c.At.IsZero() {
			t.Errorf("position %d: version %d epoch %d follows version %d epoch %d", c.Position, c.Version, c.Epoch, before.Version, before.Epoch)
		}
		latest[c.Code] = c
		for _, m := range c.Moved {
			moved[m.Record] = m.To
		}
	}
	checkStates(t, log, latest)
	checkRecords(t, log, moved)
}

// all reads the log page by page.
func all(t *testing.T, log feed.Log, limit int) (out []customer.Change) {
	t.Helper()
	for after := int64(0); ; after = out[len(out)-1].Position {
		page, err := log.Changes(context.Background(), after, limit)
		check(t, err)
		if len(page) == 0 {
			return out
		}
		if len(page) > limit {
			t.Fatalf("%d changes instead of %d", len(page), limit)
		}
		for _, c := range page {
			if c.Position <= after {
				t.Fatalf("position %d comes after %d", c.Position, after)
			}
			after = c.Position
		}
		out = append(out, page...)
	}
}

func checkStates(t *testing.T, log feed.Log, latest map[customer.Code]customer.Change) {
	t.Helper()
	unknown := customer.WithCheckDigit(99_999_999_998)
	states, err := log.States(context.Background(), append(slices.Collect(maps.Keys(latest)), unknown))
	check(t, err)
	if _, there := states[unknown]; there {
		t.Error("a code that nobody gave has a state")
	}
	for code, c := range latest {
		s := states[code]
		if s.Code != code || s.Version != c.Version || s.Epoch != c.Epoch || s.Successor != c.Successor {
			t.Errorf("%s: state %+v after change %+v", code, s, c)
		}
		checkDocument(t, s)
	}
}

func checkDocument(t *testing.T, s feed.State) {
	t.Helper()
	if s.State != customer.CodeActive {
		return
	}
	var d customer.Document
	check(t, json.Unmarshal(s.Document, &d))
	if d.Code != s.Code || d.Version != s.Version || d.Epoch != s.Epoch || d.State != s.State {
		t.Errorf("%s: document says version %d epoch %d %s, state says %d, %d, %s", s.Code, d.Version, d.Epoch, d.State, s.Version, s.Epoch, s.State)
	}
}

func checkRecords(t *testing.T, log feed.Log, moved map[customer.RecordID]customer.Code) {
	t.Helper()
	records, err := log.Records(context.Background(), slices.Collect(maps.Keys(moved)))
	check(t, err)
	for id := range moved {
		if r, known := records[id]; !known || r.Ref.Source == "" || r.Ref.Key == "" {
			t.Errorf("record %d moved, but is not told: %+v", id, r)
		}
	}
}
