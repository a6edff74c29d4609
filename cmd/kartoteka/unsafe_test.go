package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
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
