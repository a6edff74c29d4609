package naming

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kartoteka/customer"
	"kartoteka/failpoint/raced"
)

const data = "../../../shared/data/"

// readRows reads the named columns; the test is skipped if the labeled data are not there.
func readRows(t *testing.T, file string, columns ...string) (rows [][]string) {
	t.Helper()
	f, err := os.Open(data + file)
	if err != nil {
		t.Skip("the labeled data are not here")
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	all, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = line[slices.Index(all[0], c)]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestNameBench(t *testing.T) {
	var cases []Case
	for _, r := range readRows(t, "name_bench/cases.csv", "name1", "name2", "schema", "is_match") {
		kind := customer.Organization
		switch r[2] {
		case "Person":
			kind = customer.Person
		case "LegalEntity":
			kind = ""
		}
		cases = append(cases, Case{r[0], r[1], kind, r[3] == "true"})
	}
	q, _ := EvaluateCases(cases)
	t.Logf("%+v", q)
	if q.BestF1 < 0.87 || q.RecallAtP95 < 0.70 {
		t.Errorf("F1 %.4f, recall at precision 0.95 %.4f; want 0.87 and 0.70", q.BestF1, q.RecallAtP95)
	}
}

// TestWordsOfTheOtherScript takes a small sample; match name --words takes the whole one.
func TestWordsOfTheOtherScript(t *testing.T) {
	raced.Skip(t)
	var pairs []WordPair
	for _, r := range readRows(t, "wd_russian_dev.csv.gz", "latin", "cyrillic") {
		pairs = append(pairs, WordPair{r[0], r[1]})
	}
	q := EvaluateWords(pairs, 200, 5000)
	t.Logf("%+v", q)
	if q.Top1 < 0.90 {
		t.Errorf("top-1 %.4f, want 0.90", q.Top1)
	}
}

// TestDiceArePythons compares with random.Random(5).
func TestDiceArePythons(t *testing.T) {
	list := make([]int, 131713)
	for i := range list {
		list[i] = i
	}
	got := sample(newDice(5), list, 2000)[:5]
	if want := []int{66963, 93987, 7603, 122060, 65287}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTablesAreReadable(t *testing.T) {
	for _, text := range []string{latinText, cyrillicText} {
		for line := range lines(text) {
			key, rest, _ := strings.Cut(line, ":")
			if _, err := strconv.Atoi(key); err != nil {
				t.Errorf("%q: want a cost before the colon", line)
			}
			for pair := range strings.FieldsSeq(rest) {
				if strings.Count(pair, "=") != 1 {
					t.Errorf("%q: want x=y", pair)
				}
			}
		}
	}
	for line := range lines(crossText) {
		if _, rest, ok := strings.Cut(line, ":"); !ok || strings.Count(rest, "|") >= len(tiers) {
			t.Errorf("%q: want letters and %d tiers at most", line, len(tiers))
		}
	}
	if n := compiled().letters.next; n >= strange {
		t.Errorf("the tables have %d letters, %d is the most", n, strange-1)
	}
	for _, w := range []string{"ш", "щ", "дж", "кс"} {
		x, y := compiled().letters.spell(w), compiled().letters.spell(map[string]string{"ш": "sh", "щ": "shch", "дж": "j", "кс": "x"}[w])
		var g grid
		if cost := compiled().apart(&g, &x, &y, never-1); cost > 10 {
			t.Errorf("%s costs %d", w, cost)
		}
	}
}
