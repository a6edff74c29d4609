package main

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"kartoteka/config"
	"kartoteka/connectors"
	"kartoteka/connectors/sniff"
	"kartoteka/customer"
	"kartoteka/demo"
	"kartoteka/pipelines/mapping"
)

// demoFiles writes a small population and changes into its directory.
func demoFiles(t *testing.T) (demo.Summary, map[customer.Ref]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	s, err := demo.Generate(demo.Options{Dir: ".", People: 400, Payer: 30})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(s.Truth)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	told, err := demo.ReadTruth(f)
	if err != nil {
		t.Fatal(err)
	}
	return s, told
}

// readAll reads a source to its end; a reject fails the test.
func readAll(t *testing.T, c connectors.Connector) []customer.Row {
	t.Helper()
	defer c.Close()
	if err := c.Open(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	var rows []customer.Row
	for {
		b, err := c.Read(context.Background(), 500)
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range b.Rejects {
			t.Errorf("%+v: %s", r.Place, r.Reason)
		}
		rows = append(rows, b.Rows...)
	}
}

// rowKey is the key of a row: its own, or the cell of the key column.
func rowKey(r *customer.Row, column string) string {
	if r.Key != "" {
		return r.Key
	}
	for _, c := range r.Cells {
		if r.Table.Columns[c.Column] == column {
			return c.Text
		}
	}
	return ""
}

func hasTruth(t *testing.T, source customer.Source, rows []customer.Row, column string, want int, told map[customer.Ref]string) {
	t.Helper()
	known := 0
	for i := range rows {
		if told[customer.Ref{Source: source, Key: rowKey(&rows[i], column)}] != "" {
			known++
		}
	}
	if known != want || len(rows) != want {
		t.Errorf("%s: %d rows, %d of them in the truth, %d written", source, len(rows), known, want)
	}
}

func TestConfigOfTheDemoReadsItsFiles(t *testing.T) {
	s, told := demoFiles(t)
	conf, err := config.Load("kartoteka.yaml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Files {
		source := conf.Source(f.Source)
		if source == nil {
			t.Fatalf("%s is not in the configuration", f.Source)
		}
		c, err := connectorOf(conf, source)
		if err != nil {
			t.Fatal(err)
		}
		rows, column := readAll(t, c), ""
		if len(source.Mapping.Key) == 1 {
			column = source.Mapping.Key[0]
		}
		hasTruth(t, f.Source, rows, column, f.Rows, told)
		m := source.Mapping
		if kind, err := kindOf(source.From); err == nil && m.Standard != "" {
			m = kind.Standard
		}
		mapper, err := mapping.Compile(conf.Portrait, m, rows[0].Table)
		if err != nil {
			t.Fatal(err)
		}
		if absent := mapper.Absent(); len(absent) > 0 && source.From != "1c-enterprisedata" {
			t.Errorf("%s has no columns %v", f.Source, absent)
		}
	}
}

func TestDroppedFilesOfTheDemoKeepTheirKeys(t *testing.T) {
	s, told := demoFiles(t)
	for _, f := range s.Files {
		if got := mapping.SourceName(f.Path); got != f.Source {
			t.Errorf("%s is taken for source %s", f.Path, got)
		}
		rows := readAll(t, droppedFile(t, f.Path))
		column := mapping.KeyColumn(rows[0].Table, rows[:min(len(rows), 1000)])
		hasTruth(t, f.Source, rows, column, f.Rows, told)
	}
}

func droppedFile(t *testing.T, path string) connectors.Connector {
	t.Helper()
	format, err := sniff.Detect(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds() {
		for _, name := range k.Formats {
			if name != format.Name {
				continue
			}
			c, err := k.New(k.File(path))
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatalf("%s: no kind reads %s", path, format.Name)
	return nil
}
