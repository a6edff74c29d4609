package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/golden"
	"kartoteka/store"
)

// TestBackupAndRestore takes a backup, goes on, loses the database, and brings the backup back.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.ok("load", d.file("crm.csv", crmRows), d.file("billing.csv", billingRows), "-q")
	dir := filepath.Join(t.TempDir(), "backup")
	var b backupSummary
	var m manifest
	if d.json(exitOK, &b, &m, "backup", dir); !b.Verified || m.Contents["record"] != 9 {
		t.Fatalf("%+v", b)
	}
	if e := d.json(exitInput, nil, nil, "backup", dir); e.Code != "exists" {
		t.Errorf("%+v", e)
	}
	before := d.crosswalk()
	// What happens after the backup: a new customer, an erasure.
	later := "id;ФИО;Дата рождения;Телефон\n77;Жуков Матвей Ильич;05.06.1971;+79160000077\n"
	d.ok("load", d.file("later.csv", later), "--source", "crm", "--key", "id", "-q")
	published := d.crosswalk()["crm/77"]
	d.ok("erase", before["crm/4"], "--leave-vacuum", "-q")

	if e := d.json(exitInput, nil, nil, "restore", dir); !strings.Contains(e.Message, "--replace") {
		t.Errorf("%+v", e)
	}
	other, err := store.Open(t.Context(), d.url, golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	if e := d.json(exitSurroundings, nil, nil, "restore", dir, "--replace"); e.Code != "busy" {
		t.Errorf("%+v", e)
	}
	other.Close()
	d.json(exitOK, nil, nil, "restore", dir, "--replace")
	if diff := cmp.Diff(before, d.crosswalk()); diff != "" {
		t.Fatal(diff)
	}
	d.isWalled()
	// It answers, and gives no codes.
	if e := d.json(exitSurroundings, nil, nil, "load", filepath.Join(d.dir, "later.csv"), "--source", "crm", "--key", "id"); e.Code != "restored" {
		t.Errorf("%+v", e)
	}
	if e := d.json(exitSurroundings, nil, nil, "feed", "tail"); e.Code != "restored" {
		t.Errorf("%+v", e)
	}
	var s confirmSummary
	d.json(exitOK, &s, nil, "restore", "confirm", "--reason", "a drill")
	if s.Epoch != 2 || s.Erased != 1 || s.Withdrawn < 1 || s.Reissued < 6 {
		t.Errorf("%+v", s)
	}
	d.json(exitInput, nil, nil, "restore", "confirm")
	d.json(exitOK, nil, nil, "verify")
	d.ok("load", filepath.Join(d.dir, "later.csv"), "--source", "crm", "--key", "id", "-q")
	now := d.crosswalk()
	if now["crm/77"] == published || now["crm/77"] == "" {
		t.Errorf("the code %s was given twice", published)
	}
	if _, back := now["crm/4"]; back {
		t.Error("the erased customer is back")
	}
	d.ok("load", filepath.Join(d.dir, "crm.csv"), "-q")
	if _, back := d.crosswalk()["crm/4"]; back {
		t.Error("the erased customer came back by its source")
	}
	var withdrawn showResult
	d.json(exitOK, nil, &withdrawn, "show", published)
	if withdrawn.State != "erased" {
		t.Errorf("%+v", withdrawn)
	}
}

// isWalled looks whether the database still keeps customers from nobody: a dump has policies and no role.
func (d *door) isWalled() {
	d.Helper()
	s, err := store.Open(d.Context(), d.url, golden.NewPermutation)
	if err != nil {
		d.Fatal(err)
	}
	defer s.Close()
	n := -1
	err = s.InScope(d.Context(), store.Scope{}, func(tx *store.Tx) error {
		return tx.QueryRow(d.Context(), `SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM golden)`).Scan(&n)
	})
	if w := s.Wall(); err != nil || n != 0 || w.Missing != "" {
		d.Errorf("nobody sees %d rows: %v, %+v", n, err, w)
	}
}

// TestWitness: a database that is behind what was seen gives no codes.
func TestWitness(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	d.json(exitOK, nil, nil, "show", "crm/1") // the witness sees where the hub stands
	files, err := filepath.Glob(filepath.Join(d.dir, "witness-*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	ahead := strings.Replace(string(text), `"position":`, `"position":9`, 1)
	if err := os.WriteFile(files[0], []byte(ahead), 0o600); err != nil {
		t.Fatal(err)
	}
	if e := d.json(exitSurroundings, nil, nil, "decide", "same", "crm/1", "crm/2"); e.Code != "restored" {
		t.Errorf("%+v", e)
	}
	d.json(exitOK, nil, nil, "show", "crm/1")
	var s confirmSummary
	d.json(exitOK, &s, nil, "restore", "confirm")
	d.json(exitOK, nil, nil, "decide", "same", "crm/1", "crm/2")
	d.json(exitOK, nil, nil, "verify")
	if err := os.WriteFile(files[0], []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.json(exitSurroundings, nil, nil, "show", "crm/1")
}

func TestWithdrawnPieces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, codes int64 }{{5, 5, 0}, {9, 5, 0}, {5, 105, 100}, {1, 120_001, 120_000}, {1, 2_000_001, 2_000_000}, {10, 100_000_010, 2 * withdrawnMost}} {
		n, last := int64(0), c.from
		for _, p := range withdrawn(c.from, c.to) {
			if n += p[1] - p[0]; p[0] < last || p[1] <= p[0] || p[1]-p[0] > 50_000 {
				t.Errorf("%+v: %v after %d", c, p, last)
			}
			last = p[1]
		}
		if n != c.codes || n > 0 && last != c.to {
			t.Errorf("%+v: %d codes, up to %d", c, n, last)
		}
	}
}

// Of what a scheduled backup that was killed left behind nothing stays; what others named does.
func TestPartialBackupsAreRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"hub-20261122T071831Z.part", "hub-20261122T071831Z", "hub-mine.part", "other.part"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "inner"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := removePartial(dir); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if diff := cmp.Diff([]string{"hub-20261122T071831Z", "hub-mine.part", "other.part"}, left); diff != "" {
		t.Error(diff)
	}
}
