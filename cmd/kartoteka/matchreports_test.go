package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// labeledRows are a small invented file and its truth: Kovalev thrice, Smirnova twice.
const labeledRows = `record_id,full_name,birth_date,phone,email
r1,Ковалёв Александр Петрович,1985-04-12,+79011234567,kovalev@example.ru
r2,КОВАЛЕВ Александр Петрович,12.04.1985,8 901 123-45-67,
r3,Kovalev Aleksandr,1985-04-12,,kovalev@example.ru
r4,Смирнова Анна Игоревна,1990-09-03,+79165556677,anna.s@example.ru
r5,Смирнова Анна Игоревна,1990-09-03,+79165556677,
r6,Иванов Пётр Сергеевич,1979-11-30,+79032223344,
r7,Иванова Мария Сергеевна,1982-01-15,+79032223344,maria@example.ru
r8,Гусев Олег Ильич,1971-02-02,+79120001122,gusev@example.ru
`

const labeledTruth = "record_id,entity_id\nr1,1\nr2,1\nr3,1\nr4,2\nr5,2\nr6,3\nr7,4\nr8,5\n"

// bench has the small labeled file in a directory of its own.
type bench struct {
	*testing.T
	dir, records, truth string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, dir: t.TempDir()}
	b.records, b.truth = b.file("records.csv", labeledRows), b.file("truth.csv", labeledTruth)
	return b
}

func (b *bench) file(name, text string) string {
	b.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// ok runs a verb that must succeed and gives what it printed for people.
func (b *bench) ok(args ...string) string {
	b.Helper()
	code, out, errs := cli(b.T, args...)
	if code != exitOK {
		b.Fatalf("%v: exit %d: %s", args, code, errs)
	}
	return out
}

// result runs a verb that must succeed and decodes its result.
func (b *bench) result(into any, args ...string) {
	b.Helper()
	var e struct{ Result json.RawMessage }
	if err := json.Unmarshal([]byte(b.ok(append(args, "--output", "json", "-q")...)), &e); err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(e.Result, into); err != nil {
		b.Fatal(err)
	}
}

func TestMatchBlocks(t *testing.T) {
	b := newBench(t)
	var r blocksResult
	b.result(&r, "match", "blocks", b.records, "--truth", b.truth)
	if r.Records != 8 || r.Truth == nil || r.Truth.Recall != 1 || len(r.Rules) == 0 || len(r.Worst) == 0 || len(r.Worst[0].Hash) != 16 {
		t.Errorf("%+v", r)
	}
	for _, lang := range []string{"en", "ru", "uk"} {
		text := b.ok("match", "blocks", b.records, "--lang", lang)
		for _, personal := range []string{"Ковал", "9011234567", "kovalev", "1985"} {
			if strings.Contains(text, personal) {
				t.Errorf("%s: personal data without --show-values: %s", lang, text)
			}
		}
	}
	if text := b.ok("match", "blocks", b.records, "--show-values"); !strings.Contains(text, "kovalev@example.ru") {
		t.Errorf("no values:\n%s", text)
	}
	if code, _, errs := cli(t, "match", "blocks", b.records, "--truth", b.records); code != exitInput || !strings.Contains(errs, "entity_id") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
