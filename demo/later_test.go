package demo

import (
	"encoding/csv"
	"os"
	"testing"

	"kartoteka/customer"
)

func TestNextDayRepeatsKnownKeysAndBringsNewOnes(t *testing.T) {
	s, err := Generate(Options{Dir: t.TempDir(), People: 200, Payer: -1})
	if err != nil {
		t.Fatal(err)
	}
	files, err := Later(s)
	if err != nil {
		t.Fatal(err)
	}
	told, err := os.Open(s.Truth)
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	known, err := ReadTruth(told)
	if err != nil {
		t.Fatal(err)
	}
	var seen, unseen int
	for _, f := range files {
		file, err := os.Open(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		table := csv.NewReader(file)
		if f.Source == "core-banking" {
			table.Comma = ';'
		}
		rows, err := table.ReadAll()
		if err != nil || len(rows) != f.Rows+1 {
			t.Fatalf("%s: %d rows: %v", f.Path, len(rows), err)
		}
		for _, row := range rows[1:] {
			if _, is := known[customer.Ref{Source: f.Source, Key: row[0]}]; is {
				seen++
			} else {
				unseen++
			}
		}
	}
	if seen != 1 || unseen != 2 {
		t.Errorf("%d rows of known keys, %d of new ones", seen, unseen)
	}
}
