package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"kartoteka/customer"
)

// Later writes what the systems send on the next day, into the folder "later" beside the files of
// a summary: the bank has a new phone of a known customer, and the web form two leads, one by a
// known customer and one by somebody new. The files are whole files of their sources with these
// rows only.
func Later(s Summary) ([]File, error) {
	dir := filepath.Join(filepath.Dir(s.Truth), "later")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	var out []File
	for _, write := range []func(Summary, string) (File, error){changedPhone, newLeads} {
		f, err := write(s, dir)
		if err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		out = append(out, f)
	}
	return out, nil
}

// changedPhone repeats the bank's row of the first twin with another phone and a later date.
func changedPhone(s Summary, dir string) (File, error) {
	const source = "core-banking"
	header, row, err := s.written(source, ';', s.refOf("twins", source).Key)
	if err != nil {
		return File{}, err
	}
	row[slices.Index(header, "PHONE")] = "+7 (973) 700-00-99"
	row[slices.Index(header, "UPD")] = "2026-03-02 09:15:00"
	return laterFile(dir, source+".csv", source, ';', header, row)
}

// newLeads are by the woman of the first story, and by a woman whom nobody knows.
func newLeads(s Summary, dir string) (File, error) {
	const source = "web"
	header, row, err := s.written(source, ',', s.refOf("four_systems", source).Key)
	if err != nil {
		return File{}, err
	}
	known, unknown := slices.Clone(row), slices.Clone(row)
	for name, values := range map[string][2]string{
		"lead_id": {"4211:900001", "4211:900002"}, "sent": {"2026-03-02 10:05:00", "2026-03-02 10:07:00"}, "agree": {"no", "yes"},
		"Name": {"Natalia Vorobieva", "Zlata Kuropatkina"}, "Email": {"natalia.vorobyova@pochta.example", "zlata.k@pochta.example"},
		"Phone": {"8 973 700-00-01", "8 973 700-00-50"},
	} {
		i := slices.Index(header, name)
		if i < 0 {
			return File{}, fmt.Errorf("%s has no column %s", source, name)
		}
		known[i], unknown[i] = values[0], values[1]
	}
	return laterFile(dir, source+".csv", source, ',', header, known, unknown)
}

// refOf is the first row of a story in a source.
func (s *Summary) refOf(story string, source customer.Source) customer.Ref {
	for i := range s.Stories {
		for _, r := range s.Stories[i].Refs {
			if s.Stories[i].Name == story && r.Source == source {
				return r
			}
		}
	}
	return customer.Ref{}
}

// written finds a row of a file by its key, which stands in the first column; the bytes stay in
// the charset of the file.
func (s *Summary) written(source customer.Source, comma rune, key string) (header, row []string, err error) {
	i := slices.IndexFunc(s.Files, func(f File) bool { return f.Source == source })
	text, err := os.ReadFile(s.Files[i].Path)
	if err != nil {
		return nil, nil, err
	}
	table := csv.NewReader(bytes.NewReader(text))
	table.Comma = comma
	rows, err := table.ReadAll()
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		if r[0] == key {
			return rows[0], r, nil
		}
	}
	return nil, nil, fmt.Errorf("%s: the planted row is gone", source)
}

func laterFile(dir, name string, source customer.Source, comma rune, rows ...[]string) (File, error) {
	f := File{Source: source, Path: filepath.Join(dir, name), Rows: len(rows) - 1}
	return f, into(f.Path, func(w io.Writer) error {
		table := csv.NewWriter(w)
		table.Comma = comma
		return table.WriteAll(rows)
	})
}
