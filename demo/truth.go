package demo

import (
	"encoding/csv"
	"io"
)

// truth writes which customer each row is about.
type truth struct{ w *csv.Writer }

func newTruth(w io.Writer) *truth {
	t := &truth{csv.NewWriter(w)}
	_ = t.w.Write([]string{"source", "key", "entity"}) // csv keeps the error until Flush
	return t
}

func (t *truth) add(source, key string, e entity) error {
	return t.w.Write([]string{source, key, e.String()})
}

func (t *truth) flush() error {
	t.w.Flush()
	return t.w.Error()
}
