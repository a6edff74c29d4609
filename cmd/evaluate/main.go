// Command evaluate measures matching on labeled sets, with zero configuration, and guards what was reached.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

// settings are the flags.
type settings struct {
	program, data, people, only string
	details, frozen, commit     string
	best, freeze, ablate        bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := evaluate(ctx, flags(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

func flags() (s settings) {
	flag.StringVar(&s.program, "program", "bin/kartoteka", "kartoteka to measure")
	flag.StringVar(&s.data, "data", "", "folder of labeled sets")
	flag.StringVar(&s.people, "people", "", "RECORDS,TRUTH of a set that lies elsewhere")
	flag.StringVar(&s.only, "sets", "", "names of the sets to measure, separated by commas; all")
	flag.StringVar(&s.details, "details", "eval", "folder for clusters and wrong pairs")
	flag.StringVar(&s.frozen, "baseline", "cmd/evaluate/baseline.csv", "what was reached")
	flag.StringVar(&s.commit, "base", "", "commit to compare with")
	flag.BoolVar(&s.best, "best", true, "find the best F1 of other thresholds too")
	flag.BoolVar(&s.freeze, "freeze", false, "write the baseline anew instead of comparing with it")
	flag.BoolVar(&s.ablate, "ablate", false, "measure instead what parts of the model are worth, by leaving out one at a time")
	flag.Parse()
	if s.ablate && s.only == "" {
		s.only = ablated
	}
	return s
}
