// Package connectortest is the suite that every connector passes; its list of checks is
// the definition of a connector.
package connectortest

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// Harness is what a connector's own test gives the suite.
type Harness struct {
	// New makes a connector over the same ten good records each time, closed.
	New func(t *testing.T) connectors.Connector
	// Denied makes a connector that cannot get at its source: wrong password, missing file.
	Denied func(t *testing.T) connectors.Connector
	// Broken makes a connector over records of which exactly one is bad, the third.
	Broken func(t *testing.T) connectors.Connector
	// Restarts is set when a source that was read whole starts over at the next run.
	Restarts bool
}

// Records is how many good records [Harness.New] has.
const Records = 10

// Run checks all that a connector promises.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, check := range []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"ReadsEverythingInOrder", readsEverythingInOrder},
		{"KeepsToMax", keepsToMax},
		{"ResumesAtEveryCursor", resumesAtEveryCursor},
		{"RereadGivesTheSameRows", rereadGivesTheSameRows},
		{"RowsStayValid", rowsStayValid},
		{"EndsAgainAtTheEnd", endsAgainAtTheEnd},
		{"ForeignCursorSkipsNothing", foreignCursorSkipsNothing},
		{"StopsWhenTheContextEnds", stopsWhenTheContextEnds},
		{"ClosesTwice", closesTwice},
		{"ReportsDenialAtOpen", reportsDenialAtOpen},
		{"SaysWhichRecordFailed", saysWhichRecordFailed},
	} {
		t.Run(check.name, func(t *testing.T) { check.run(t, h) })
	}
}

// Read reads a connector whole, from after, in batches of at most max, and closes it.
func Read(t testing.TB, c connectors.Connector, after connectors.Cursor, max int) []connectors.Batch {
	t.Helper()
	batches, err := TryRead(c, after, max)
	if err != nil {
		t.Fatal(err)
	}
	return batches
}

// TryRead is [Read] for a source that may fail: it returns what came before the error.
func TryRead(c connectors.Connector, after connectors.Cursor, max int) (batches []connectors.Batch, err error) {
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.Open(context.Background(), after); err != nil {
		return nil, err
	}
	for {
		b, err := c.Read(context.Background(), max)
		if errors.Is(err, io.EOF) {
			return batches, nil
		}
		if err != nil {
			return batches, err
		}
		batches = append(batches, b)
	}
}

// Rows joins the rows of batches.
func Rows(batches []connectors.Batch) []customer.Row {
	var rows []customer.Row
	for _, b := range batches {
		rows = append(rows, b.Rows...)
	}
	return rows
}

// Rejects joins the rejects of batches.
func Rejects(batches []connectors.Batch) []customer.Reject {
	var rejects []customer.Reject
	for _, b := range batches {
		rejects = append(rejects, b.Rejects...)
	}
	return rejects
}

// Filtered sums the filtered rows of batches.
func Filtered(batches []connectors.Batch) map[customer.FilterReason]int {
	sum := map[customer.FilterReason]int{}
	for _, b := range batches {
		for reason, n := range b.Filtered {
			sum[reason] += n
		}
	}
	return sum
}

// Named gives a row's cells by the names of their columns.
func Named(row *customer.Row) map[string][]string {
	cells := map[string][]string{}
	for _, c := range row.Cells {
		name := row.Table.Columns[c.Column]
		cells[name] = append(cells[name], c.Text)
	}
	return cells
}

// fact is what must be the same each time a row is read.
type fact struct {
	Place customer.Place
	Op    customer.Op
	Key   string
	Kind  customer.Kind
	Cells map[string][]string
}

func facts(rows []customer.Row) []fact {
	out := []fact{}
	for i := range rows {
		out = append(out, fact{rows[i].Place, rows[i].Op, rows[i].Key, rows[i].Kind, Named(&rows[i])})
	}
	return out
}

func same(t *testing.T, want, got []fact) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
