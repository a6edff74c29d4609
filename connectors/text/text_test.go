package text

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"kartoteka/connectors"
	"kartoteka/connectors/connectortest"
	"kartoteka/customer"
)

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func connector(t testing.TB, s Settings) connectors.Connector {
	t.Helper()
	c, err := New(&s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTextIsAConnector(t *testing.T) {
	var b strings.Builder
	b.WriteString("Отчет по клиентам\n\nФИО;Телефон;Примечание\n")
	for i := range connectortest.Records {
		fmt.Fprintf(&b, "Клиент %c;+7 900 000-00-0%d;\"строка\nдве %d\"\n\n", 'А'+rune(i), i, i)
	}
	b.WriteString("Итого;10;\n")
	file := write(t, b.String())
	connectortest.Run(t, connectortest.Harness{
		New:    func(t *testing.T) connectors.Connector { return connector(t, Settings{File: file}) },
		Denied: func(t *testing.T) connectors.Connector { return connector(t, Settings{File: t.TempDir()}) },
		Broken: func(t *testing.T) connectors.Connector {
			return connector(t, Settings{File: write(t, "ФИО;ИНН\nа;1\nб;2\n\"в\"г;3\nд;4\n")})
		},
	})
}

func TestManyFilesAreOneConnector(t *testing.T) {
	dir := t.TempDir()
	for f := range 2 {
		var b strings.Builder
		b.WriteString("name,phone\n")
		for i := range connectortest.Records / 2 {
			fmt.Fprintf(&b, "client %c,8900000000%d\n", 'a'+rune(i), 5*f+i)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("b%d.csv", f)), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := connector(t, Settings{File: filepath.Join(dir, "b*.csv")})
	batches := connectortest.Read(t, c, "", 3)
	if n := len(connectortest.Rows(batches)); n != 10 {
		t.Fatalf("%d rows", n)
	}
	rest := connectortest.Rows(connectortest.Read(t, c, batches[1].Cursor, 3))
	if len(rest) != 4 || rest[0].Place.File != "b1.csv" {
		t.Errorf("%d rows from %+v", len(rest), rest[0].Place)
	}
}

func TestSamplesAreTheSameRows(t *testing.T) {
	read := func(name string) []map[string][]string {
		var out []map[string][]string
		for _, r := range connectortest.Rows(connectortest.Read(t, connector(t, Settings{File: "testdata/" + name}), "", 100)) {
			cells := connectortest.Named(&r)
			delete(cells, "№ п/п")
			delete(cells, "N п/п") // the old charsets have no №
			out = append(out, cells)
		}
		return out
	}
	want := read("clients-comma-utf8-bom.csv")
	if len(want) != 4 || want[1]["ИНН"][0] != "'008765432143" || want[1]["Телефоны"][0] != "+7 900 000-00-02\nраб. 000-22-33" {
		t.Fatalf("%q", want)
	}
	for _, name := range []string{"clients-semicolon-cp1251.csv", "clients-semicolon-koi8r.csv", "clients-semicolon-cp866.csv", "clients-tab-utf16le-bom.txt"} {
		if diff := cmp.Diff(want, read(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// outcome is a file's rows as texts joined by "|", its rejects and filtered rows.
type outcome struct {
	Columns  string
	Rows     []string
	Rejects  []string
	Filtered map[customer.FilterReason]int
}

func read(t *testing.T, s Settings) outcome {
	t.Helper()
	batches := connectortest.Read(t, connector(t, s), "", 1000)
	o := outcome{Filtered: connectortest.Filtered(batches)}
	for _, r := range connectortest.Rows(batches) {
		o.Columns = strings.Join(r.Table.Columns, "|")
		texts := make([]string, len(r.Table.Columns))
		for _, c := range r.Cells {
			texts[c.Column] = c.Text
			if c.Text == "" {
				texts[c.Column] = "∅"
			}
		}
		o.Rows = append(o.Rows, strings.Join(texts, "|"))
	}
	for _, r := range connectortest.Rejects(batches) {
		o.Rejects = append(o.Rejects, fmt.Sprintf("%d %s", r.Place.Row, r.Code))
	}
	return o
}

func TestRows(t *testing.T) {
	none := map[customer.FilterReason]int{}
	for name, c := range map[string]struct {
		text string
		set  Settings
		want outcome
	}{
		"quoted empty is explicitly empty, bare is absent": {
			"name;phone;email\nа;\"\";\n", Settings{}, outcome{"name|phone|email", []string{"а|∅|"}, nil, none}},
		"bare is empty when the settings say so": {
			"name;phone\nа;\n", Settings{Empty: "empty"}, outcome{"name|phone", []string{"а|∅"}, nil, none}},
		"a stray quote rejects its line only": {
			"name;phone\n\"а;1\nб;2\nв;\"3\"x\nг;4\n", Settings{},
			outcome{"name|phone", []string{"б|2", "г|4"}, []string{"2 row.quotes", "4 row.quotes"}, none}},
		"a quote inside a bare field is text": {
			"name;phone\nООО \"Ромашка\";1\nб;2\n", Settings{}, outcome{"name|phone", []string{"ООО \"Ромашка\"|1", "б|2"}, nil, none}},
		"more fields are right only when empty": {
			"name;phone\nа;1;;\nб;2;x\nв\nг;4\n", Settings{},
			outcome{"name|phone", []string{"а|1", "г|4"}, []string{"3 row.columns", "4 row.columns"}, none}},
		"header with empty ends": {
			"name;phone;;\nа;1;;\nб;2\n", Settings{}, outcome{"name|phone", []string{"а|1", "б|2"}, nil, none}},
		"NUL": {
			"name;phone\nа;1\nб;\x002\nв;3\n", Settings{}, outcome{"name|phone", []string{"а|1", "в|3"}, []string{"3 row.nul"}, none}},
		"duplicate headers are numbered": {
			"phone;phone;phone (2);phone\n89;8;7;6\n", Settings{Header: "first"}, outcome{"phone|phone (2)|phone (2) (2)|phone (3)", []string{"89|8|7|6"}, nil, none}},
		"COPY knows null and escapes": {
			"id\tname\tphone\n1\ta\\tb\\\\\t\\N\n2\tв\t\\N\n", Settings{}, outcome{"id|name|phone", []string{"1|a\tb\\|∅", "2|в|∅"}, nil, none}},
		"sep line": {
			"sep=|\nname|phone\nа;б|1\n", Settings{}, outcome{"name|phone", []string{"а;б|1"}, nil, none}},
		"one column": {
			"email\na@example.com\nb@example.com\n", Settings{}, outcome{"email", []string{"a@example.com", "b@example.com"}, nil, none}},
		"bare CR ends lines": {
			"name;phone\rа;1\rб;2\r", Settings{}, outcome{"name|phone", []string{"а|1", "б|2"}, nil, none}},
		"title rows, repeated header, totals, DOS end": {
			"Отчет\nза март\n\nФИО;ИНН;Телефон\nа;1;2\nФИО;ИНН;Телефон\nб;2;3\nИтого по отчету;2;\n\x1a", Settings{},
			outcome{"ФИО|ИНН|Телефон", []string{"а|1|2", "б|2|3"}, nil,
				map[customer.FilterReason]int{"header": 1, "total": 1, "blank": 1}}},
		"header with unknown words": {
			"rec,soc,bx\nr-1,12345678,x\nr-2,2345678,y\n", Settings{}, outcome{"rec|soc|bx", []string{"r-1|12345678|x", "r-2|2345678|y"}, nil, none}},
		"quotes off": {
			"name;phone\n\"а\" б;1\n", Settings{Quotes: "none"}, outcome{"name|phone", []string{"\"а\" б|1"}, nil, none}},
	} {
		t.Run(name, func(t *testing.T) {
			c.set.File = write(t, c.text)
			if diff := cmp.Diff(c.want, read(t, c.set)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMixedCharsetsRejectTheirRows(t *testing.T) {
	odd, _ := charmap.Windows1251.NewEncoder().String("Иванова Мария;2\n")
	got := read(t, Settings{File: write(t, "name;phone\nПетров;1\nИванов;11\n"+odd+"Сидоров;3\n")})
	want := outcome{"name|phone", []string{"Петров|1", "Иванов|11", "Сидоров|3"}, []string{"4 row.encoding"}, map[customer.FilterReason]int{}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLargeThings(t *testing.T) {
	long := write(t, "name;phone\nа;1\nб;"+strings.Repeat("x", 10<<20)+"\nв;"+strings.Repeat("y", 40<<20)+"\nг;4\n")
	if got := read(t, Settings{File: long}); strings.Join(got.Rows, ",") != "а|1,г|4" || strings.Join(got.Rejects, ",") != "3 cell.length,4 row.length" {
		t.Errorf("%v %v", got.Rows, got.Rejects)
	}
	wide := write(t, strings.Repeat("name;", 5000)+"x\n")
	_, err := connectortest.TryRead(connector(t, Settings{File: wide}), "", 10)
	if !errors.Is(err, connectors.ErrInput) || !strings.Contains(err.Error(), "columns") {
		t.Error(err)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"empty.csv": "", "blank.csv": " \n\n", "book.csv": "PK\x03\x04broken", "page.csv": "<html><table>"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := connectortest.TryRead(connector(t, Settings{File: path}), "", 10); !errors.Is(err, connectors.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := connectortest.TryRead(connector(t, Settings{File: filepath.Join(dir, "*.tsv")}), "", 10); !errors.Is(err, connectors.ErrInput) {
		t.Error(err)
	}
	locked := filepath.Join(dir, "locked.csv")
	if err := os.WriteFile(locked, []byte("name;phone\n"), 0o000); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		if _, err := connectortest.TryRead(connector(t, Settings{File: locked}), "", 10); !errors.Is(err, connectors.ErrSurroundings) {
			t.Error(err)
		}
	}
}

func TestHeaderAlone(t *testing.T) {
	c := connector(t, Settings{File: write(t, "ФИО;Телефон\n")})
	batches := connectortest.Read(t, c, "", 10)
	if len(batches) != 0 {
		t.Errorf("%d batches", len(batches))
	}
	found := false
	for _, n := range c.(connectors.Noter).Notes() {
		found = found || n.Code == "text.empty"
	}
	if !found {
		t.Error("no note that there are no rows")
	}
}

func TestFileThatChangesWhileRead(t *testing.T) {
	path := write(t, "name;phone\nа;1\nб;2\n")
	c := connector(t, Settings{File: path})
	if err := c.Open(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, err := c.Read(t.Context(), 10)
	if !errors.Is(err, connectors.ErrInput) || !strings.Contains(err.Error(), "changed") {
		t.Error(err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	for _, s := range []Settings{{Charset: "klingon"}, {Separator: "ab"}, {Header: "third"}, {Quotes: "some"}, {Empty: "maybe"}} {
		if _, err := New(&s); err == nil {
			t.Errorf("%+v is accepted", s)
		}
	}
}

func FuzzTextNeverPanics(f *testing.F) {
	f.Add([]byte("name;phone\nа;\"1\n2\"\n\"x;1\n"))
	f.Add([]byte("sep=,\na,b\r\n\"\"\"\",\n\x00,\xff\n"))
	f.Add([]byte("id\tn\n1\t\\N\n\\\t\\"))
	path := filepath.Join(f.TempDir(), "f.csv")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		batches, err := connectortest.TryRead(connector(t, Settings{File: path}), "", 7)
		if err != nil {
			return
		}
		rest := connectortest.Rows(connectortest.Read(t, connector(t, Settings{File: path}), "", 1000))
		if len(rest) != len(connectortest.Rows(batches)) {
			t.Fatal("batch size changes the rows")
		}
	})
}

func BenchmarkText(b *testing.B) {
	var s strings.Builder
	s.WriteString("id;Фамилия;Имя;Отчество;Дата рождения;ИНН;Телефон;E-mail;Адрес\n")
	for i := range 100_000 {
		fmt.Fprintf(&s, "%d;Ковалёв;Александр;Петрович;12.04.1985;%012d;+7900%07d;client%d@example.com;\"г Москва, ул Примерная, д %d\"\n", i, i, i, i, i%100)
	}
	path := write(b, s.String())
	b.SetBytes(int64(s.Len()))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, batch := range connectortest.Read(b, connector(b, Settings{File: path}), "", 1000) {
			n += len(batch.Rows)
		}
		if n != 100_000 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(100_000*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func TestKind(t *testing.T) { connectortest.Kind(t, Kind()) }
