package main

import (
	"fmt"
	"io"

	"kartoteka/matching"
	"kartoteka/pipelines"
)

type evaluateResult struct {
	Records int `json:"records"`
	matching.Quality
	BlockingRecall float64                  `json:"blocking_recall"`
	PairsScored    int64                    `json:"pairs_scored"`
	Missed         missedPairs              `json:"missed"`
	Wrong          wrongPairs               `json:"wrong"`
	Calibration    matching.Calibration     `json:"calibration"`
	Threshold      float64                  `json:"threshold"`      // bits
	Best           *bestThreshold           `json:"best,omitempty"` // with --best
	Seconds        float64                  `json:"seconds"`
	PeakRSS        int64                    `json:"peak_rss_bytes"`
	Mapping        []pipelines.TableMapping `json:"mapping"`
}

type bestThreshold struct {
	F1        float64 `json:"f1"`
	Threshold float64 `json:"threshold"`
}

// String is nothing for nil.
func (b *bestThreshold) String() string {
	if b == nil {
		return ""
	}
	return fmt.Sprintf("; best %.4f at %.1f bits", b.F1, b.Threshold)
}

// write tells the result to people.
func (r evaluateResult) write(w io.Writer) error {
	_, err := fmt.Fprintf(w, `records    %d, in %d clusters (truth: %d)
pairs      %d found, %d true, %d scored
precision  %.4f
recall     %.4f (of blocking %.4f)
F1         %.4f   (B-cubed %.4f%s)
missed     %d pairs: %d not blocked, %d below the threshold, %d split
wrong      %d pairs: %d by their own weight, %d joined by others
threshold  %.1f bits
time       %.2f s, %d MiB at most

`, r.Records, r.EntitiesFound, r.EntitiesTrue, r.PairsFound, r.PairsTrue, r.PairsScored, r.Precision, r.Recall, r.BlockingRecall,
		r.F1, r.BCubedF1, r.Best, r.PairsTrue-r.PairsRight, r.Missed.NotBlocked, r.Missed.BelowThreshold, r.Missed.Split,
		r.PairsFound-r.PairsRight, r.Wrong.Direct, r.Wrong.ByOthers, r.Threshold, r.Seconds, r.PeakRSS>>20)
	if err != nil {
		return err
	}
	return writeCalibration(w, r.Calibration)
}

func writeCalibration(w io.Writer, c matching.Calibration) error {
	_, err := fmt.Fprintf(w, "calibration of %d scored pairs (%g and above): Brier score %.4f, mean error %.3f\n", c.Pairs, c.Floor, c.Brier, c.Error)
	if len(c.Bins) > 0 && err == nil {
		_, err = fmt.Fprintf(w, "%-14s %10s %10s %10s\n", "probability", "pairs", "predicted", "true")
	}
	for _, b := range c.Bins {
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%-14s %10d %10.3f %10.3f\n", fmt.Sprintf("%g - %g", b.From, b.To), b.Pairs, b.Predicted, b.Observed)
	}
	return err
}
