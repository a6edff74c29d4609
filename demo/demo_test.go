package demo

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

func generate(t *testing.T, o Options) (Summary, string) {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := Generate(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, o.Dir
}

func rows(t *testing.T, r io.Reader, comma rune) [][]string {
	t.Helper()
	c := csv.NewReader(r)
	c.Comma = comma
	list, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func open(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// keys reads the key of each customer row of each file, as a connector would.
func keys(t *testing.T, dir string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for name, table := range map[string][][]string{
		"core-banking": rows(t, charmap.Windows1251.NewDecoder().Reader(bytes.NewReader(open(t, dir, "core-banking.csv"))), ';'),
		"core-loans":   rows(t, bytes.NewReader(open(t, dir, "core-loans.csv")), ','),
		"billing":      rows(t, bytes.NewReader(open(t, dir, "billing.tsv")), '\t'),
		"web":          rows(t, bytes.NewReader(open(t, dir, "web.csv")), ','),
		"branch":       sheet(t, dir),
	} {
		for _, r := range table[1:] {
			out[name] = append(out[name], r[0])
		}
	}
	out["1c-trade"] = guids(t, open(t, dir, "1c-trade.xml"))
	return out
}

func sheet(t *testing.T, dir string) [][]string {
	t.Helper()
	book, err := excelize.OpenFile(filepath.Join(dir, "branch.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	list, err := book.GetRows("Клиенты")
	if err != nil {
		t.Fatal(err)
	}
	if got := list[4][:3]; strings.Join(got, " ") != "Код клиента ФИО ДР" {
		t.Errorf("header: %v", got)
	}
	if last := list[len(list)-1]; last[0] != "Итого:" {
		t.Errorf("last row: %v", last)
	}
	return list[4 : len(list)-1]
}

func guids(t *testing.T, b []byte) []string {
	t.Helper()
	var list []string
	d := xml.NewDecoder(bytes.NewReader(b))
	var path []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			path = append(path, x.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) == 5 && path[3] == "КлючевыеСвойства" && path[4] == "Ссылка" {
				list = append(list, string(x))
			}
		}
	}
}

func TestTruthHasEachRowOnce(t *testing.T) {
	s, dir := generate(t, Options{People: 600, Payer: 50})
	told := map[string]string{}
	read, err := ReadTruth(bytes.NewReader(open(t, dir, "truth.csv")))
	if err != nil {
		t.Fatal(err)
	}
	for ref, who := range read {
		told[ref.String()] = who
	}
	written := 0
	for name, list := range keys(t, dir) {
		for _, key := range list {
			written++
			if told[name+"/"+key] == "" {
				t.Errorf("%s/%s is not in the truth", name, key)
			}
		}
	}
	if written != len(told) || written != s.Rows {
		t.Errorf("%d rows in the files, %d in the truth, %d in the summary", written, len(told), s.Rows)
	}
	for _, story := range s.Stories {
		tellsTruth(t, story, told)
	}
}

func tellsTruth(t *testing.T, story Story, told map[string]string) {
	t.Helper()
	who := map[string]bool{}
	for i, ref := range story.Refs {
		if story.Who[i] != told[ref.String()] {
			t.Errorf("%s: %s is %s in the story, %s in the truth", story.Name, ref, story.Who[i], told[ref.String()])
		}
		if told[ref.String()] == "" {
			t.Errorf("%s: %s is not in the truth", story.Name, ref)
		}
		who[told[ref.String()]] = true
	}
	if len(story.Refs) < 2 || story.Same != (len(who) == 1) {
		t.Errorf("%s: %d rows of %d customers", story.Name, len(story.Refs), len(who))
	}
}

func TestDefaultsAreOfTheSizeTheyPromise(t *testing.T) {
	s, _ := generate(t, Options{})
	if s.Rows < 6500 || s.Rows > 8500 {
		t.Errorf("%d rows", s.Rows)
	}
	if s.People < 2900 || s.Organizations < 140 {
		t.Errorf("%d people, %d organizations", s.People, s.Organizations)
	}
	t.Logf("%+v", s)
}

func TestHardCasesAreThere(t *testing.T) {
	_, dir := generate(t, Options{})
	digits := func(text string) int { // rows with the number that hundreds give
		found := 0
		for _, r := range rows(t, strings.NewReader(text), '\t') {
			if n := strings.NewReplacer("+", "", "-", "", "(", "", ")", "", " ", "").Replace(r[8]); strings.HasSuffix(n, "4950700000") {
				found++
			}
		}
		return found
	}
	billing := string(open(t, dir, "billing.tsv"))
	if n := digits(billing); n < 50 {
		t.Errorf("%d rows of billing share the number of hundreds", n)
	}
	onec := string(open(t, dir, "1c-trade.xml"))
	if n := strings.Count(strings.ToLower(onec), "поток</наименование>") + strings.Count(strings.ToLower(onec), "поток ооо</наименование>"); n < 1000 {
		t.Errorf("%d rows of the payer", n)
	}
	for what, found := range map[string]bool{
		"Ukrainian letters":   strings.ContainsAny(billing, "іїє"),
		"a sole trader":       strings.Contains(onec, "<НаименованиеПолное>ИП "),
		"a contact person":    strings.Contains(onec, "<Справочник.КонтактныеЛица>"),
		"a history of names":  strings.Contains(onec, "<ДанныеФИО>"),
		"a placeholder phone": strings.Contains(billing, "79999999999") || strings.Contains(billing, "70000000000") || strings.Contains(billing, "71111111111"),
	} {
		if !found {
			t.Errorf("there is not %s", what)
		}
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	o := Options{People: 200, Payer: 20, Seed: 7}
	_, one := generate(t, o)
	_, two := generate(t, o)
	o.Seed = 8
	_, other := generate(t, o)
	entries, err := os.ReadDir(one)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		a, b, c := open(t, one, e.Name()), open(t, two, e.Name()), open(t, other, e.Name())
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs between two runs of one seed", e.Name())
		}
		if e.Name() != "kartoteka.yaml" && bytes.Equal(a, c) {
			t.Errorf("%s is the same for another seed", e.Name())
		}
	}
}

func TestBigCSVIsSevenTenthsDistinct(t *testing.T) {
	var file, truth, again bytes.Buffer
	if err := errors.Join(BigCSV(&file, &truth, 5000, 1), BigCSV(&again, nil, 5000, 1)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Error("two runs of one seed differ")
	}
	who := map[string]bool{}
	for _, r := range rows(t, &truth, ',')[1:] {
		who[r[1]] = true
	}
	if got := len(rows(t, &file, ',')) - 1; got != 5000 || len(who) < 3350 || len(who) > 3650 {
		t.Errorf("%d rows of %d people", got, len(who))
	}
}

func TestStreetTellsItsPeopleApart(t *testing.T) {
	var file, truth bytes.Buffer
	if err := Street(&file, &truth, 1000, 1); err != nil {
		t.Fatal(err)
	}
	table, told := rows(t, &file, ',')[1:], rows(t, &truth, ',')[1:]
	first := map[string]string{} // name and birth date → customer
	phones := map[string]map[string]bool{}
	for i, r := range table {
		if strings.ToUpper(r[1]) == r[1] {
			continue // a second record
		}
		id := strings.Join(r[1:5], " ")
		if other, ok := first[id]; ok && other != told[i][1] {
			t.Errorf("row %s cannot be told from another person's", r[0])
		}
		first[id] = told[i][1]
		if phones[r[5]] == nil {
			phones[r[5]] = map[string]bool{}
		}
		phones[r[5]][told[i][1]] = true
	}
	if len(phones) != 1000 {
		t.Errorf("%d phones for 1,000 households", len(phones))
	}
	for _, people := range phones {
		if len(people) != 5 {
			t.Errorf("%d people in a household", len(people))
		}
	}
}

func FuzzReadTruth(f *testing.F) {
	f.Add([]byte("source,key,entity\nbilling,1,P0000001\n"))
	f.Add([]byte("source,key,entity\nbilling,1,P1\nbilling,1,P2\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		told, err := ReadTruth(bytes.NewReader(b))
		if err == nil && told == nil {
			t.Error("neither truth nor error")
		}
	})
}

func BenchmarkBigCSV(b *testing.B) {
	for b.Loop() {
		if err := BigCSV(io.Discard, nil, 100_000, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLookAlikesHaveEachClass(t *testing.T) {
	var out, truth, again bytes.Buffer
	if err := LookAlikes(&out, &truth, 20, 5); err != nil {
		t.Fatal(err)
	}
	records, told := rows(t, &out, ','), rows(t, bytes.NewReader(truth.Bytes()), ',')
	if len(records) != len(told) || len(records) < 1000 {
		t.Fatalf("%d records, %d in the truth", len(records), len(told))
	}
	groups, people := map[string]map[string]bool{}, map[string]string{}
	for _, r := range told[1:] {
		if groups[r[2]] == nil {
			groups[r[2]] = map[string]bool{}
		}
		groups[r[2]][r[3]] = true
		if was := people[r[1]]; was != "" && was != r[3] {
			t.Errorf("%s is in groups %s and %s", r[1], was, r[3])
		}
		people[r[1]] = r[3]
	}
	for _, c := range alikeClasses() {
		if got := len(groups[c.name]); got != max(1, 20/c.rare) {
			t.Errorf("%s: %d groups", c.name, got)
		}
	}
	if err := LookAlikes(io.Discard, &again, 20, 5); err != nil || !bytes.Equal(again.Bytes(), truth.Bytes()) {
		t.Errorf("another truth at the second time; %v", err)
	}
}
