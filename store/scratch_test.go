package store_test

import (
	"context"
	"crypto/rand"
	"maps"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kartoteka/store"
	"kartoteka/store/storetest"
)

// A backup that is killed leaves its scratch database behind; the next one drops it, and leaves alone
// what others work with, and what is none.
func TestScratchDropsWhatWasAbandoned(t *testing.T) {
	t.Parallel()
	url, tag := storetest.New(t, migrateLease), strings.ToLower(rand.Text()[:7])
	abandoned, taken, other := "kartoteka_scratch_0"+tag, "kartoteka_scratch_1"+tag, "kartoteka_scratch_own"+tag
	conn := connectAs(t, url, "test")
	connectAs(t, url, taken) // as one that is between two steps
	for _, name := range []string{abandoned, taken, other} {
		if _, err := conn.Exec(t.Context(), `CREATE DATABASE `+name); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = conn.Exec(context.Background(), `DROP DATABASE IF EXISTS `+name) })
	}
	there := func(urls ...string) map[string]bool {
		out := map[string]bool{}
		for _, name := range append([]string{abandoned, taken, other}, urls...) {
			name = name[strings.LastIndex(name, "/")+1:]
			name, _, _ = strings.Cut(name, "?")
			var is bool
			if err := conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&is); err != nil {
				t.Fatal(err)
			}
			out[name] = is
		}
		return out
	}
	if now := there(); len(now) != 3 || !now[taken] || !now[other] {
		t.Fatal(now)
	}
	var first, second string
	var during map[string]bool
	err := store.Scratch(t.Context(), url, func(one string) error {
		return store.Scratch(t.Context(), url, func(two string) error {
			first, second, during = one, two, there(one, two)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := maps.Clone(during)
	for name, is := range during {
		if is == (name == abandoned) {
			t.Errorf("%s: %v while two work", name, is)
		}
		want[name] = name == taken || name == other
	}
	if now := there(first, second); len(during) != 5 || !maps.Equal(now, want) {
		t.Errorf("%v afterwards, %v meanwhile", now, during)
	}
}

func connectAs(t *testing.T, url, application string) *pgx.Conn {
	t.Helper()
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	cfg.RuntimeParams["application_name"] = application
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
