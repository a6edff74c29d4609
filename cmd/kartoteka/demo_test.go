package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// demoOf runs a small demo in a directory.
func demoOf(t *testing.T, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{out: &out, err: &errs, lookup: func(name string) (string, bool) {
		if name == "KARTOTEKA_DATABASE_URL" {
			return "postgres://nowhere.example/a-real-hub", true
		}
		return os.LookupEnv(name)
	}}
	code = run(context.Background(), append([]string{"demo", "--people", "300", "--dir", dir}, args...), a)
	return code, out.String(), errs.String()
}

func TestDemoTellsItsStoriesAndCanBeRepeated(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a server of its own")
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // the server's user must get in
		t.Fatal(err)
	}
	code, first, errs := demoOf(t, dir)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, want := range []string{"golden records out", "persons", "organizations", "── 3.", "one customer; both belong to", "different customers; they belong to",
		"An open task asks a steward", "created", "equal to the hub's"} {
		if !strings.Contains(first, want) {
			t.Errorf("does not tell %q:\n%s", want, first)
		}
	}
	code, again, errs := demoOf(t, dir, "--output", "json")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var e struct {
		OK      bool
		Summary loadSummary
		Result  demoResult
	}
	if err := json.Unmarshal([]byte(again), &e); err != nil {
		t.Fatal(err)
	}
	r := e.Result
	if !e.OK || len(r.Stories) != 3 || !r.Feed.Equal || len(r.Feed.Last) < 3 || r.Stories[2].Task == nil {
		t.Errorf("%+v", r)
	}
	if q := r.Quality; q.Persons.Precision < 0.95 || q.Persons.Recall < 0.9 || q.Organizations.F1 < 0.98 {
		t.Errorf("quality: %+v", q)
	}
	if code := r.Stories[0].Rows[0].Code.String(); !strings.Contains(first, code) {
		t.Errorf("the same demo gave another code: %s", code)
	}
}

func TestDemoLeavesOtherDirectoriesAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := demoOf(t, dir); code != exitInput || !strings.Contains(errs, "--dir") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
