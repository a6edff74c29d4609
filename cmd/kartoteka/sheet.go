package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// sheet takes a table row by row and keeps none of it.
type sheet interface {
	header(columns []string) error // once, first
	row(cells []string) error
	rows() int
	finish() error // writes what is left
	Close() error  // frees what it took, finished or not
}

func newSheet(format string, w io.Writer, name string) (sheet, error) {
	switch format {
	case "jsonl":
		return &jsonSheet{w: bufio.NewWriter(w)}, nil
	case "xlsx":
		return newExcelSheet(w, name)
	}
	return &csvSheet{w: csv.NewWriter(w)}, nil
}

// csvSheet is for machines: every value stands exactly as it is. A text that begins with =, +, -
// or @ is not defused, because that would change it; for spreadsheets there is xlsx.
type csvSheet struct {
	w *csv.Writer
	n int
}

func (s *csvSheet) header(columns []string) error { return s.w.Write(columns) }

func (s *csvSheet) row(cells []string) error {
	s.n++
	return s.w.Write(cells)
}

func (s *csvSheet) rows() int { return s.n }

func (s *csvSheet) finish() error {
	s.w.Flush()
	return s.w.Error()
}

func (s *csvSheet) Close() error { return nil }

// jsonSheet writes an object a row, the columns in order; empty cells are left out.
type jsonSheet struct {
	w       *bufio.Writer
	columns []string
	n       int
}

func (s *jsonSheet) header(columns []string) error {
	for _, c := range columns {
		name, err := json.Marshal(c)
		if err != nil {
			return err
		}
		s.columns = append(s.columns, string(name)+":")
	}
	return nil
}

func (s *jsonSheet) row(cells []string) error {
	s.n++
	separator := "{"
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		text, err := json.Marshal(cell)
		if err != nil {
			return err
		}
		_, _ = s.w.WriteString(separator + s.columns[i]) // an error stays until Flush
		_, _ = s.w.Write(text)
		separator = ","
	}
	_, err := s.w.WriteString("}\n")
	return err
}

func (s *jsonSheet) rows() int     { return s.n }
func (s *jsonSheet) finish() error { return s.w.Flush() }
func (s *jsonSheet) Close() error  { return nil }

// excelSheet writes every cell as text, so that no value becomes a formula, a date or a rounded
// number; what does not fit on one sheet goes on on the next.
type excelSheet struct {
	out     io.Writer
	file    *excelize.File
	stream  *excelize.StreamWriter
	name    string
	sheets  int
	columns []string
	at, n   int // row of the sheet, rows in all
}

// maxExcelRows is how many rows a sheet has, and maxExcelText how many characters a cell.
const (
	maxExcelRows = excelize.TotalRows
	maxExcelText = excelize.TotalCellChars
)

func newExcelSheet(w io.Writer, name string) (*excelSheet, error) {
	s := &excelSheet{out: w, file: excelize.NewFile(), name: name}
	if err := s.file.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *excelSheet) header(columns []string) error {
	s.columns = columns
	return s.next()
}

// next begins a sheet.
func (s *excelSheet) next() (err error) {
	s.sheets++
	name := s.name
	if s.sheets > 1 {
		if err := s.stream.Flush(); err != nil {
			return err
		}
		name = fmt.Sprintf("%s %d", s.name, s.sheets)
		if _, err := s.file.NewSheet(name); err != nil {
			return err
		}
	}
	if s.stream, err = s.file.NewStreamWriter(name); err != nil {
		return err
	}
	s.at = 0
	return s.put(s.columns)
}

func (s *excelSheet) row(cells []string) error {
	if s.at == maxExcelRows {
		if err := s.next(); err != nil {
			return err
		}
	}
	s.n++
	return s.put(cells)
}

func (s *excelSheet) put(cells []string) error {
	s.at++
	corner, err := excelize.CoordinatesToCellName(1, s.at)
	if err != nil {
		return err
	}
	row := make([]any, len(cells))
	for i, text := range cells {
		row[i] = fitting(text)
	}
	return s.stream.SetRow(corner, row)
}

// fitting cuts a text to what a cell holds; the cut is marked.
func fitting(text string) string {
	if len(text) <= maxExcelText || utf8.RuneCountInString(text) <= maxExcelText {
		return text
	}
	return string([]rune(text)[:maxExcelText-1]) + "…"
}

func (s *excelSheet) rows() int { return s.n }

func (s *excelSheet) finish() error {
	if err := s.stream.Flush(); err != nil {
		return err
	}
	_, err := s.file.WriteTo(s.out)
	return err
}

// Close removes the temporary files that rows wait in.
func (s *excelSheet) Close() error { return s.file.Close() }
