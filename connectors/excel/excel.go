// Package excel reads xlsx workbooks: several sheets, several tables on a sheet, title rows,
// headers of two rows, and what report programs put between the rows.
//
// It reads the sheets' XML by itself: excelize's streaming reader gives texts without
// their types and formats and ends silently where a file is cut off.
package excel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kartoteka/connectors"
	"kartoteka/connectors/sniff"
)

// Settings of a workbook source.
type Settings struct {
	File   string `yaml:"file" doc:"path of the workbook, or a pattern like /srv/in/branch-*.xlsx"`
	Sheet  string `yaml:"sheet" doc:"name of the one sheet to read; all visible ones by default"`
	Header string `yaml:"header" doc:"auto, none (columns are called column A, column B, ...) or first (the first row with a text)"`
}

// Kind declares the connector.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:     "excel",
		Summary:  "Excel workbooks (xlsx): the header is found below title rows; group rows, totals and hidden sheets are left out.",
		Example:  "file: /srv/in/branch-*.xlsx\nsheet: Клиенты\n",
		Formats:  []string{sniff.XLSX},
		Settings: func() any { return &Settings{Header: "auto"} },
		New:      func(s any) (connectors.Connector, error) { return New(s.(*Settings)) },
		File:     func(path string) any { return &Settings{File: path, Header: "auto"} },
	}
}

// New checks the settings; the file is looked at by Open.
func New(s *Settings) (connectors.Connector, error) {
	switch s.Header {
	case "", "auto", "none", "first":
	default:
		return nil, fmt.Errorf("header: %q is not known; use one of auto, none, first", s.Header)
	}
	settings := *s
	return connectors.NewFileReader(s.File, func(_ context.Context, in *connectors.Input) (connectors.Items, error) {
		return open(in, &settings)
	}), nil
}

func open(in *connectors.Input, s *Settings) (connectors.Items, error) {
	if _, err := sniff.Expect(in, sniff.XLSX); err != nil {
		return nil, err
	}
	w, err := openWorkbook(in)
	if err != nil {
		return nil, err
	}
	it := &items{in: in, w: w, mode: s.Header}
	if err := it.choose(s.Sheet); err != nil {
		return nil, errors.Join(err, it.Close())
	}
	return it, nil
}

// choose picks the sheets to read and tells which are left out.
func (it *items) choose(name string) error {
	var names []string
	for _, sh := range it.w.sheets {
		names = append(names, sh.name)
		switch {
		case name != "" && sh.name != name:
		case sh.hidden && name == "":
			it.in.Note("sheet.hidden", fmt.Sprintf("sheet %q is hidden and left out; set sheet to read it", sh.name))
		case !sh.filled && !sh.hidden:
		default:
			it.sheets = append(it.sheets, sh)
		}
	}
	if name != "" && len(it.sheets) == 0 {
		return fmt.Errorf("%w: %s has no sheet %q with a text in it; it has %s", connectors.ErrInput, it.in.Name, name, strings.Join(names, ", "))
	}
	if len(it.sheets) == 0 {
		return fmt.Errorf("%w: %s has no visible sheet with a text in it", connectors.ErrInput, it.in.Name)
	}
	it.alone = len(it.sheets) == 1
	return nil
}
