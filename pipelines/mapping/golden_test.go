package mapping

import (
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

var update = flag.Bool("update", false, "rewrite what the golden files want")

// TestColumnsMeanWhatTheGoldenFilesSay reads testdata/*.txt: a table as CSV, a line "want",
// then what each column is. A file without a table is about ../../../shared/data/<its name>.
func TestColumnsMeanWhatTheGoldenFilesSay(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			input, want, _ := strings.Cut("\n"+string(text), "\nwant\n")
			table, rows := tableOf(t, path, input)
			got := listing(Infer(portrait(t), "", table, rows))
			if *update {
				golden := strings.TrimPrefix(input, "\n") + "\nwant\n" + got
				if err := os.WriteFile(path, []byte(golden), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
		})
	}
}

func tableOf(t *testing.T, path, input string) (*customer.Table, []customer.Row) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(input) {
		if !strings.HasPrefix(line, "# ") {
			lines = append(lines, line)
		}
	}
	body := strings.TrimSpace(strings.Join(lines, ""))
	if body != "" {
		return readAll(t, strings.NewReader(body))
	}
	set := strings.TrimSuffix(filepath.Base(path), ".txt")
	return readShared(t, set)
}

// readShared reads the first thousand rows of a set that is not part of the project.
func readShared(t testing.TB, set string) (*customer.Table, []customer.Row) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", set, "records.csv.gz")
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the set %s is not here", set)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return readAll(t, z)
}

func readAll(t testing.TB, in io.Reader) (*customer.Table, []customer.Row) {
	t.Helper()
	lines := csv.NewReader(in)
	lines.FieldsPerRecord = -1
	header, err := lines.Read()
	if err != nil {
		t.Fatal(err)
	}
	table := &customer.Table{Columns: header}
	var rows []customer.Row
	for len(rows) < 1000 {
		texts, err := lines.Read()
		if err != nil {
			break
		}
		rows = append(rows, textRow(table, texts...))
	}
	return table, rows
}

// textRow is a row of a table, a cell for each column.
func textRow(t *customer.Table, texts ...string) customer.Row {
	r := customer.Row{Table: t}
	for i, s := range texts {
		r.Cells = append(r.Cells, customer.Cell{Column: i, Text: s})
	}
	return r
}

// listing writes a proposal as golden files have it.
func listing(p Proposal) string {
	var b strings.Builder
	for _, c := range p.Columns {
		what := c.Attribute
		if c.Kind != "" {
			what += "@" + c.Kind
		}
		if c.Part != "" {
			what += "." + c.Part
		}
		fmt.Fprintf(&b, "%-28s %-26s %s\n", strings.ReplaceAll(c.Column, "\n", `\n`), what, c.Reason)
	}
	m := p.Mapping
	fmt.Fprintf(&b, "country %q key %q observed %q city %q kind %s\n", p.Country, m.Key, m.Observed, m.City, kindListing(m.Kind))
	for _, f := range m.Fields {
		fmt.Fprintf(&b, "%s <- %q %v %q %v issued %q\n", f.Attribute, f.Columns, f.Parts, f.ValueKind, f.When, f.Issued)
	}
	for _, c := range m.Consents {
		fmt.Fprintf(&b, "consent %+v\n", c)
	}
	for _, c := range m.Products {
		fmt.Fprintf(&b, "product %+v\n", c)
	}
	for _, a := range p.Extra {
		fmt.Fprintf(&b, "extra %s.%s %s holds %s shared_by %d\n", a.Kind, a.Name, a.Type, a.Holds, a.SharedBy)
	}
	return b.String()
}

func kindListing(k *customer.KindRule) string {
	if k == nil {
		return "by row"
	}
	return fmt.Sprintf("%q %q %q %q", k.Always, k.Column, k.Person, k.Organization)
}

func beforeWant(text string) string {
	input, _, _ := strings.Cut("\n"+text, "\nwant\n")
	return input
}

// regrouped is the mapping with the fields of an attribute behind each other, as a file has them.
func regrouped(m customer.Mapping) customer.Mapping {
	var fields []customer.Field
	done := map[string]bool{}
	for _, f := range m.Fields {
		if done[f.Attribute] {
			continue
		}
		done[f.Attribute] = true
		for _, g := range m.Fields {
			if g.Attribute == f.Attribute {
				fields = append(fields, g)
			}
		}
	}
	m.Fields = fields
	return m
}
