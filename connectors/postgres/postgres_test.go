package postgres

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"kartoteka/connectors"
	"kartoteka/connectors/connectortest"
)

func connector(t testing.TB, s Settings) *Connector {
	t.Helper()
	c, err := New(&s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func denied(t *testing.T) connectors.Connector {
	return connector(t, Settings{URL: strings.Replace(server(t), "user=tester", "user=stranger", 1), Table: "pg_class"})
}

func TestTableIsAConnector(t *testing.T) {
	url := execute(t, "whole", "CREATE TABLE client (id bigint PRIMARY KEY, fio text)",
		"INSERT INTO client SELECT n, 'client ' || n FROM generate_series(1, 10) n",
		"CREATE TABLE broken (id int, fio text)", "INSERT INTO broken VALUES (1, 'a'), (2, 'b'), (2, 'c'), (4, 'd')")
	for _, page := range []int{1, 3, 10, 100} {
		t.Run(fmt.Sprintf("page%d", page), func(t *testing.T) {
			connectortest.Run(t, connectortest.Harness{
				New: func(t *testing.T) connectors.Connector {
					return connector(t, Settings{URL: url, Table: "client", Page: page})
				},
				Denied: denied,
				Broken: func(t *testing.T) connectors.Connector {
					return connector(t, Settings{URL: url, Table: "broken", Key: Columns{"id"}, Page: page})
				},
				Restarts: true,
			})
		})
	}
}

func TestIncrementalQueryIsAConnector(t *testing.T) {
	url := execute(t, "part", "CREATE TABLE client (a text, b int, fio text, upd timestamptz)",
		"INSERT INTO client SELECT 'x', n, 'client ' || n, now() - n / 3 * interval '1 hour' FROM generate_series(1, 10) n",
		"UPDATE client SET upd = NULL WHERE b = 4",
		"CREATE TABLE broken AS SELECT * FROM client WHERE b < 5", "UPDATE broken SET a = NULL WHERE b = 2")
	set := Settings{URL: url, Query: "SELECT * FROM client;", Key: Columns{"a", "b"}, Cursor: "upd", Overlap: 0, Page: 3}
	connectortest.Run(t, connectortest.Harness{
		New:    func(t *testing.T) connectors.Connector { return connector(t, set) },
		Denied: denied,
		Broken: func(t *testing.T) connectors.Connector {
			s := set
			s.Query = "SELECT * FROM broken"
			return connector(t, s)
		},
	})
}

// last returns the cursor of a whole run and the keys of its rows.
func run(t *testing.T, s Settings, after connectors.Cursor) (connectors.Cursor, string) {
	t.Helper()
	batches := connectortest.Read(t, connector(t, s), after, 2)
	var keys []string
	for _, r := range connectortest.Rows(batches) {
		keys = append(keys, r.Key)
	}
	if len(batches) > 0 {
		after = batches[len(batches)-1].Cursor
	}
	return after, strings.Join(keys, ",")
}

func TestIncrementalReadsWhatChanged(t *testing.T) {
	url := execute(t, "changes", "CREATE TABLE client (id int PRIMARY KEY, upd timestamp DEFAULT clock_timestamp())",
		"INSERT INTO client VALUES (1, localtimestamp - interval '3 hours'), (2, localtimestamp - interval '2 hours'), (3, NULL)")
	s := Settings{URL: url, Table: "client", Cursor: "upd", Overlap: time.Hour}
	at, keys := run(t, s, "")
	if keys != "3,1,2" {
		t.Errorf("first run: %s", keys)
	}
	if _, keys = run(t, s, at); keys != "" {
		t.Errorf("nothing changed: %s", keys)
	}
	// The second one committed late: its time lies before the last run's upper bound.
	execute(t, "changes", "INSERT INTO client VALUES (4)", "INSERT INTO client VALUES (5, localtimestamp - interval '30 minutes')")
	at, keys = run(t, s, at)
	if keys != "5,4" {
		t.Errorf("second run: %s", keys)
	}
	if _, keys = run(t, s, at); keys != "5,4" {
		t.Errorf("inside the overlap again: %s", keys)
	}
}

func TestNumberCursor(t *testing.T) {
	url := execute(t, "numbers", "CREATE TABLE client (id int PRIMARY KEY, version int)", "INSERT INTO client VALUES (1, 1), (2, 2), (3, 2)")
	s := Settings{URL: url, Table: "client", Cursor: "version"}
	at, keys := run(t, s, "")
	if keys != "1,2,3" {
		t.Error(keys)
	}
	execute(t, "numbers", "UPDATE client SET version = 3 WHERE id = 1")
	if _, keys = run(t, s, at); keys != "2,3,1" {
		t.Error(keys)
	}
}

func TestValues(t *testing.T) {
	url := execute(t, "vals", `CREATE TABLE v (id int PRIMARY KEY, c char(5), b bool, d date, ts timestamptz, n numeric, a text[], e text[], j jsonb, nothing text)`,
		`INSERT INTO v VALUES (1, 'ab', true, '1985-04-12', '2026-03-01 10:00:00+03', 12345678901234567890.10, ARRAY['x','y, "z"'], '{}', '{"k": 1}', NULL)`)
	rows := connectortest.Rows(connectortest.Read(t, connector(t, Settings{URL: url + " timezone=UTC client_encoding=WIN1251", Table: "v"}), "", 10))
	want := map[string][]string{"id": {"1"}, "c": {"ab"}, "b": {"true"}, "d": {"1985-04-12"}, "ts": {"2026-03-01T07:00:00+00"},
		"n": {"12345678901234567890.10"}, "a": {"x", `y, "z"`}, "e": {""}, "j": {`{"k": 1}`}, "nothing": {""}}
	if diff := cmp.Diff(want, connectortest.Named(&rows[0])); diff != "" {
		t.Error(diff)
	}
}

func TestManyRowsOfOneKeyAreNotParted(t *testing.T) {
	url := execute(t, "equal", "CREATE TABLE client (id int, upd int)", "INSERT INTO client SELECT 1, 1 FROM generate_series(1, 25)", "INSERT INTO client VALUES (2, 2)")
	batches := connectortest.Read(t, connector(t, Settings{URL: url, Table: "client", Key: Columns{"id"}, Page: 4}), "", 5)
	if n, m := len(connectortest.Rows(batches)), len(connectortest.Rejects(batches)); n != 2 || m != 24 {
		t.Errorf("%d rows, %d rejects", n, m)
	}
}

func TestFaultsNameTheCure(t *testing.T) {
	url := execute(t, "faults", "CREATE TABLE keyless (a int)")
	for name, c := range map[string]struct {
		set  Settings
		want error
		part string
	}{
		"no table":       {Settings{URL: url, Table: "nowhere"}, connectors.ErrInput, "no such table"},
		"no primary key": {Settings{URL: url, Table: "keyless"}, connectors.ErrInput, "set key"},
		"no column":      {Settings{URL: url, Table: "keyless", Key: Columns{"b"}}, connectors.ErrInput, "check key"},
		"no cursor":      {Settings{URL: url, Table: "keyless", Key: Columns{"a"}, Cursor: "b"}, connectors.ErrInput, "check cursor"},
		"bad query":      {Settings{URL: url, Query: "SELEC 1", Key: Columns{"a"}}, connectors.ErrInput, "psql"},
		"a writing one":  {Settings{URL: url, Query: "DELETE FROM keyless RETURNING a", Key: Columns{"a"}}, connectors.ErrInput, ""},
		"no server":      {Settings{URL: "host=/nowhere user=secretuser password=hunter2", Table: "x"}, connectors.ErrTemporary, "no connection"},
		"no database":    {Settings{URL: strings.Replace(url, "dbname=postgres", "dbname=none", 1), Table: "x"}, connectors.ErrSurroundings, "check url"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := connectortest.TryRead(connector(t, c.set), "", 10)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.part) {
				t.Errorf("%v", err)
			}
			if strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Error("the error shows the password")
			}
		})
	}
}

func TestConnectionLostIsTemporary(t *testing.T) {
	url := execute(t, "lost", "CREATE TABLE client (id int PRIMARY KEY)", "INSERT INTO client SELECT generate_series(1, 10)")
	c := connector(t, Settings{URL: url + " application_name=victim", Table: "client", Page: 2})
	if err := c.Open(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	first, err := c.Read(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, "lost", fmt.Sprintf("SELECT pg_terminate_backend(%d, 5000)", c.conn.PgConn().PID()))
	for err == nil {
		_, err = c.Read(t.Context(), 2)
	}
	if !errors.Is(err, connectors.ErrTemporary) {
		t.Error(err)
	}
	rest := connectortest.Rows(connectortest.Read(t, connector(t, Settings{URL: url, Table: "client"}), first.Cursor, 100))
	if len(rest) != 8 {
		t.Errorf("%d rows after the break", len(rest))
	}
}

func TestSettings(t *testing.T) {
	s := defaults()
	if err := yaml.Unmarshal([]byte("url: x\ntable: t\nkey: [a, b]\noverlap: 5m\n"), s); err != nil || len(s.Key) != 2 || s.Overlap != 5*time.Minute {
		t.Errorf("%+v %v", s, err)
	}
	if err := yaml.Unmarshal([]byte("key: a\n"), s); err != nil || len(s.Key) != 1 {
		t.Errorf("%+v %v", s, err)
	}
	for _, bad := range []Settings{{}, {URL: "x"}, {URL: "x", Table: "a", Query: "b"}, {URL: "x", Query: "b"}, {URL: "x", Table: "a", Overlap: -1}} {
		if _, err := New(&bad); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}

func FuzzElementsNeverPanics(f *testing.F) {
	f.Add(`{a,"b\"c",NULL,{d}}`)
	f.Fuzz(func(t *testing.T, s string) {
		if len(elements(s)) == 0 {
			t.Fatal("an array without a cell")
		}
	})
}

func TestKind(t *testing.T) { connectortest.Kind(t, Kind()) }
