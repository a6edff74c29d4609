package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
)

// tolerance is how far an F1 may drop before the build fails.
const tolerance = 0.003

var baselineColumns = []string{"set", "precision", "recall", "f1", "blocking_recall"}

// kept are the four figures that a baseline keeps of a set, in the order of its columns.
type kept [4]float64

func keep(f figures) kept { return kept{f.Precision, f.Recall, f.F1, f.BlockingRecall} }

func (k kept) f1() float64 { return k[2] }

// baseline is what was reached, by set.
type baseline map[string]kept

// readBaseline reads a frozen baseline; a file that does not exist is an empty one.
func readBaseline(path string) (baseline, error) {
	out := baseline{}
	var bad error
	err := readCSV(path, baselineColumns, func(row []string) {
		var k kept
		for i := range k {
			n, err := strconv.ParseFloat(row[i+1], 64)
			if err != nil && bad == nil {
				bad = fmt.Errorf("%s: %s: %w; restore it, or freeze it anew", path, row[0], err)
			}
			k[i] = n
		}
		out[row[0]] = k
	})
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	return out, errors.Join(err, bad)
}

// freeze writes the baseline anew: sets that were not measured keep their figures.
func (b baseline) freeze(path string, measured map[string]figures) error {
	for name, f := range measured {
		b[name] = keep(f)
	}
	return writeFile(path, func(w *bufio.Writer) error {
		out := csv.NewWriter(w)
		_ = out.Write(baselineColumns) // csv keeps the error until Flush
		for _, name := range slices.Sorted(maps.Keys(b)) {
			row := []string{name}
			for _, n := range b[name] {
				row = append(row, strconv.FormatFloat(n, 'f', 4, 64))
			}
			_ = out.Write(row)
		}
		out.Flush()
		return out.Error()
	})
}

// fallen tells of each set whose F1 dropped by more than the tolerance.
func (b baseline) fallen(measured map[string]figures) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(measured)) {
		was, known := b[name]
		if now := measured[name].F1; known && now < was.f1()-tolerance {
			out = append(out, fmt.Sprintf("%s: F1 %.4f, was %.4f", name, now, was.f1()))
		}
	}
	return out
}
