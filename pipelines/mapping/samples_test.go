package mapping

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/connectors"
	"kartoteka/connectors/excel"
	"kartoteka/connectors/jsonl"
	"kartoteka/connectors/onec"
	"kartoteka/connectors/text"
	"kartoteka/customer"
)

// TestSamplesAreMapped reads the sample files of the connectors through Infer and a Mapper;
// testdata/samples/*.want holds the columns, then the mapped values of each row.
func TestSamplesAreMapped(t *testing.T) {
	for _, c := range []struct {
		kind connectors.Kind
		file string
	}{
		{text.Kind(), "text/testdata/clients-comma-utf8-bom.csv"},
		{text.Kind(), "text/testdata/clients-semicolon-cp1251.csv"},
		{text.Kind(), "text/testdata/clients-semicolon-koi8r.csv"},
		{text.Kind(), "text/testdata/clients-tab-utf16le-bom.txt"},
		{jsonl.Kind(), "jsonl/testdata/clients.jsonl"},
		{excel.Kind(), "excel/testdata/1c-list.xlsx"},
		{excel.Kind(), "excel/testdata/messy.xlsx"},
		{onec.EnterpriseDataKind(), "onec/testdata/1c-enterprisedata-1.8.xml"},
		{onec.CommerceMLKind(), "onec/testdata/1c-commerceml-orders-cp1251.xml"},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			path := filepath.Join("..", "..", "connectors", c.file)
			if _, err := os.Stat(path); err != nil {
				t.Skip("the sample is not here")
			}
			got := throughMapper(t, c.kind, readSample(t, c.kind, path))
			golden := filepath.Join("testdata", "samples", filepath.Base(c.file)+".want")
			if *update {
				if err := errors.Join(os.MkdirAll(filepath.Dir(golden), 0o755), os.WriteFile(golden, []byte(got), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func readSample(t *testing.T, kind connectors.Kind, path string) []customer.Row {
	t.Helper()
	c, err := kind.New(kind.File(path))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Open(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	var rows []customer.Row
	for {
		batch, err := c.Read(context.Background(), 1000)
		rows = append(rows, batch.Rows...)
		for _, r := range batch.Rejects {
			t.Errorf("rejected: %s %s", r.Code, r.Reason)
		}
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// throughMapper maps table by table, by the format's own mapping if it has one.
func throughMapper(t *testing.T, kind connectors.Kind, rows []customer.Row) string {
	t.Helper()
	p := portrait(t)
	var b strings.Builder
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Table == rows[0].Table {
			n++
		}
		table := rows[0].Table
		proposal := Infer(p, "", table, rows[:n])
		b.WriteString("table " + table.Name + "\n" + listing(proposal))
		m := &proposal.Mapping
		if kind.Standard != nil {
			m = kind.Standard
		}
		x, err := Compile(p, m, table)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows[:n] {
			var out customer.Mapped
			x.Row(&rows[i], &out)
			key, _ := x.Key(&rows[i])
			b.WriteString("row " + key + " " + string(rows[i].Op) + " " + string(out.Kind) + "\n")
			for _, v := range valuesOf(p, &out) {
				b.WriteString("  " + strings.ReplaceAll(v, "\n", `\n`) + "\n")
			}
		}
		rows = rows[n:]
	}
	return b.String()
}
