// Command evaluate measures matching on labeled sets, with zero configuration, and guards what was reached.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// settings are the flags.
type settings struct {
	program, data, people, only string
	best                        bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var s settings
	flag.StringVar(&s.program, "program", "bin/kartoteka", "kartoteka to measure")
	flag.StringVar(&s.data, "data", "", "folder of labeled sets")
	flag.StringVar(&s.people, "people", "", "RECORDS,TRUTH of a set that lies elsewhere")
	flag.StringVar(&s.only, "sets", "", "names of the sets to measure, separated by commas; all")
	flag.BoolVar(&s.best, "best", true, "find the best F1 of other thresholds too")
	flag.Parse()
	if err := evaluate(ctx, s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

// evaluate measures all sets, the demo population too.
func evaluate(ctx context.Context, s settings, out io.Writer) error {
	work, err := os.MkdirTemp("", "evaluate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // scratch
	sets, err := allSets(s, work)
	if err != nil {
		return err
	}
	p, err := newProgram(ctx, s.program)
	if err != nil {
		return err
	}
	return measureAll(ctx, p, s, sets, out)
}

func allSets(s settings, work string) ([]set, error) {
	sets, err := folderSets(s.data)
	if err != nil {
		return nil, err
	}
	people, err := peopleSet(s.people)
	if err != nil {
		return nil, err
	}
	invented, err := demoSet(work)
	return named(append(append(sets, people...), invented), s.only), err
}

func measureAll(ctx context.Context, p *program, s settings, sets []set, out io.Writer) error {
	targets, err := bars()
	if err != nil {
		return err
	}
	t := &table{out: out, bars: targets}
	t.head()
	for _, set := range sets {
		f, err := p.measure(ctx, set, s.flags()...)
		if err != nil {
			return err
		}
		t.line(set.name, f)
	}
	t.foot()
	return nil
}

func (s settings) flags() []string {
	if s.best {
		return []string{"--best"}
	}
	return nil
}
