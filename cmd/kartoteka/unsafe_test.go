package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kartoteka/golden"
	"kartoteka/store"
)

// TestUnsafeDatabase refuses a server that may lose what it acknowledged, unless that is accepted by name.
func TestUnsafeDatabase(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	conn, err := pgx.Connect(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
	if e := d.json(exitSurroundings, nil, nil, "show", "crm/1"); !strings.Contains(e.Message, "KARTOTEKA_ACCEPT_DATA_LOSS=synchronous_commit") {
		t.Errorf("%+v", e)
	}
	for accepted, want := range map[string]int{"synchronous_commit": exitOK, "fsync": exitSurroundings, "fsync, synchronous_commit": exitOK} {
		var out, errs bytes.Buffer
		lookup := func(name string) (string, bool) {
			switch name {
			case "KARTOTEKA_DATABASE_URL":
				return d.url, true
			case "KARTOTEKA_ACCEPT_DATA_LOSS":
				return accepted, true
			}
			return "", false
		}
		if code := run(t.Context(), []string{"show", "crm/1", "--state", d.dir}, &app{out: &out, err: &errs, lookup: lookup}); code != want {
			t.Errorf("%s accepted: exit %d, want %d: %s", accepted, code, want, errs.String())
		}
	}
}

// TestNewerDatabase leaves a database alone whose schema a newer program made; a process of before that is
// running meanwhile goes on.
func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	before, err := store.Open(t.Context(), d.url, golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	d.query(`WITH x AS (INSERT INTO schema_migration (version) VALUES (9999) RETURNING 1) SELECT count(*) FROM x`, new(int))
	for _, args := range [][]string{{"show", "crm/1"}, {"load", d.file("crm.csv", crmRows)}, {"serve", "--listen", "127.0.0.1:0"}, {"verify"}} {
		if e := d.json(exitSurroundings, nil, nil, args...); !strings.Contains(e.Message, "version 9999") || !strings.Contains(e.Message, "use the newer program") {
			t.Errorf("%s: %+v", args[0], e)
		}
	}
	if n, err := before.CountLive(t.Context()); err != nil || n == 0 {
		t.Error(n, err)
	}
}
