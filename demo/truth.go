package demo

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"kartoteka/customer"
)

var truthHeader = []string{"source", "key", "entity"}

// ReadTruth reads truth.csv: the entity of each row of the files. A row told twice is an error.
func ReadTruth(r io.Reader) (map[customer.Ref]string, error) {
	table := csv.NewReader(r)
	table.FieldsPerRecord = len(truthHeader)
	header, err := table.Read()
	if err != nil || !slices.Equal(header, truthHeader) {
		return nil, fmt.Errorf("truth: the columns must be source, key, entity: %w", cmp.Or(err, csv.ErrFieldCount))
	}
	told := map[customer.Ref]string{}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return told, nil
		}
		if err != nil {
			return nil, fmt.Errorf("truth: %w", err)
		}
		ref := customer.Ref{Source: customer.Source(row[0]), Key: row[1]}
		if _, twice := told[ref]; twice {
			line, _ := table.FieldPos(0)
			return nil, fmt.Errorf("truth: line %d names a row that stands above already; take one out", line)
		}
		told[ref] = row[2]
	}
}

// truth writes which customer each row is about.
type truth struct{ w *csv.Writer }

func newTruth(w io.Writer) *truth {
	t := &truth{csv.NewWriter(w)}
	_ = t.w.Write(truthHeader) // csv keeps the error until Flush
	return t
}

func (t *truth) add(source, key string, e entity) error {
	return t.w.Write([]string{source, key, e.String()})
}

func (t *truth) flush() error {
	t.w.Flush()
	return t.w.Error()
}
