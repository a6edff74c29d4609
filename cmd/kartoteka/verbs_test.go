package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// door runs command lines against a database of its own, as processes would.
type door struct {
	*testing.T
	dir, url string
}

func migrateHub(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url, golden.NewPermutation)
	if err == nil {
		s.Close()
	}
	return err
}

func openDoor(t *testing.T) *door {
	t.Helper()
	return &door{t, t.TempDir(), storetest.New(t, migrateHub)}
}

func (d *door) run(args ...string) (code int, stdout, stderr string) {
	d.Helper()
	var out, errs bytes.Buffer
	lookup := func(name string) (string, bool) { return d.url, name == "KARTOTEKA_DATABASE_URL" }
	code = run(d.Context(), append(args, "--state", d.dir), &app{out: &out, err: &errs, lookup: lookup})
	return code, out.String(), errs.String()
}

// ok runs a command line that must succeed.
func (d *door) ok(args ...string) string {
	d.Helper()
	code, out, errs := d.run(args...)
	if code != exitOK {
		d.Fatalf("%s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// json runs a command line and reads summary and result of its envelope.
func (d *door) json(want int, summary, result any, args ...string) *problem {
	d.Helper()
	code, out, errs := d.run(append(args, "--output", "json")...)
	var e struct {
		Command         string
		OK              bool
		Summary, Result json.RawMessage
		Error           *problem
	}
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		d.Fatalf("%s: %v in %s%s", strings.Join(args, " "), err, out, errs)
	}
	if code != want {
		d.Fatalf("%s: exit %d, want %d: %s", strings.Join(args, " "), code, want, out)
	}
	for _, part := range []struct {
		text json.RawMessage
		into any
	}{{e.Summary, summary}, {e.Result, result}} {
		if part.into != nil {
			if err := json.Unmarshal(part.text, part.into); err != nil {
				d.Fatalf("%v in %s", err, part.text)
			}
		}
	}
	return e.Error
}

func (d *door) file(name, text string) string {
	d.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
	return path
}

const crmRows = `id;ФИО;Дата рождения;Телефон;E-mail;ИНН
1;Ковалёв Александр Петрович;12.04.1985;8 (901) 123-45-67;kovalev@example.ru;
2;Смирнова Анна Игоревна;03.09.1990;+7 916 555 66 77;anna.s@example.ru;
3;Иванов Пётр Сергеевич;1979-11-30;8-903-222-33-44;;
4;"Гусев, Олег";;8 912 000 11 22;=cmd@example.ru;
5;Шевченко Тарас Григорович;09.03.1988;8 911 777 88 99;taras@example.ru;
`

const billingRows = `key,surname,given name,patronymic,birth date,phone,email
b-1,КОВАЛЕВ,Александр,Петрович,1985-04-12,79011234567,
b-2,Smirnova,Anna,,1990-09-03,+79165556677,ANNA.S@EXAMPLE.RU
b-3,Иванова,Мария,Сергеевна,1982-01-15,89032223344,maria@example.ru
b-4,Petrenko,Oksana,,1991-07-07,+380501112233,oksana@example.ua
`

// crosswalk gives the code of each SOURCE/KEY.
func (d *door) crosswalk() map[string]string {
	d.Helper()
	rows, err := csv.NewReader(strings.NewReader(d.ok("export", "crosswalk", "-q"))).ReadAll()
	if err != nil || strings.Join(rows[0], ",") != "source,key,code,status" {
		d.Fatalf("%v %v", rows, err)
	}
	codes := map[string]string{}
	for _, r := range rows[1:] {
		if r[3] != "active" {
			d.Errorf("status: %v", r)
		}
		codes[r[0]+"/"+r[1]] = r[2]
	}
	return codes
}

func TestShow(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	codes := d.crosswalk()
	if len(codes) != 9 || codes["crm/1"] != codes["billing/b-1"] || codes["crm/1"] == codes["crm/2"] {
		t.Fatalf("crosswalk: %v", codes)
	}
	var byKey, byCode showResult
	d.json(exitOK, nil, &byKey, "show", "crm/1")
	d.json(exitOK, nil, &byCode, "show", strings.ReplaceAll(codes["crm/1"], "-", ""))
	if byKey.Code != byCode.Code || byKey.Code.String() != codes["crm/1"] {
		t.Errorf("%s and %s", byKey.Code, byCode.Code)
	}
	name := byKey.Golden.Attributes["name"][0]
	if len(byKey.Members) != 2 || name.Rule == "" || name.Source == "" || !strings.Contains(name.Value, "Александр") {
		t.Errorf("%+v", byKey)
	}
	if len(byKey.History) == 0 || byKey.History[0].By == "" {
		t.Errorf("history: %+v", byKey.History)
	}
	for lang, word := range map[string]string{"en": "birth date", "ru": "дата рождения", "uk": "дата народження"} {
		if text := d.ok("show", "crm/1", "--lang", lang, "-q"); !strings.Contains(text, word) || !strings.Contains(text, "billing/b-1") {
			t.Errorf("%s:\n%s", lang, text)
		}
	}
	for _, unknown := range []string{"crm/777", "nowhere/1", "0000-0000-0017"} {
		if e := d.json(exitInput, nil, nil, "show", unknown); e.Code == "" {
			t.Errorf("%s: %+v", unknown, e)
		}
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	codes := d.crosswalk()
	for _, pair := range [][2]string{{"crm/1", "billing/b-1"}, {codes["crm/1"], codes["crm/3"]}} {
		var r whyResult
		d.json(exitOK, nil, &r, append([]string{"why"}, pair[:]...)...)
		sum := r.Pair.Prior + r.Pair.Kinship
		for _, c := range r.Pair.Comparisons {
			sum += c.Weight
		}
		if sum != r.Pair.Total || r.SameCode != (r.Pair.Total >= r.Pair.Link) {
			t.Errorf("%v: %d is not %d: %+v", pair, sum, r.Pair.Total, r)
		}
	}
	for lang, words := range map[string][]string{"en": {"surname: ", "one customer", "is needed"}, "ru": {"фамилия: ", "один клиент"}, "uk": {"прізвище: ", "один клієнт"}} {
		text := d.ok("why", "crm/1", "billing/b-1", "--lang", lang, "-q")
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %q:\n%s", lang, w, text)
			}
		}
		if strings.Contains(text, "level.") || strings.Contains(text, "why.") || strings.Contains(text, "part.") {
			t.Errorf("untranslated:\n%s", text)
		}
	}
	d.json(exitInput, nil, nil, "why", "crm/1", "crm/1")
}

func TestFind(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	codes := d.crosswalk()
	for text, want := range map[string]string{
		"ковалев александр":           "crm/1",
		"Ковалёв":                     "crm/1",
		"8 901 123 45 67":             "crm/1",
		"+7(901)123-45-67":            "crm/1",
		"anna.s@EXAMPLE.ru":           "crm/2",
		"Смирнова 03.09.1990":         "crm/2",
		"Пётр Иванов 8 903 222 33 44": "crm/3",
		"Petrenko":                    "billing/b-4",
		"b-3":                         "billing/b-3",
		"billing/b-3":                 "billing/b-3",
		codes["crm/5"]:                "crm/5",
	} {
		var r findResult
		d.json(exitOK, nil, &r, append([]string{"find"}, strings.Fields(text)...)...)
		if len(r.Hits) == 0 || r.Hits[0].Code.String() != codes[want] {
			t.Errorf("%s: %+v, want %s", text, r.Hits, codes[want])
		}
	}
	var none findSummary
	if d.json(exitOK, &none, nil, "find", "Неизвестных", "Никанор"); none.Found != 0 {
		t.Errorf("found %d", none.Found)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	rows, err := csv.NewReader(strings.NewReader(d.ok("export", "golden", "-q"))).ReadAll()
	if err != nil || !slices.Equal(rows[0][:2], []string{"code", "kind"}) || len(rows) < 6 {
		t.Fatalf("%v %v", rows, err)
	}
	lines := strings.Split(strings.TrimSpace(d.ok("export", "golden", "--format", "jsonl", "-q")), "\n")
	if len(lines) != len(rows)-1 || !json.Valid([]byte(lines[0])) {
		t.Errorf("%d documents, %d rows", len(lines), len(rows)-1)
	}
	path := filepath.Join(d.dir, "golden.xlsx")
	var result exportResult
	d.json(exitOK, nil, &result, "export", "golden", "--format", "xlsx", "--out", path)
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := book.GetRows("golden")
	if err != nil || len(cells) != len(rows) {
		t.Errorf("%d rows of %d: %v", len(cells), len(rows), err)
	}
	if formula, _ := book.GetCellFormula("golden", "A2"); formula != "" || result.File != "golden.xlsx" {
		t.Errorf("%q %+v", formula, result)
	}
	d.json(exitInput, nil, nil, "export", "crosswalk")
}

func TestExcelCellsAreText(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s, err := newSheet("xlsx", &out, "golden")
	if err != nil {
		t.Fatal(err)
	}
	const evil = `=HYPERLINK("http://x","y")`
	for _, err := range []error{s.header([]string{"a"}), s.row([]string{evil}), s.row([]string{"00012"}), s.row([]string{strings.Repeat("я", 40_000)}), s.finish(), s.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	if formula, _ := book.GetCellFormula("golden", "A2"); formula != "" {
		t.Errorf("a formula: %s", formula)
	}
	for cell, want := range map[string]string{"A2": evil, "A3": "00012"} {
		if got, _ := book.GetCellValue("golden", cell); got != want {
			t.Errorf("%s: %q", cell, got)
		}
	}
}

func TestRejectsAreExported(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	code, _, _ := d.run("load", d.file("crm.csv", crmRows+"6;\"открыта;1;2\n"), "-q")
	if code != exitRejects {
		t.Fatalf("exit %d", code)
	}
	plain := d.ok("export", "rejects", "-q")
	if !strings.HasPrefix(plain, "source,file,table,row,field,code,reason\n") || strings.Contains(plain, "открыта") || strings.Count(plain, "\n") < 2 {
		t.Error(plain)
	}
	if raw := d.ok("export", "rejects", "--raw", "-q"); !strings.Contains(raw, "открыта") {
		t.Error(raw)
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	before := d.crosswalk()
	var s operateSummary
	d.json(exitOK, &s, nil, "decide", "same", "crm/3", before["crm/4"], "--dry-run")
	if after := d.crosswalk(); s.Merged != 1 || after["crm/3"] == after["crm/4"] {
		t.Fatalf("dry run: %+v %v", s, after)
	}
	d.json(exitOK, &s, nil, "decide", "same", "crm/3", before["crm/4"], "--reason", "seen", "--request", "r1")
	if after := d.crosswalk(); s.Merged != 1 || s.Repeated || after["crm/3"] != after["crm/4"] {
		t.Fatalf("same: %+v %v", s, after)
	}
	d.json(exitOK, &s, nil, "decide", "same", "crm/3", before["crm/4"], "--request", "r1")
	if !s.Repeated || s.Merged != 1 { // the first answer
		t.Errorf("repeated: %+v", s)
	}
	if e := d.json(exitInput, nil, nil, "decide", "different", "crm/4", "crm/3"); e.Code != "decision.contradiction" || !strings.Contains(e.Message, "decision ") {
		t.Errorf("%+v", e)
	}
	d.json(exitOK, &s, nil, "decide", "different", "crm/1", "billing/b-1")
	after := d.crosswalk()
	if after["crm/1"] == after["billing/b-1"] || s.Split+s.Created == 0 {
		t.Errorf("different: %+v %v", s, after)
	}
	if e := d.json(exitInput, nil, nil, "decide", "same", "crm/1", "billing/b-1"); e.Code != "decision.contradiction" {
		t.Errorf("%+v", e)
	}
	var shown showResult
	d.json(exitOK, nil, &shown, "show", "crm/4")
	if len(shown.Decisions) != 1 || shown.History[0].Reason != "seen" {
		t.Errorf("%+v", shown)
	}
	retired := before["crm/4"]
	if shown.Code.String() == retired {
		retired = before["crm/3"]
	}
	var led showResult
	d.json(exitOK, nil, &led, "show", retired)
	if led.State != "retired" || len(led.LeadsTo) != 1 || led.LeadsTo[0] != shown.Code || led.Golden == nil {
		t.Errorf("retired: %+v", led)
	}
	if e := d.json(exitInput, nil, nil, "decide", "same", retired, "crm/5"); !strings.Contains(e.Message, shown.Code.String()) {
		t.Errorf("%+v", e)
	}
	d.json(exitOK, nil, nil, "maintain")
	if diff := d.crosswalk(); diff["crm/1"] == diff["billing/b-1"] {
		t.Error("maintain joined what was decided different")
	}
	d.json(exitOK, nil, nil, "why", "crm/3", "crm/4")
}
