package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// variants are what match evaluate leaves out or does otherwise, one at a time, and how the table
// of docs/matching.md names it.
var variants = []struct{ without, name string }{
	{"frequency", "every value as frequent as the average one"},
	{"patronymic", "the patronymic says nothing"},
	{"scripts", "names in two scripts are never one"},
	{"spelling", "parts of a name are equal or differ"},
	{"household", "no household as the other explanation"},
	{"learned-m", "m as shipped"},
	{"learned-levels", "m and u as shipped"},
	{"learned-prior", "one duplicate a record as the prior"},
	{"chosen-rules", "fixed blocking rules"},
	{"vetoes", "no vetoes"},
	{"groups", "clusters: connected components"},
	{"groups=best", "clusters: best pair of two groups"},
	{"groups=mean", "clusters: mean of pairs"},
	{"groups=worst", "clusters: worst pair"},
	{"link=0", "threshold 0 bits (1 : 1)"},
	{"link=3.32", "threshold 3.3 bits (10 : 1)"},
	{"link=6.64", "threshold 6.6 bits (100 : 1)"},
}

// ablated are the sets that an ablation measures if none are named.
const ablated = "dedupe_csv_chicago,febrl3,pseudopeople_multi,restaurant,rldata10000,ru_customers_dev_12k,splink_fake_1000," + alikeName

// ablate prints the F1 of each variant on each set as a Markdown table.
func (e *evaluation) ablate(ctx context.Context) error {
	p := &program{path: e.now.path, can: e.now.can + " --without"} // a hidden flag
	sets := slices.DeleteFunc(slices.Clone(e.sets), func(s set) bool { return s.linkOnly })
	writeRow(e.out, "F1", sets, func(s set) string { return s.name })
	writeRow(e.out, "---", sets, func(set) string { return "---" })
	for i := range len(variants) + 1 {
		name, flags := "everything", []string(nil)
		if i > 0 {
			name, flags = variants[i-1].name, []string{"--without=" + variants[i-1].without}
		}
		var failed error
		writeRow(e.out, name, sets, func(s set) string {
			f, err := p.measure(ctx, s, flags...)
			if err != nil {
				failed = err
			}
			return fmt.Sprintf("%.4f", f.F1)
		})
		if failed != nil {
			return failed
		}
	}
	return nil
}

func writeRow(w io.Writer, name string, sets []set, cell func(set) string) {
	cells := []string{name}
	for _, s := range sets {
		cells = append(cells, cell(s))
	}
	_, _ = fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}
