package consumer

import (
	"context"
	"testing"

	"kartoteka/customer"
	"kartoteka/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"
)

func TestTableKeepsTheGreatestVersion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Memory
		want := map[customer.Code]Row{}
		rows := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Row {
			return Row{Code: customer.Code(rapid.IntRange(1, 3).Draw(t, "code")), Epoch: rapid.Int64Range(1, 2).Draw(t, "epoch"), Version: rapid.Int64Range(1, 5).Draw(t, "version")}
		})).Draw(t, "rows")
		for _, r := range rows {
			if known := want[r.Code]; r.Newer(&known) {
				want[r.Code] = r
			}
		}
		for next := 0; len(rows) > 0; next++ {
			n := rapid.IntRange(1, len(rows)).Draw(t, "batch")
			if err := m.Apply(context.Background(), 0, int64(next), newest(append([]Row(nil), rows[:n]...))); err != nil {
				t.Fatal(err)
			}
			rows = rows[n:]
		}
		if diff := cmp.Diff(want, m.Rows()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestSQLTableIsTheMemoryTable(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, storetest.New(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	table, err := NewSQL(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSQL(ctx, conn); err != nil {
		t.Fatalf("a second start: %v", err)
	}
	a, b := customer.WithCheckDigit(1), customer.WithCheckDigit(2)
	var memory Memory
	for next, rows := range [][]Row{
		{{Code: a, State: customer.CodeActive, Epoch: 1, Version: 2, Document: []byte(`{"a": 2}`)}, {Code: b, State: customer.CodeActive, Epoch: 1, Version: 1, Document: []byte(`{"b": 1}`)}},
		{{Code: a, State: customer.CodeActive, Epoch: 1, Version: 1, Document: []byte(`{"a": 1}`)}, {Code: b, State: customer.CodeRetired, Successor: a, Epoch: 1, Version: 2, Document: []byte(`{}`)}},
		{{Code: a, State: customer.CodeErased, Epoch: 2, Version: 1}},
		{{Code: a, State: customer.CodeActive, Epoch: 1, Version: 9, Document: []byte(`{"a": 9}`)}},
		nil,
	} {
		for _, table := range []Table{table, &memory} {
			if err := table.Apply(ctx, next%2, int64(next), rows); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(memory.Rows(), sqlRows(t, conn)); diff != "" {
		t.Error(diff)
	}
	offsets, err := table.Offsets(ctx)
	if diff := cmp.Diff(map[int]int64{0: 4, 1: 3}, offsets); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func sqlRows(t *testing.T, conn *pgx.Conn) map[customer.Code]Row {
	t.Helper()
	rows, err := conn.Query(context.Background(), `SELECT code, state, epoch, version, COALESCE(successor, ''), document::text FROM kartoteka_golden`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[customer.Code]Row{}
	var r Row
	var code, successor string
	var document *string
	if _, err := pgx.ForEachRow(rows, []any{&code, &r.State, &r.Epoch, &r.Version, &successor, &document}, func() error {
		r.Document = nil
		if document != nil {
			r.Document = []byte(*document)
		}
		r.Code, _ = customer.ParseCode(code)
		r.Successor, _ = customer.ParseCode(successor)
		out[r.Code] = r
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add([]byte("0000-0000-0013"), []byte(`{"state":"active","epoch":1,"version":1}`), "1")
	f.Fuzz(func(_ *testing.T, key, value []byte, header string) {
		_, _ = Parse(key, value, func(string) string { return header })
		_, _ = Parse(key, nil, func(string) string { return header })
	})
}
