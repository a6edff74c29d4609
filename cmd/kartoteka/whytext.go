package main

import (
	"fmt"
	"io"
	"strings"

	"kartoteka/matching"
)

// writeWhy writes an explanation for people; the weights add up to the total.
func writeWhy(w io.Writer, _ string, why *matching.Why) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%-22s %8.2f\n", "prior", bits(why.Prior))
	for _, c := range why.Comparisons {
		fmt.Fprintf(&b, "%-22s %8.2f\n", c.Name, bits(c.Weight))
		for _, s := range c.Steps {
			part := s.Part
			if part != "" {
				part += ": "
			}
			fmt.Fprintf(&b, "    %s%s  %q ~ %q  m %.4g u %.4g  %+.2f\n", part, s.Level, s.Left, s.Right, s.M, s.U, bits(s.Weight))
		}
	}
	if why.Kinship != 0 {
		fmt.Fprintf(&b, "%-22s %8.2f\n", "kinship", bits(why.Kinship))
	}
	fmt.Fprintf(&b, "%-22s %8.2f   (link at %.2f)\n", "total", bits(why.Total), bits(why.Link))
	for _, v := range why.Vetoes {
		fmt.Fprintf(&b, "veto: %s contradicts\n", v)
	}
	if len(why.Generic) > 0 {
		fmt.Fprintf(&b, "shared by too many, weighs nothing: %s\n", strings.Join(why.Generic, ", "))
	}
	if len(why.Rules) == 0 {
		fmt.Fprintln(&b, "no blocking rule brings these two together")
	} else {
		fmt.Fprintf(&b, "brought together by: %s\n", strings.Join(why.Rules, "; "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
