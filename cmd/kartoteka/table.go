package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// table writes a line a row, its cells apart by tabs, under a heading unless that is "".
func table[R any](w io.Writer, heading string, rows []R, line func(*R) string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if heading != "" {
		_, _ = fmt.Fprintln(t, heading) // errors come from Flush
	}
	for i := range rows {
		_, _ = fmt.Fprintln(t, line(&rows[i]))
	}
	return t.Flush()
}
