package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/phrases"
)

// demoText writes the demo for people.
type demoText struct {
	strings.Builder
	*demoRun
}

func writeDemo(w io.Writer, d *demoRun, s *loadSummary) error {
	t := &demoText{demoRun: d}
	t.rows(s)
	t.right()
	for i := range d.result.Stories {
		if err := t.story(i+1, &d.result.Stories[i]); err != nil {
			return err
		}
	}
	t.feed()
	t.next()
	_, err := io.WriteString(w, t.String())
	return err
}

func (t *demoText) rows(s *loadSummary) {
	t.printf("An invented company, written to %s and loaded from there:\n\n", t.result.Dir)
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	for _, f := range t.result.Files {
		_, _ = fmt.Fprintf(tw, "  %s\t%6d rows\t%s\n", f.File, f.Rows, fileHints[f.Source])
	}
	_ = tw.Flush() // a strings.Builder takes everything
	r := t.result.Report
	t.printf("\n%d rows in, %d golden records out; %d customers are known to more than one system, the largest has %d rows.\n",
		s.Accepted, r.Customers, r.Across, r.Largest)
}

// fileHints say what each invented file is.
var fileHints = map[customer.Source]string{
	"core-banking": "dump of a bank's core system, windows-1251",
	"core-loans":   "the bank's loan table",
	"billing":      "a telecom's billing export, Russian and Ukrainian",
	"1c-trade":     "1C exchange, EnterpriseData",
	"branch":       "a sheet that a branch keeps by hand",
	"web":          "leads of a web form, in Latin script",
}

func (t *demoText) right() {
	t.printf("\nHow right that is, by pairs of rows, against the truth that the hub did not see:\n\n")
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(tw, "  \treally\tfound\tprecision\trecall\tF1\tB-cubed F1")
	for _, x := range []struct {
		name string
		q    *matching.Quality
	}{{"persons", &t.result.Quality.Persons}, {"organizations", &t.result.Quality.Organizations}} {
		_, _ = fmt.Fprintf(tw, "  %s\t%d\t%d\t%.4f\t%.4f\t%.4f\t%.4f\n", x.name, x.q.EntitiesTrue, x.q.EntitiesFound, x.q.Precision, x.q.Recall, x.q.F1, x.q.BCubedF1)
	}
	_ = tw.Flush()
}

func (t *demoText) story(number int, s *demoStory) error {
	t.printf("\n── %d. %s\n\n", number, s.Title)
	for _, r := range s.Rows {
		t.printf("  %-12s  %s\n", r.Source, clipped(strings.Join(r.Cells, " | "), 110))
	}
	t.printf("\n$ kartoteka why %s/%s %s/%s\n", s.Why.A.Source, s.Why.A.Key, s.Why.B.Source, s.Why.B.Key)
	const lang = "en"
	if err := writeWhy(t, lang, t.hub.rules.conf.Portrait, s.Why.Pair, s.Why.closing(phrases.Lang(lang))...); err != nil {
		return err
	}
	if s.Show != nil {
		t.printf("\n$ kartoteka show %s\n", s.Show.Code)
		show := &showText{showResult: s.Show, lang: lang}
		show.head()
		show.values()
		show.facts()
		show.members()
		_, _ = t.WriteString(show.String())
	}
	switch {
	case s.Task != nil:
		t.printf("\nAn open task asks a steward about these two. To settle it: kartoteka decide same|different %s %s\n", s.Task.Code, s.Task.Other)
	case !s.Why.SameCode && s.Name == "conflict":
		t.printf("\nThe machine keeps them apart; a steward who knows better decides: kartoteka decide same %s/%s %s/%s\n",
			s.Why.A.Source, s.Why.A.Key, s.Why.B.Source, s.Why.B.Key)
	}
	return nil
}

// clipped shortens a line of values.
func clipped(s string, most int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}

func (t *demoText) feed() {
	f := &t.result.Feed
	t.printf("\n── What a consumer received\n\n")
	t.printf("It read GET /v1/changes from the beginning and then waited. Meanwhile the bank sent a changed phone and the web\nform two leads; each was loaded by itself, and these events came:\n\n")
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	for _, c := range f.Last {
		successor := ""
		if c.Successor != 0 {
			successor = "→ " + c.Successor.String()
		}
		_, _ = fmt.Fprintf(tw, "  %d\t%s\t%s\tversion %d\t%s\t%s\n", c.Position, c.Kind, c.Code, c.Version, strings.Join(c.Changed, ", "), successor)
	}
	_ = tw.Flush()
	t.printf("\n%d changes received; its table has %d customers, %s the hub's.\n", f.Received, f.Customers, equality(f.Equal))
	if f.Kafka != nil {
		t.printf("Over Kafka, topic %s: %d customers, %s the hub's.\n", f.Kafka.Topic, f.Kafka.Customers, equality(f.Kafka.Equal))
	}
}

func equality(equal bool) string {
	if equal {
		return "equal to"
	}
	return "NOT equal to"
}

func (t *demoText) next() {
	t.printf("\n── Where to look next\n\n")
	for _, line := range t.result.Next {
		t.printf("  %s\n", line)
	}
}

// printf writes; a strings.Builder takes everything.
func (t *demoText) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(&t.Builder, format, args...)
}
