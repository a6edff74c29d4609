package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"

	"kartoteka/matching"
	"kartoteka/phrases"
)

type estimateCommand struct {
	fileFlags
	Model  string `placeholder:"FILE" help:"Model file; without one the model is trained on the records."`
	Sample int    `placeholder:"N" help:"Write about N pairs to --out for a person to judge: personal data."`
	Out    string `placeholder:"CSV" help:"File for the sample."`
	Judged string `placeholder:"CSV" help:"A sample with its column same filled in: the estimates follow from it."`
	Lang   string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the answer: en, ru or uk."`
}

func (*estimateCommand) Help() string {
	return `Estimates precision and recall without labels. Precision follows from the probabilities of the linked pairs.
Recall also counts true pairs that were compared and not linked, and those that no blocking rule brought
together: two lists of rules without a common attribute are compared like two catches from one pond
(Chapman 1951). These are estimates: wrong probabilities or dependent attributes mislead them, and the
intervals are of sampling alone.

Surer is a sample judged by a person: --sample writes pairs from every band of weights with the values of both
records; write yes or no into the column same, leave blank what nobody can tell, and read it back with --judged.

Example:

    $ kartoteka match estimate people.csv
    $ kartoteka match estimate people.csv --sample 200 --out sample.csv
    $ kartoteka match estimate people.csv --judged sample.csv`
}

type estimateSummary struct {
	Estimate  bool              `json:"estimate"` // always true: nobody knows the truth here
	From      string            `json:"from"`     // probabilities or judged
	Precision matching.Interval `json:"precision"`
	Recall    matching.Interval `json:"recall"`
}

type estimateResult struct {
	matching.Estimates
	Judged *matching.JudgedEstimates `json:"judged,omitempty"`
	Sample *sampleWritten            `json:"sample,omitempty"`
}

func (c *estimateCommand) run(ctx context.Context, a *app) (output, error) {
	if err := c.check(); err != nil {
		return output{}, err
	}
	e, err := prepareEvaluation(ctx, a, c.File, c.ID, c.Mapping, c.Model)
	if err != nil {
		return output{}, err
	}
	run, blocking := e.partition(e.rules.matcher), e.block()
	r := estimateResult{Estimates: blocking.Estimate(run, e.rules.matcher, runtime.GOMAXPROCS(0))}
	s := estimateSummary{true, "probabilities", r.Precision, r.Recall}
	if c.Judged != "" {
		strata, blank, err := c.readJudged()
		if err != nil {
			return output{}, err
		}
		r.Judged = r.Estimates.Judge(strata)
		r.Judged.Blank = blank
		s = estimateSummary{true, "judged", r.Judged.Precision, r.Judged.Recall}
	}
	if c.Sample > 0 {
		if r.Sample, err = c.writeSample(ctx, e, blocking.Sample(run, c.Sample)); err != nil {
			return output{}, err
		}
	}
	return output{summary: s, result: r, human: func(w io.Writer) error { return c.write(w, &r) }}, nil
}

func (c *estimateCommand) check() error {
	switch {
	case c.Sample < 0:
		return fmt.Errorf("%w: --sample must not be negative", errUsage)
	case (c.Sample > 0) != (c.Out != ""):
		return fmt.Errorf("%w: --sample N and --out FILE belong together", errUsage)
	case c.Sample > 0 && c.Judged != "":
		return fmt.Errorf("%w: either --sample or --judged", errUsage)
	}
	return nil
}

func (c *estimateCommand) write(w io.Writer, r *estimateResult) error {
	lang := phrases.Lang(c.Lang)
	var b strings.Builder
	say := func(key string, args ...any) { line(&b, "%s\n", lang.Sentence(key, args...)) }
	interval := func(key string, i matching.Interval) {
		say("estimate.interval", phrases.Key(key), four(i.Estimate), four(i.Low), four(i.High))
	}
	say("estimate.header")
	if j := r.Judged; j != nil {
		say("estimate.judged", j.Pairs, j.Blank)
		interval("quality.precision", j.Precision)
		interval("quality.recall", j.Recall)
		say("estimate.unjudged")
	}
	interval("quality.precision", r.Precision)
	interval("quality.recall", r.Recall)
	interval("quality.f1", r.F1)
	if r.BlockingRecall != nil {
		interval("estimate.blocking", *r.BlockingRecall)
	}
	if r.UpperBound {
		say("estimate.upper")
	}
	for _, x := range r.Recaptures {
		say("estimate.recapture", phrases.Key("kind."+string(x.Kind)), int64(x.ByFirst), int64(x.BySecond), int64(x.ByBoth), int64(x.Found), int64(x.Total))
	}
	if r.Sample != nil {
		say("estimate.sample", r.Sample.Pairs, r.Sample.File)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func four(f float64) string { return fmt.Sprintf("%.4f", f) }
