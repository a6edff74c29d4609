package main

import (
	_ "embed" // the bars
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// bar is what a set's F1 is measured against; a figure of 0 is unknown.
type bar struct {
	floor, aim float64
	peer       float64 // the best peer's F1, at the threshold that the truth likes best
	who        string
}

// verdict says which of the two the F1, rounded as it is printed, reaches.
func (b bar) verdict(f1 float64) string {
	f1 += 0.00005
	switch {
	case b.floor == 0:
		return ""
	case f1 >= b.aim:
		return "aim"
	case f1 >= b.floor:
		return "floor"
	}
	return "below"
}

//go:embed bars.csv
var barsText string

// bars are the targets and the peers' figures by set.
func bars() (map[string]bar, error) {
	rows, err := csv.NewReader(strings.NewReader(barsText)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("bars.csv: %w", err)
	}
	out := map[string]bar{}
	for _, row := range rows[1:] {
		var n [3]float64
		for i := range n {
			if n[i], err = number(row[i+1]); err != nil {
				return nil, fmt.Errorf("bars.csv: %s: %w", row[0], err)
			}
		}
		out[row[0]] = bar{n[0], n[1], n[2], row[4]}
	}
	return out, nil
}

// number reads a figure; an empty cell is 0.
func number(cell string) (float64, error) {
	if cell == "" {
		return 0, nil
	}
	return strconv.ParseFloat(cell, 64)
}
