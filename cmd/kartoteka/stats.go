package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"kartoteka/desk"
)

type statsCommand struct{}

func (*statsCommand) Help() string {
	return `Counts customers, records and duplicates, who has whom, how large customers are, and how the queue of
questions does: what the workbench draws on its page of quality.

Example:

    $ kartoteka stats
    $ kartoteka stats --output json`
}

func (c *statsCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		s, err := h.desk().Statistics(local(ctx))
		if err != nil {
			return output{}, err
		}
		summary := map[string]int64{"records": s.Records, "customers": s.Customers, "duplicates": s.Duplicates, "tasks_open": s.Queue.Open}
		return output{summary: summary, result: s, human: func(w io.Writer) error { return writeStats(w, s) }}, nil
	})
}

func writeStats(w io.Writer, s *desk.Statistics) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d records of %d customers, %d duplicates\n", s.Records, s.Customers, s.Duplicates)
	tw := tabwriter.NewWriter(&b, 2, 4, 2, ' ', tabwriter.AlignRight)
	line(tw, "\nsource\tcustomers\tnobody else's\t\n")
	for _, x := range s.Sources {
		line(tw, "%s\t%d\t%d\t\n", x.Source, x.Customers, x.Only)
	}
	line(tw, "\nrecords\tcustomers\t\t\n")
	for _, x := range s.Sizes {
		line(tw, "%d\t%d\t\t\n", x.Records, x.Customers)
	}
	line(tw, "\nquestions\topen\t\t\n")
	for _, x := range s.Kinds {
		line(tw, "%s\t%d\t\t\n", x.Kind, x.Open)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if s.Queue.Open > 0 {
		age := func(seconds float64) time.Duration { return (time.Duration(seconds) * time.Second).Round(time.Second) }
		fmt.Fprintf(&b, "\nhalf of the questions are older than %s, one in twenty than %s\n", age(s.Ages.Median), age(s.Ages.P95))
	}
	if s.Review.AskedTwice > 0 {
		fmt.Fprintf(&b, "%d of %d questions that two persons were asked had one answer\n", s.Review.Agreed, s.Review.AskedTwice)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
