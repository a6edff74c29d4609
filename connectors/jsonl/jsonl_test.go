package jsonl

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/connectors"
	"kartoteka/connectors/connectortest"
	"kartoteka/customer"
)

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func connector(t testing.TB, text string) connectors.Connector {
	t.Helper()
	c, err := New(&Settings{File: write(t, text), Deleted: "deleted"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tenLines() string {
	var b strings.Builder
	for i := range connectortest.Records {
		fmt.Fprintf(&b, `{"id": "%d", "name": {"last": "L%d"}, "phones": ["1","2"]}`+"\n", i, i)
	}
	return b.String()
}

func TestLinesAreAConnector(t *testing.T) {
	file := write(t, tenLines())
	connectortest.Run(t, connectortest.Harness{
		New: func(*testing.T) connectors.Connector { c, _ := New(&Settings{File: file}); return c },
		Denied: func(t *testing.T) connectors.Connector {
			c, _ := New(&Settings{File: filepath.Join(t.TempDir(), "none.jsonl")})
			return c
		},
		Broken: func(t *testing.T) connectors.Connector {
			return connector(t, `{"id":"1"}`+"\n"+`{"id":"2"}`+"\n"+`{"id":`+"\n"+`{"id":"4"}`+"\n")
		},
	})
}

func TestArrayIsAConnector(t *testing.T) {
	file := write(t, "["+strings.Join(strings.Split(strings.TrimSpace(tenLines()), "\n"), ",\n")+"]\n")
	connectortest.Run(t, connectortest.Harness{
		New:    func(*testing.T) connectors.Connector { c, _ := New(&Settings{File: file}); return c },
		Broken: func(t *testing.T) connectors.Connector { return connector(t, `[{"id":"1"},{"id":"2"},3,{"id":"4"}]`) },
	})
}

func TestSample(t *testing.T) {
	c, err := New(&Settings{File: "testdata/clients.jsonl", Deleted: "deleted"})
	if err != nil {
		t.Fatal(err)
	}
	rows := connectortest.Rows(connectortest.Read(t, c, "", 100))
	want := []map[string][]string{
		{"id": {"1"}, "name": {"Ковалёв Александр Петрович"}, "phones": {"+74950001234"}},
		{"id": {"2"}, "name.last": {"Иванова-Смирнова"}, "name.first": {"Мария"}, "name.middle": {"Сергеевна"}, "phones": {"89000000002, 000-22-33"}},
		{"id": {"8"}},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], connectortest.Named(&rows[i])); diff != "" {
			t.Error(diff)
		}
	}
	if rows[2].Op != customer.Delete || rows[0].Op != "" {
		t.Errorf("operations %q %q", rows[0].Op, rows[2].Op)
	}
}

func TestFlattening(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want map[string][]string
	}{
		"big numbers keep their digits":  {`{"n": 40817810099910004312, "d": 1.10}`, map[string][]string{"n": {"40817810099910004312"}, "d": {"1.10"}}},
		"null is explicitly empty":       {`{"a": null, "b": "x"}`, map[string][]string{"a": {""}, "b": {"x"}}},
		"an empty list is empty":         {`{"a": [], "b": "x"}`, map[string][]string{"a": {""}, "b": {"x"}}},
		"objects in lists repeat":        {`{"p": [{"no": "1"}, {"no": "2"}]}`, map[string][]string{"p.no": {"1", "2"}}},
		"deleted false is an upsert":     {`{"id": "1", "deleted": false}`, map[string][]string{"id": {"1"}}},
		"booleans are words":             {`{"b": true}`, map[string][]string{"b": {"true"}}},
		"a field deleted further inside": {`{"b": {"deleted": true}}`, map[string][]string{"b.deleted": {"true"}}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := connectortest.Rows(connectortest.Read(t, connector(t, c.line+"\n"), "", 10))
			if len(rows) != 1 {
				t.Fatal(len(rows))
			}
			if diff := cmp.Diff(c.want, connectortest.Named(&rows[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBadLinesAreRejectedAlone(t *testing.T) {
	many := `{` + strings.Repeat(`"a":{`, 60) + `"x":1` + strings.Repeat(`}`, 61)
	wide := make([]string, 5000)
	for i := range wide {
		wide[i] = fmt.Sprintf(`"f%d":1`, i)
	}
	for name, c := range map[string]struct{ line, code string }{
		"cut":          {`{"a": "b`, "row.json"},
		"two objects":  {`{"a":1}{"a":2}`, "row.json"},
		"no object":    {`"text"`, "row.json"},
		"deep":         {many, "row.depth"},
		"10 MB cell":   {`{"a":"` + strings.Repeat("x", 10<<20) + `"}`, "cell.length"},
		"20 MB line":   {`{"a":"` + strings.Repeat("x", 20<<20) + `"}`, "row.length"},
		"NUL":          {`{"a":"\u0000"}`, "row.nul"},
		"not UTF-8":    {"{\"a\":\"\xcf\xf0\xe8\"}", "row.encoding"},
		"5000 columns": {"{" + strings.Join(wide, ",") + "}", "row.fields"},
	} {
		t.Run(name, func(t *testing.T) {
			batches := connectortest.Read(t, connector(t, `{"a":"привет"}`+"\n"+c.line+"\n"+`{"a":"мир"}`+"\n"), "", 10)
			rejects := connectortest.Rejects(batches)
			if len(rejects) != 1 || rejects[0].Code != c.code || rejects[0].Place.Row != 2 {
				t.Fatalf("%+v", rejects)
			}
			if n := len(connectortest.Rows(batches)); n != 2 {
				t.Errorf("%d good rows", n)
			}
		})
	}
}

func TestCutArrayGivesNothing(t *testing.T) {
	batches, err := connectortest.TryRead(connector(t, `[{"id":"1"},{"id":"2"},{"id"`), "", 1)
	if !errors.Is(err, connectors.ErrInput) || len(batches) != 0 {
		t.Errorf("%d batches, %v", len(batches), err)
	}
}

func FuzzLinesNeverPanic(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}],"deleted":true}`))
	f.Add([]byte(`{"a":"`))
	f.Fuzz(func(t *testing.T, b []byte) {
		row, fault := newTabler("deleted").row(b)
		for _, c := range row.Cells {
			if fault.code == "" && c.Column >= len(row.Table.Columns) {
				t.Fatal("cell without a column")
			}
		}
	})
}

func TestKind(t *testing.T) { connectortest.Kind(t, Kind()) }
