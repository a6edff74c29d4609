package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/matching"
)

type thresholdCommand struct {
	fileFlags
	Model    string  `placeholder:"FILE" help:"Model file; without one the model is trained on the records."`
	Truth    string  `placeholder:"FILE" help:"File with record_id,entity_id (csv or csv.gz). Without one precision and recall are estimated from the probabilities."`
	LinkOnly bool    `help:"Count only pairs across different values of the column named source."`
	Below    float64 `default:"6" placeholder:"BITS" help:"How far below the own threshold to go."`
	Above    float64 `default:"12" placeholder:"BITS" help:"How far above the own threshold to go."`
	Step     float64 `default:"1" placeholder:"BITS" help:"Distance of thresholds; each costs one matching."`
	HTML     string  `name:"html" placeholder:"FILE" help:"Write the charts and tables as one HTML file."`
	SVG      string  `name:"svg" placeholder:"FILE" help:"Write the charts as one SVG file."`
	Lang     string  `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the charts: en, ru or uk."`
}

func (*thresholdCommand) Help() string {
	return `Matches the file at one threshold after another and draws precision and recall (after clustering), with the
own threshold and the one that the truth likes best; the weights of all pairs that blocking brings together;
and the reliability of the probabilities that follow from weights. Without --truth the curve is estimated
from these probabilities alone, over pairs, and is marked as an estimate. The files hold no values of records.

Example:

    $ kartoteka match threshold people.csv.gz --truth truth.csv.gz --html report.html`
}

type thresholdSummary struct {
	Own   matching.ThresholdPoint  `json:"own"`
	Best  *matching.ThresholdPoint `json:"best,omitempty"` // by F1 against the truth
	Brier *float64                 `json:"brier,omitempty"`
}

type thresholdResult struct {
	Title     string                    `json:"file"`
	Estimated bool                      `json:"estimated"` // no truth: the curve follows from probabilities
	Own       matching.ThresholdPoint   `json:"own"`
	Best      *matching.ThresholdPoint  `json:"best,omitempty"`
	Curve     []matching.ThresholdPoint `json:"curve"`
	matching.WeightReport
	Files []string `json:"files,omitempty"`
}

// maxThresholds bounds how often a file is matched.
const maxThresholds = 500

func (c *thresholdCommand) run(ctx context.Context, a *app) (output, error) {
	if !(c.Step >= 0.01) || !(c.Below >= 0) || !(c.Above >= 0) || (c.Below+c.Above)/c.Step > maxThresholds {
		return output{}, fmt.Errorf("%w: --below and --above must not be negative, --step at least 0.01, and at most %d thresholds in all", errUsage, maxThresholds)
	}
	e, err := prepareEvaluation(ctx, a, c.File, c.ID, c.Mapping, c.Model)
	if err != nil {
		return output{}, err
	}
	truth, err := e.optionalTruth(c.Truth)
	if err != nil {
		return output{}, err
	}
	r := thresholdResult{Title: filepath.Base(c.File), Estimated: truth == nil}
	r.WeightReport = e.block().Weights(truth, e.sides(c.LinkOnly), runtime.GOMAXPROCS(0))
	c.curve(e, truth, &r)
	if r.Files, err = c.draw(&r); err != nil {
		return output{}, err
	}
	s := thresholdSummary{Own: r.Own, Best: r.Best}
	if r.Calibration != nil {
		s.Brier = &r.Calibration.Brier
	}
	return output{summary: s, result: r, human: func(w io.Writer) error { return writeThresholds(w, &r) }}, nil
}

// curve matches at every threshold, or, without a truth, estimates from the weights.
func (c *thresholdCommand) curve(e *evaluation, truth []int32, r *thresholdResult) {
	link := bits(e.rules.matcher.Link(customer.Person))
	if truth == nil {
		for _, p := range r.Expected() {
			if p.Threshold >= link-c.Below && p.Threshold <= link+c.Above {
				r.Curve = append(r.Curve, p)
			}
		}
		r.Own = nearest(r.Curve, link)
		return
	}
	at := func(by float64) matching.ThresholdPoint {
		q := matching.Evaluate(e.partition(shifted{e.rules.matcher, matching.Bits(by)}).Cluster, truth, e.sides(c.LinkOnly))
		return matching.ThresholdPoint{Threshold: link + by, Precision: q.Precision, Recall: q.Recall, F1: q.F1, BCubedF1: q.BCubedF1}
	}
	r.Own = at(0)
	best := r.Own
	for i := -math.Floor(c.Below / c.Step); i*c.Step <= c.Above; i++ {
		p := r.Own
		if i != 0 {
			p = at(i * c.Step)
		}
		if p.F1 > best.F1 {
			best = p
		}
		r.Curve = append(r.Curve, p)
	}
	r.Best = &best
}

// nearest is the point whose threshold is closest to the given one.
func nearest(curve []matching.ThresholdPoint, threshold float64) (best matching.ThresholdPoint) {
	distance := math.Inf(1)
	for _, p := range curve {
		if d := math.Abs(p.Threshold - threshold); d < distance {
			best, distance = p, d
		}
	}
	return best
}

func (c *thresholdCommand) draw(r *thresholdResult) (files []string, err error) {
	if c.HTML == "" && c.SVG == "" {
		return nil, nil
	}
	page, err := newThresholdPage(r, c.Lang)
	if err != nil {
		return nil, err
	}
	for path, write := range map[string]func(io.Writer) error{c.HTML: page.html, c.SVG: page.svg} {
		if path == "" {
			continue
		}
		if err := writeFile(path, write); err != nil {
			return nil, err
		}
	}
	for _, path := range []string{c.HTML, c.SVG} {
		if path != "" {
			files = append(files, path)
		}
	}
	return files, nil
}

func writeThresholds(w io.Writer, r *thresholdResult) error {
	var b strings.Builder
	if r.Estimated {
		b.WriteString("No truth: precision and recall are estimates from probabilities, over the pairs that blocking brings together.\n\n")
	}
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	line(t, "threshold\tprecision\trecall\tF1\t\n")
	for _, p := range r.Curve {
		line(t, "%.1f\t%.4f\t%.4f\t%.4f\t%s\t\n", p.Threshold, p.Precision, p.Recall, p.F1, markOf(r, p))
	}
	if c := r.Calibration; c != nil {
		line(t, "\nprobability\ttrue\tof pairs\t\n")
		for _, x := range c.Bins {
			line(t, "%.4f\t%.4f\t%d\t\n", x.Predicted, x.Observed, x.Pairs)
		}
		line(t, "\nBrier score %.4f over the %d pairs of at least %g\n", c.Brier, c.Pairs, c.Floor)
	}
	_ = t.Flush() // a strings.Builder takes everything
	for _, f := range r.Files {
		fmt.Fprintf(&b, "wrote %s\n", f)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markOf(r *thresholdResult, p matching.ThresholdPoint) string {
	var marks []string
	if p.Threshold == r.Own.Threshold {
		marks = append(marks, "own")
	}
	if r.Best != nil && p.Threshold == r.Best.Threshold {
		marks = append(marks, "best")
	}
	return strings.Join(marks, ", ")
}
