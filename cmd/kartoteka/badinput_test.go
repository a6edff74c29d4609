package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// badInput is a load of something that is not as it should be.
type badInput struct {
	name    string
	file    string // name of the file
	text    string // its content
	args    []string
	exit    int
	says    string          // what the message or a reject's reason must say
	counts  customer.Counts // of a load that went through
	records int             // that the hub has afterwards
}

const goodRows = "id;ФИО;Дата рождения;Телефон\n1;Ковалёв Александр Петрович;12.04.1985;8 901 123-45-67\n2;Смирнова Анна Игоревна;03.09.1990;8 916 555-66-77\n"

func badInputs(t *testing.T) []badInput {
	t.Helper()
	ok2 := customer.Counts{Read: 2, Accepted: 2}
	oneBad := customer.Counts{Read: 3, Accepted: 2, Rejected: 1}
	messy := string(readTestFile(t, "excel/testdata/messy.xlsx"))
	wide := strings.Repeat(";лишнее", 5000)
	return []badInput{
		{name: "empty", file: "a.csv", exit: exitInput, says: "empty"},
		{name: "only blanks", file: "a.csv", text: "\n \n\n", exit: exitInput, says: "a.csv"},
		{name: "header only", file: "a.csv", text: "id;ФИО;Телефон\n", exit: exitInput, says: "a.csv has no rows"},
		{name: "text called xlsx", file: "a.xlsx", text: goodRows, counts: ok2, records: 2},
		{name: "workbook called csv", file: "a.csv", text: messy, counts: customer.Counts{Read: 3, Accepted: 3}, records: 3},
		{name: "picture called csv", file: "a.csv", text: "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", exit: exitInput, says: "picture"},
		{name: "truncated zip", file: "a.xlsx", text: messy[:len(messy)/2], exit: exitInput, says: "a.xlsx"},
		{name: "zip bomb", file: "a.xlsx", text: bomb(t, messy), exit: exitInput, says: "bomb"},
		{name: "doctype", file: "a.xml", text: "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"b\">]>\n<КоммерческаяИнформация ВерсияСхемы=\"2.05\">&b;</КоммерческаяИнформация>", exit: exitInput, says: "DOCTYPE"},
		{name: "mixed charsets", file: "a.csv", text: goodRows + "3;\xcf\xe5\xf2\xf0\xee\xe2 \xcf\xb8\xf2\xf0;01.02.1980;8 903 111-22-33\n", exit: exitRejects, says: "charset", counts: oneBad, records: 2},
		{name: "NUL bytes", file: "a.csv", text: goodRows + "3;Пет\x00ров Иван;01.02.1980;8 903 111-22-33\n", exit: exitRejects, says: "NUL", counts: oneBad, records: 2},
		{name: "cell of 10 MB", file: "a.csv", text: goodRows + "3;" + strings.Repeat("я", 5<<20) + ";01.02.1980;8 903 111-22-33\n", exit: exitRejects, says: "long", counts: oneBad, records: 2},
		{name: "5,000 columns", file: "a.csv", text: strings.ReplaceAll(goodRows, "\n", wide+"\n"), exit: exitInput, says: "columns"},
		{name: "duplicate headers", file: "a.csv", text: "id;ФИО;Телефон;Телефон\n1;Ковалёв Александр;8 901 123-45-67;8 902 123-45-67\n2;Смирнова Анна;8 916 555-66-77;\n", counts: ok2, records: 2},
		{name: "duplicate keys", file: "a.csv", text: goodRows + "2;Смирнова Анна Игоревна;03.09.1990;8 916 000-11-22\n", args: []string{"--key", "id"}, counts: customer.Counts{Read: 3, Accepted: 3}, records: 2},
		{name: "empty key", file: "a.csv", text: goodRows + ";Петров Иван Ильич;01.02.1980;8 903 111-22-33\n", args: []string{"--key", "id"}, exit: exitRejects, says: "key", counts: oneBad, records: 2},
		{name: "no such key", file: "a.csv", text: goodRows, args: []string{"--key", "номер"}, exit: exitInput, says: "номер"},
		{name: "broken quotes", file: "a.csv", text: goodRows + "3;\"Петров Иван;01.02.1980\n", exit: exitRejects, says: "quot", counts: oneBad, records: 2},
		{name: "broken JSON", file: "a.jsonl", text: "{\"id\": 1, \"ФИО\": \"Ковалёв Александр\"}\n{\"id\": 2, \"ФИО\"\n{\"id\": 3, \"ФИО\": \"Смирнова Анна\"}\n", exit: exitRejects, counts: oneBad, records: 2},
	}
}

func readTestFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../connectors", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range badInputs(t) {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

func (c *badInput) check(t *testing.T) {
	d := openDoor(t)
	var s loadSummary
	var r loadResult
	e := d.json(c.exit, &s, &r, append([]string{"load", d.file(c.file, c.text)}, c.args...)...)
	says := ""
	if e != nil {
		says = e.Message
	}
	for _, reject := range r.Rejects {
		says += "\n" + reject.Reason
		if reject.Place.Row == 0 || reject.Code == "" {
			t.Errorf("a reject without a place or a code: %+v", reject)
		}
	}
	if !strings.Contains(says, c.says) || strings.Contains(says, "panic") || strings.Contains(says, "Ковал") {
		t.Errorf("says %s", says)
	}
	if diff := cmp.Diff(c.counts, s.Counts); diff != "" {
		t.Errorf("counts:\n%s", diff)
	}
	if got := len(d.crosswalk()); got != c.records {
		t.Errorf("%d records, want %d", got, c.records)
	}
	d.ok("load", d.file("later.csv", goodRows), "-q")
	if got := len(d.crosswalk()); got != c.records+2 {
		t.Errorf("a later load: %d records, want %d", got, c.records+2)
	}
	d.ok("verify", "-q") // nothing is half applied
}

const (
	sheetBegin = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`
	sheetEnd   = `</t></is></c></row></sheetData></worksheet>`
)

// bomb is the workbook with a sheet of many blanks.
func bomb(t *testing.T, workbook string) string {
	t.Helper()
	in, err := zip.NewReader(strings.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			if err := z.Copy(f); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		blanks := strings.Repeat(" ", 1<<20)
		for _, text := range append(append([]string{sheetBegin}, slices.Repeat([]string{blanks}, 128)...), sheetEnd) {
			if _, err := io.WriteString(w, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBadSurroundings(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	good := d.file("good.csv", goodRows)
	if e := d.json(exitInput, nil, nil, "load", d.dir); !strings.Contains(e.Message, "directory") {
		t.Errorf("directory: %+v", e)
	}
	if e := d.json(exitInput, nil, nil, "load", filepath.Join(d.dir, "missing.csv")); !strings.Contains(e.Message, "missing.csv") {
		t.Errorf("missing: %+v", e)
	}
	if e := d.json(exitInput, nil, nil, "load", good, "--config", "../../config/testdata/bad_five_faults.yaml"); len(e.Faults) != 5 {
		t.Errorf("five faults: %+v", e)
	}
	if os.Geteuid() != 0 {
		secret := d.file("secret.csv", goodRows)
		if err := os.Chmod(secret, 0); err != nil {
			t.Fatal(err)
		}
		if e := d.json(exitSurroundings, nil, nil, "load", secret); e.Code != "permission" {
			t.Errorf("permission: %+v", e)
		}
	}
	url := d.url
	d.url = "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"
	if e := d.json(exitSurroundings, nil, nil, "load", good); e.Message == "" {
		t.Errorf("no database: %+v", e)
	}
	d.url = url
	d.ok("load", good, "-q")
	header, _, _ := strings.Cut(goodRows, "\n")
	if e := d.json(exitInput, nil, nil, "load", d.file("other.csv", header+"\n")); !strings.Contains(e.Message, "other.csv has no rows") {
		t.Errorf("header only: %+v", e)
	}
	var known loadResult
	d.json(exitOK, nil, &known, "load", d.file("good.csv", header+"\n")) // nothing new from a known source
	if a := strings.Join(known.Report.Advice, "\n"); !strings.Contains(a, "good.csv has no rows") {
		t.Errorf("header only, known: %q", a)
	}
	if got := len(d.crosswalk()); got != 2 {
		t.Errorf("%d records", got)
	}
	d.file("good.csv", goodRows)
	for says, text := range map[string]string{"is of other, and the files are of good": "sources: {other: {map: {name: ФИО}}}\n", "says nothing": "\n"} {
		if e := d.json(exitInput, nil, nil, "load", good, "--mapping", d.file("mapping.yaml", text)); !strings.Contains(e.Message, says) {
			t.Errorf("%s: %+v", says, e)
		}
	}
	if e := d.json(exitInput, nil, nil, "load", good, "--mapping", d.file("mapping.yaml", "")+".not"); !strings.Contains(e.Message, "mapping.yaml.not: no such file") {
		t.Errorf("a mapping that is not there: %+v", e)
	}
	d.json(exitOK, nil, &known, "load", good, "--dry-run", "--mapping", d.file("mapping.yaml", "sources: {good: {map: {name: ФИО, phone: Тилифон}}}\n"))
	if a := strings.Join(known.Report.Advice, "\n"); !strings.Contains(a, "Тилифон") {
		t.Errorf("a column that is not there: %q", a)
	}
}

// TestDatabaseGoesAwayHalfWay cuts all connections at each point of a load that a crash must
// survive, of a first load and of a later one.
func TestDatabaseGoesAwayHalfWay(t *testing.T) {
	t.Parallel()
	for _, already := range []bool{false, true} {
		for point := 3; point <= 8; point++ {
			d := openDoor(t)
			want := 2
			if already {
				d.ok("load", d.file("earlier.csv", goodRows), "-q")
				want = 4
			}
			good := d.file("good.csv", strings.ReplaceAll(goodRows, "8 9", "8 8"))
			code, out, errs, reached := d.cutAt(point, "load", good, "-q")
			if reached && code != exitSurroundings && code != exitOK || !reached && code != exitOK || strings.Contains(out+errs, "panic") {
				t.Errorf("point %d: exit %d\n%s", point, code, errs)
			}
			d.ok("load", good, "-q")
			d.ok("verify", "-q")
			if got := len(d.crosswalk()); got != want {
				t.Errorf("point %d: %d records, want %d", point, got, want)
			}
		}
	}
}

// cutAt runs a command line and cuts its connections while it stands still at its n-th point.
func (d *door) cutAt(point int, args ...string) (code int, stdout, stderr string, reached bool) {
	d.Helper()
	p := d.spawn([]string{fmt.Sprintf("KARTOTEKA_FAILPOINT=*:%d=pause", point)}, args...)
	if reached = p.stops(); reached {
		d.cut()
		p.signal(syscall.SIGCONT)
	}
	return p.wait(), p.out.String(), p.err.String(), reached
}

func (d *door) cut() {
	conn, err := pgx.Connect(d.Context(), d.url)
	if err != nil {
		d.Error(err)
		return
	}
	defer conn.Close(d.Context())
	if _, err := conn.Exec(d.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		d.Error(err)
	}
}
