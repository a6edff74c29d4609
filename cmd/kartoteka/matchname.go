package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/matching/naming"
	"kartoteka/phrases"
)

type nameCommand struct {
	A      string `arg:"" optional:"" placeholder:"NAME" help:"A name."`
	B      string `arg:"" optional:"" placeholder:"NAME" help:"The name to compare it with."`
	Kind   string `enum:",person,organization" default:"" placeholder:"KIND" help:"What the names are of: person or organization; guessed if not said."`
	Lang   string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the answer: en, ru or uk."`
	Cases  string `placeholder:"FILE" help:"Measure on a labeled file instead: name1,name2,is_match and, if it has it, schema (csv or csv.gz)."`
	Scored string `placeholder:"FILE" help:"With --cases: write each pair with its verdict and score to this file."`
	Words  string `placeholder:"FILE" help:"Measure the search for words of another script instead: latin,cyrillic (csv or csv.gz)."`
}

func (*nameCommand) Help() string {
	return `Compares two names without a database: does one person, or one organization, bear both? Says which part goes with
which and how: exact, transliteration, short form, initial, typo. The score is how probable one bearer
is if nothing else is known and both answers were as likely before; bits are the same as a logarithm.

Example:

    $ kartoteka match name "Пётр Ильич Чайковский" "Tchaikovsky P. I."
    $ kartoteka match name "ООО «Ромашка»" "Romashka LLC" --output json
    $ kartoteka match name --cases labeled.csv`
}

func (c *nameCommand) run(context.Context, *app) (output, error) {
	switch {
	case c.Cases != "":
		return c.cases()
	case c.Words != "":
		return c.words()
	case strings.TrimSpace(c.A) == "" || strings.TrimSpace(c.B) == "":
		return output{}, fmt.Errorf("%w: two names are needed; put each in quotation marks", errUsage)
	}
	r := naming.Compare(c.A, c.B, customer.Kind(c.Kind))
	return output{summary: map[string]any{"verdict": r.Verdict, "score": r.Score, "bits": r.Bits}, result: r,
		human: func(w io.Writer) error { return writeNames(w, phrases.Lang(c.Lang), &r) }}, nil
}

// writeNames tells a comparison: its reasons as a table, then the verdict.
func writeNames(w io.Writer, l phrases.Lang, r *naming.Result) error {
	var text strings.Builder
	tw := tabwriter.NewWriter(&text, 2, 4, 2, ' ', 0)
	for _, s := range r.Reasons {
		_, _ = fmt.Fprintf(tw, "%s\t%s\t%s\n", l.Sentence("name.how."+string(s.How)), besides(s.A, s.B), signedBits(l, s.Bits))
	}
	_ = tw.Flush() // a strings.Builder takes everything
	fmt.Fprintf(&text, "%s: %s\n", l.Sentence("name.verdict."+string(r.Kind)+"."+string(r.Verdict)),
		l.Sentence("name.score", phrases.Share(r.Score), signedBits(l, r.Bits)))
	_, err := io.WriteString(w, trimLines(text.String()))
	return err
}

func besides(a, b string) string {
	switch {
	case a == b || b == "":
		return a
	case a == "":
		return b
	}
	return a + " ~ " + b
}

// signedBits writes a weight with its sign, as a language writes numbers.
func signedBits(l phrases.Lang, bits float64) string {
	text := l.Text(bits)
	if bits > 0 {
		text = "+" + text
	}
	return text
}

// cases measures labeled pairs.
func (c *nameCommand) cases() (output, error) {
	columns := []string{"name1", "name2", "is_match", "schema"}
	read, err := readCases(c.Cases, columns)
	if err != nil {
		return output{}, err
	}
	q, results := naming.EvaluateCases(read)
	if c.Scored != "" {
		if err := writeFileAs(c.Scored, 0o600, func(w io.Writer) error { return writeScored(w, read, results) }); err != nil {
			return output{}, err
		}
	}
	return output{summary: map[string]any{"best_f1": q.BestF1, "recall_at_p95": q.RecallAtP95}, result: q, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, `pairs      %d
best F1    %.4f (precision %.4f, recall %.4f, at %.2f bits)
recall     %.4f at precision 0.95
verdicts   F1 %.4f of same and possible; same is right in %.4f, different in %.4f
`, q.Cases, q.BestF1, q.Precision, q.Recall, q.Threshold, q.RecallAtP95, q.F1AtVerdict, q.PrecisionSame, q.PrecisionOther)
		return err
	}}, nil
}

// readCases reads labeled pairs; the column schema need not be there.
func readCases(path string, columns []string) (list []naming.Case, err error) {
	add := func(row []string) {
		cell := naming.Case{A: row[0], B: row[1], Same: slices.Contains([]string{"true", "1", "yes", "t"}, strings.ToLower(row[2]))}
		if len(row) > 3 {
			cell.Kind = kindOfSchema(row[3])
		}
		list = append(list, cell)
	}
	if err = readCSV(path, columns, add); err != nil {
		list = nil
		err = readCSV(path, columns[:3], add)
	}
	return list, err
}

// kindOfSchema reads the words for kinds that data about companies and people use (FollowTheMoney among them).
func kindOfSchema(s string) customer.Kind {
	switch strings.ToLower(s) {
	case "person":
		return customer.Person
	case "organization", "organisation", "company", "vessel", "publicbody":
		return customer.Organization
	}
	return ""
}

func writeScored(w io.Writer, cases []naming.Case, results []naming.Result) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"name1", "name2", "is_match", "verdict", "score", "bits"}); err != nil {
		return err
	}
	for i, r := range results {
		row := []string{cases[i].A, cases[i].B, strconv.FormatBool(cases[i].Same), string(r.Verdict), strconv.FormatFloat(r.Score, 'f', 6, 64), strconv.FormatFloat(r.Bits, 'f', 2, 64)}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Sizes of the samples of words, as the figures of other tools were taken.
const (
	wordQueries = 2000
	wordPool    = 20000
)

// words measures the search for words.
func (c *nameCommand) words() (output, error) {
	var pairs []naming.WordPair
	err := readCSV(c.Words, []string{"latin", "cyrillic"}, func(row []string) { pairs = append(pairs, naming.WordPair{Latin: row[0], Cyrillic: row[1]}) })
	if err != nil {
		return output{}, err
	}
	q := naming.EvaluateWords(pairs, wordQueries, wordPool)
	return output{summary: map[string]any{"top1": q.Top1, "recall_at_p95": q.RecallAtP95}, result: q, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "words      %d among %d\ntop-1      %.4f (%.4f and %.4f in the halves)\nrecall     %.4f at precision 0.95\n",
			q.Queries, q.Candidates, q.Top1, q.Top1Halves[0], q.Top1Halves[1], q.RecallAtP95)
		return err
	}}, nil
}
