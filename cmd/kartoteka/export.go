package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"kartoteka/customer"
	"kartoteka/store"
)

type exportCommand struct {
	What   string `arg:"" enum:"golden,crosswalk,rejects" placeholder:"golden|crosswalk|rejects" help:"What to export."`
	Format string `enum:"csv,jsonl,xlsx" default:"csv" help:"Form of the file: csv, jsonl or xlsx."`
	Out    string `placeholder:"FILE" help:"Write to this file, whole or not at all, instead of stdout."`
	Raw    bool   `help:"With rejects: add the input as it was received, which is personal data."`
}

func (*exportCommand) Help() string {
	return `Writes golden records (one active code a row; as JSON Lines the whole documents), the crosswalk
(source,key,code,status: one live source record a row), or rejected input with where and why.
CSV holds the values exactly, also those that a spreadsheet would take for formulas; for people
use xlsx, where every cell is text.

Example:

    $ kartoteka export crosswalk > crosswalk.csv
    $ kartoteka export golden --format xlsx --out customers.xlsx`
}

type exportResult struct {
	What string `json:"what"`
	File string `json:"file"`
}

func (c *exportCommand) run(ctx context.Context, a *app) (output, error) {
	switch {
	case c.Out == "" && a.globals.Output == "json":
		return output{}, fmt.Errorf("%w: with --output json the rows need a file of their own: --out FILE", errUsage)
	case c.Out == "" && c.Format == "xlsx" && isTerminal(a.out):
		return output{}, fmt.Errorf("%w: xlsx is not for a terminal: --out FILE", errUsage)
	case c.Raw && c.What != "rejects":
		return output{}, fmt.Errorf("%w: --raw is for rejects", errUsage)
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		rows := 0
		write := func(w io.Writer) error {
			return h.InSnapshot(ctx, func(tx *store.Tx) (err error) {
				rows, err = c.export(ctx, h, tx, w)
				return err
			})
		}
		if c.Out == "" {
			return output{}, write(a.out)
		}
		if err := writeFile(c.Out, write); err != nil {
			return output{}, err
		}
		return output{summary: map[string]any{"rows": rows}, result: exportResult{c.What, filepath.Base(c.Out)}, human: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "wrote %d rows to %s\n", rows, c.Out)
			return err
		}}, nil
	})
}

// export streams the rows of one snapshot.
func (c *exportCommand) export(ctx context.Context, h *hub, tx *store.Tx, w io.Writer) (rows int, err error) {
	if c.What == "golden" && c.Format == "jsonl" {
		return exportDocuments(ctx, tx, w)
	}
	t, err := newSheet(c.Format, w, c.What)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	switch c.What {
	case "golden":
		err = exportGolden(ctx, h, tx, t)
	case "crosswalk":
		err = exportCrosswalk(ctx, tx, t)
	default:
		err = exportRejects(ctx, tx, t, c.Raw)
	}
	if err != nil {
		return 0, err
	}
	return t.rows(), t.finish()
}

func exportDocuments(ctx context.Context, tx *store.Tx, w io.Writer) (rows int, err error) {
	err = tx.EachGolden(ctx, func(document []byte) error {
		rows++
		_, err := w.Write(append(document, '\n'))
		return err
	})
	return rows, err
}

// crosswalkColumns is the header that others rely on.
var crosswalkColumns = []string{"source", "key", "code", "status"}

func exportCrosswalk(ctx context.Context, tx *store.Tx, t sheet) error {
	if err := t.header(crosswalkColumns); err != nil {
		return err
	}
	return tx.Crosswalk(ctx, func(c store.Crossing) error {
		return t.row([]string{string(c.Ref.Source), c.Ref.Key, c.Code.String(), string(c.State)})
	})
}

// goldenColumns are code and kind, then the attributes of the portrait by name: those that
// persons and organizations both have share a column.
func goldenColumns(p *customer.Portrait) []string {
	columns := []string{"code", "kind"}
	seen := map[string]bool{}
	for _, a := range p.Attributes {
		if !seen[a.Name] && !a.Type.IsFact() {
			seen[a.Name] = true
			columns = append(columns, a.Name)
		}
	}
	return columns
}

func exportGolden(ctx context.Context, h *hub, tx *store.Tx, t sheet) error {
	p := h.conf.Portrait
	if h.rules != nil {
		p = h.rules.conf.Portrait
	}
	columns := goldenColumns(p)
	if err := t.header(columns); err != nil {
		return err
	}
	row := make([]string, len(columns))
	return tx.EachGolden(ctx, func(text []byte) error {
		var d customer.Document
		if err := json.Unmarshal(text, &d); err != nil {
			return fmt.Errorf("golden record: %w", err)
		}
		row[0], row[1] = d.Code.String(), string(d.Kind)
		for i, name := range columns[2:] {
			row[i+2] = joinValues(d.Attributes[name])
		}
		return t.row(row)
	})
}

// joinValues writes the values of one attribute into one cell.
func joinValues(values []customer.DocumentValue) string {
	switch len(values) {
	case 0:
		return ""
	case 1:
		return values[0].Value
	}
	texts := make([]string, len(values))
	for i := range values {
		texts[i] = values[i].Value
	}
	return strings.Join(texts, "; ")
}

func exportRejects(ctx context.Context, tx *store.Tx, t sheet, raw bool) error {
	columns := []string{"source", "file", "table", "row", "field", "code", "reason"}
	if raw {
		columns = append(columns, "raw")
	}
	if err := t.header(columns); err != nil {
		return err
	}
	return tx.Rejects(ctx, raw, func(r *store.Rejected) error {
		number := ""
		if r.Place.Row > 0 {
			number = strconv.FormatInt(r.Place.Row, 10)
		}
		row := []string{string(r.Source), r.Place.File, r.Place.Table, number, r.Field, r.Code, r.Reason}
		if raw {
			row = append(row, string(r.Raw))
		}
		return t.row(row)
	})
}
