package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// canaries are rows of persons whose every value is found by a word of its own.
func canaries(n int) (csv string, words []string) {
	var b strings.Builder
	b.WriteString("id;ФИО;Дата рождения;Телефон;E-mail;Адрес\n")
	for i := range n {
		word := fmt.Sprintf("kanareyka%04d", i)
		words = append(words, word)
		fmt.Fprintf(&b, "key-%s;Канарейкина%s Анна%d Ивановна;0%d.0%d.19%02d;+7916%07d;%s@example.ru;Казань, ул %s, 1\n",
			word, russianNumber(i), i%7, 1+i%9, 1+i%8, 50+i%40, 1000000+i*7919%8999999, word, word)
	}
	// Input that becomes no record holds values of persons too.
	fmt.Fprintf(&b, ";;;;%s@example.ru;\n", words[0])
	return b.String(), words
}

// russianNumber spells a number in letters, so that names differ.
func russianNumber(n int) string {
	letters := []rune("абвгдежзик")
	out := []rune{}
	for range 4 {
		out = append(out, letters[n%10])
		n /= 10
	}
	return string(out)
}

// TestEraseLeavesNothing erases half of the canaries and looks for them everywhere.
func TestEraseLeavesNothing(t *testing.T) {
	t.Parallel()
	n := 40
	if os.Getenv("KARTOTEKA_SLOW") != "" {
		n = 1000
	}
	d := openDoor(t)
	csv, words := canaries(n)
	file := d.file("birds.csv", csv)
	if code, out, errs := d.run("load", file, "--key", "id", "-q"); code != exitOK && code != exitRejects {
		t.Fatal(out, errs)
	}
	codes := d.crosswalk()
	for i := 0; i < n; i += 2 {
		code := codes["birds/key-"+words[i]]
		if i == 0 {
			var r eraseReceipt
			if d.json(exitOK, &r, nil, "erase", code, "--dry-run"); r.Records != 1 || r.Operation == 0 {
				t.Fatalf("%+v", r)
			}
			d.json(exitOK, nil, nil, "show", code)
		}
		args := []string{"erase", code, "--reason", "asked for"}
		if i+2 < n {
			args = append(args, "--leave-vacuum")
		}
		var r eraseReceipt
		if d.json(exitOK, &r, nil, args...); r.Records != 1 || r.Sources["birds"] != 1 {
			t.Fatalf("%+v", r)
		}
	}
	d.everywhere(func(place, text string) {
		for i := 0; i < n; i += 2 {
			if strings.Contains(strings.ToLower(text), words[i]) || strings.Contains(text, fmt.Sprintf("7916%07d", 1000000+i*7919%8999999)) {
				t.Errorf("%s: %s is still there", place, words[i])
			}
		}
	})
	// It does not come back, and what stays is whole.
	if code, out, errs := d.run("load", file, "--key", "id", "-q"); code != exitOK && code != exitRejects {
		t.Fatal(out, errs)
	}
	d.json(exitOK, nil, nil, "verify")
	for i := range n {
		if _, there := d.crosswalk()["birds/key-"+words[i]]; there == (i%2 == 0) {
			t.Fatalf("canary %d: %v", i, there)
		}
		if i > 4 {
			break
		}
	}
	code := codes["birds/key-"+words[0]]
	var r eraseReceipt
	if d.json(exitOK, &r, nil, "erase", code); !r.Repeated {
		t.Errorf("%+v", r)
	}
	d.json(exitInput, nil, nil, "erase", "1234-5678-9012")
	d.json(exitInput, nil, nil, "erase", "0000-0000-0018")
	entries, err := readJournal(d.dir)
	if err != nil || len(entries) != n/2+n%2 {
		t.Errorf("%d entries in the journal: %v", len(entries), err)
	}
}

// TestErasureIsOneOperation erases a customer of several records: one audit row, and one event, which
// names all of them.
func TestErasureIsOneOperation(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.ok("load", d.file("crm.csv", crmRows), d.file("billing.csv", billingRows), "-q")
	code := d.crosswalk()["crm/1"]
	var members, before, operations, changes, last, versions, moved int64
	var kind string
	d.query(`SELECT (SELECT count(*) FROM record WHERE code = g.code), g.version, h.last_operation, h.last_position FROM golden g, hub h
		WHERE g.code = `+strings.ReplaceAll(code, "-", "")+`::bigint`, &members, &before, &operations, &changes)
	if members < 2 {
		t.Fatalf("%s has %d records", code, members)
	}
	var r eraseReceipt
	if d.json(exitOK, &r, nil, "erase", code, "--leave-vacuum", "-q"); r.Operation != operations+1 || int64(r.Records) != members {
		t.Errorf("%+v, after operation %d", r, operations)
	}
	d.query(fmt.Sprintf(`SELECT count(*), max(kind), max(version), sum(jsonb_array_length(moved::jsonb)) FROM change
		WHERE position > %d AND operation = %d`, changes, r.Operation), &versions, &kind, &last, &moved)
	if versions != 1 || kind != "erased" || last != before+1 || moved != members {
		t.Errorf("%d changes, %s, version %d after %d, %d of %d records moved", versions, kind, last, before, moved, members)
	}
	if d.query(`SELECT max(id), (SELECT max(position) FROM change) FROM op`, &last, &versions); last != r.Operation || versions != changes+1 {
		t.Errorf("the erasure is operation %d, the last one %d; %d changes", r.Operation, last, versions-changes)
	}
	d.json(exitOK, nil, nil, "verify")
}

// everywhere shows each table as text, and each file of the state directory that the test did not write.
func (d *door) everywhere(look func(place, text string)) {
	d.Helper()
	conn, err := pgx.Connect(d.Context(), d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer conn.Close(d.Context())
	rows, err := conn.Query(d.Context(), `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)
	if err != nil {
		d.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		d.Fatal(err)
	}
	for _, table := range tables {
		var out bytes.Buffer
		if _, err := conn.PgConn().CopyTo(d.Context(), &out, `COPY (SELECT t::text, `+rawOf(table)+` FROM `+table+` t) TO STDOUT`); err != nil {
			d.Fatal(table, err)
		}
		look(table, out.String())
	}
	err = filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, ".csv") {
			return err
		}
		text, err := os.ReadFile(path)
		look(path, string(text))
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
}

// rawOf shows bytes as text, where a table keeps input.
func rawOf(table string) string {
	switch table {
	case "reject":
		return "encode(raw, 'escape')"
	case "body":
		return "encode(standard, 'escape')"
	}
	return "''"
}

// A line that was cut off by a power failure is taken away before the next one is written.
func TestJournalAfterATornLine(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	code := customer.WithCheckDigit(48151623420)
	for n, torn := range []string{"", `{"code":"12`, `{"code":"1234-5678-9010","at":"2026-11-22T00:00:00Z","hashes":[]}`} {
		f, err := os.OpenFile(journalFile(state), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(torn); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		if err := writeJournal(state, code, []string{fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
		list, err := readJournal(state)
		if err != nil || len(list) != n+1 || list[n].Hashes[0] != fmt.Sprint(n) {
			t.Fatalf("after %q: %+v %v", torn, list, err)
		}
	}
}
