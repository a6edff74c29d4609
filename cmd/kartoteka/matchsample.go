package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kartoteka/customer"
	"kartoteka/matching"
)

// sampleColumns begin a sample; after them come the columns of both records side by side.
var sampleColumns = []string{"same", "stratum", "linked", "stratum_pairs", "weight_bits", "key_a", "key_b"}

type sampleWritten struct {
	File   string             `json:"file"`
	Pairs  int                `json:"pairs"`
	Strata []matching.Stratum `json:"strata"`
}

// writeSample writes the pairs with what both records hold; only the owner may read the file.
func (c *estimateCommand) writeSample(ctx context.Context, e *evaluation, s matching.Sample) (*sampleWritten, error) {
	rows := map[string][]cell{}
	for _, p := range s.Pairs {
		rows[e.ids[p.A]], rows[e.ids[p.B]] = nil, nil
	}
	var columns []string
	err := e.again(ctx, c.fileFlags, func(in *customer.Incoming) {
		if have, wanted := rows[in.Ref.Key]; !wanted || have != nil {
			return
		}
		rows[in.Ref.Key] = cellsOf(in.Raw)
		for _, x := range rows[in.Ref.Key] {
			if !slices.Contains(columns, x.column) {
				columns = append(columns, x.column)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	err = writeFileAs(c.Out, 0o600, func(w io.Writer) error { return sampleTable(w, e, s, columns, rows) })
	return &sampleWritten{c.Out, len(s.Pairs), s.Strata}, err
}

func sampleTable(w io.Writer, e *evaluation, s matching.Sample, columns []string, rows map[string][]cell) error {
	out := csv.NewWriter(w)
	header := slices.Clone(sampleColumns)
	for _, name := range columns {
		header = append(header, name+" (a)", name+" (b)")
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, p := range s.Pairs {
		stratum, a, b := s.Strata[p.Stratum], e.ids[p.A], e.ids[p.B]
		row := []string{"", stratum.Name, strconv.FormatBool(stratum.Linked), strconv.FormatInt(stratum.Pairs, 10),
			strconv.FormatFloat(bits(p.Total), 'f', 2, 64), a, b}
		for _, name := range columns {
			row = append(row, textOf(rows[a], name), textOf(rows[b], name))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cell is one column of a row as it was received.
type cell struct{ column, text string }

func textOf(cells []cell, column string) string {
	for _, c := range cells {
		if c.column == column {
			return c.text
		}
	}
	return ""
}

// cellsOf reads a row in the order of its columns; several texts of one column are joined.
func cellsOf(raw []byte) []cell {
	out := []cell{}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return out
	}
	for d.More() {
		name, err := d.Token()
		var value any
		if err != nil || d.Decode(&value) != nil {
			return out
		}
		text := fmt.Sprint(value)
		if list, several := value.([]any); several {
			text = strings.Trim(strings.ReplaceAll(fmt.Sprintf("%q", list), `" "`, `"; "`), "[]")
		}
		if value == nil {
			text = ""
		}
		out = append(out, cell{fmt.Sprint(name), text})
	}
	return out
}

// answers are what a person may write into the column same.
var answers = map[string]bool{"yes": true, "y": true, "1": true, "true": true, "same": true, "да": true, "так": true, "+": true,
	"no": false, "n": false, "0": false, "false": false, "different": false, "нет": false, "ні": false, "-": false}

// readJudged counts the answers of a sample by stratum.
func (c *estimateCommand) readJudged() (strata []matching.Stratum, blank int64, err error) {
	places, row := map[string]int{}, 1
	var wrong error
	err = readCSV(c.Judged, sampleColumns[:4], func(cells []string) {
		row++
		if wrong != nil { // the first fault is told
			return
		}
		at, known := places[cells[1]]
		pairs, err := strconv.ParseInt(cells[3], 10, 64)
		if err != nil || pairs < 1 {
			wrong = fmt.Errorf("%w: %s, row %d: stratum_pairs is no number; leave all columns but same as they are", errInput, filepath.Base(c.Judged), row)
			return
		}
		if !known {
			at = len(strata)
			places[cells[1]] = at
			strata = append(strata, matching.Stratum{Name: cells[1], Linked: strings.EqualFold(cells[2], "true"), Pairs: pairs})
		}
		answer := strings.ToLower(strings.TrimSpace(cells[0]))
		yes, understood := answers[answer]
		switch {
		case answer == "":
			blank++
			return
		case !understood:
			wrong = fmt.Errorf("%w: %s, row %d: same must be yes, no or blank", errInput, filepath.Base(c.Judged), row)
			return
		case yes:
			strata[at].Same++
		}
		strata[at].Judged++
	})
	if err == nil {
		err = wrong
	}
	if err == nil && len(strata) == 0 {
		err = fmt.Errorf("%w: %s has no pairs; write a sample with --sample", errInput, filepath.Base(c.Judged))
	}
	return strata, blank, err
}
