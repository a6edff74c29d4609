package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"kartoteka/pipelines"
)

// writeLoad prints the load report for people.
func writeLoad(w io.Writer, j *loadJob, s *loadSummary, r *loadResult) error {
	var b strings.Builder
	for i := range r.Mapping {
		writeMapping(&b, &r.Mapping[i])
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n.Text)
	}
	verb := "loaded"
	if r.DryRun {
		verb = "would load"
	}
	fmt.Fprintf(&b, "\n%s %d rows in %.1f s: %d accepted, %d unchanged, %d rejected, %d filtered\n", verb, s.Read, s.Seconds, s.Accepted, s.Unchanged, s.Rejected, s.Filtered)
	fmt.Fprintf(&b, "%d records are %d customers; %d of them are known to more than one source; the largest has %d records\n",
		r.Report.Records, r.Report.Customers, r.Report.Across, r.Report.Largest)
	writeSources(&b, r)
	writeFields(&b, r)
	writeOpen(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeMapping(b *strings.Builder, t *pipelines.TableMapping) {
	name := string(t.Source)
	if t.Table != "" {
		name += " / " + t.Table
	}
	key := "the content of the row"
	if len(t.Key) > 0 {
		key = strings.Join(t.Key, " + ")
	} else if t.Declared {
		key = "as the source gives it"
	}
	fmt.Fprintf(b, "%s   key: %s\n", name, key)
	if t.Declared {
		fmt.Fprintln(b, "  mapped as declared")
		return
	}
	tw := tabwriter.NewWriter(b, 2, 4, 2, ' ', 0)
	for _, c := range t.Columns {
		attribute := c.Attribute
		if c.Part != "" {
			attribute += "." + c.Part
		}
		if c.Kind != "" {
			attribute += " (" + c.Kind + ")"
		}
		if strings.HasPrefix(attribute, "-") || attribute == "" {
			attribute = "kept raw" + strings.TrimPrefix(attribute, "-raw")
		}
		line(tw, "  %s\t→ %s\t%3.0f %%\t%s\n", oneLine(c.Column), attribute, 100*c.Confidence, c.Reason)
	}
	_ = tw.Flush() // a strings.Builder takes everything
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func writeSources(b *strings.Builder, r *loadResult) {
	tw := tabwriter.NewWriter(b, 2, 4, 2, ' ', tabwriter.AlignRight)
	line(tw, "\nsource\trecords\tcustomers\tduplicates within\tshared with others\t\n")
	for _, x := range r.Report.Sources {
		line(tw, "%s\t%d\t%d\t%d\t%d\t\n", x.Source, x.Records, x.Customers, x.Duplicates, x.Shared)
	}
	_ = tw.Flush()
	if len(r.Report.Overlaps) > 0 {
		fmt.Fprintln(b, "\noverlap (customers that both know)")
		for _, o := range r.Report.Overlaps {
			fmt.Fprintf(b, "  %s + %s: %d\n", o.A, o.B, o.Customers)
		}
	}
}

func writeFields(b *strings.Builder, r *loadResult) {
	if len(r.Report.Fields) == 0 {
		return
	}
	tw := tabwriter.NewWriter(b, 2, 4, 2, ' ', 0)
	line(tw, "\ncompleteness of the rows read\t\t\n")
	for _, f := range r.Report.Fields {
		doubtful := ""
		if f.Doubtful > 0 {
			doubtful = fmt.Sprintf("%d doubtful", f.Doubtful)
		}
		line(tw, "  %s %s\t%3.0f %%\t%s\n", f.Kind, f.Attribute, 100*float64(f.Filled)/float64(max(1, f.Rows)), doubtful)
	}
	_ = tw.Flush()
}

func writeOpen(b *strings.Builder, r *loadResult) {
	if r.Report.Closed+r.Report.Generic > 0 {
		fmt.Fprintf(b, "\nkeys closed because too many records share them: %d; values that weigh nothing because too many customers share them: %d\n", r.Report.Closed, r.Report.Generic)
	}
	if r.Report.Doubtful > 0 {
		fmt.Fprintf(b, "\nquestions for a person: %d; kartoteka tasks shows them\n", r.Report.Doubtful)
		if r.Outcome.Held > 0 {
			fmt.Fprintf(b, "changes of codes that wait for a person: %d\n", r.Outcome.Held)
		}
		if r.Outcome.Unasked > 0 {
			fmt.Fprintf(b, "doubtful pairs that nobody is asked about, because stronger ones come first: %d\n", r.Outcome.Unasked)
		}
		for _, d := range r.Report.Examples[:min(3, len(r.Report.Examples))] {
			fmt.Fprintf(b, "  kartoteka why %s %s   (%.1f bits)\n", d.Code, d.Other, float64(d.Weight)/100)
		}
	}
	for _, x := range r.Rejects {
		fmt.Fprintf(b, "rejected: %s %s row %d %s: %s\n", x.Place.File, x.Place.Table, x.Place.Row, x.Field, x.Reason)
	}
	for _, line := range r.Report.Advice {
		fmt.Fprintln(b, line)
	}
}

// line writes into a table over a strings.Builder, which takes everything.
func line(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
