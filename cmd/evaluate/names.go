package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// nameSet is a set for the comparison of names alone.
type nameSet struct{ name, file, flag string }

// nameSets are the sets of names in the folder that are there and wanted.
func nameSets(s settings) (out []nameSet) {
	for _, n := range []nameSet{
		{"name_bench", "name_bench/cases.csv", "--cases"},
		{"wd_russian_dev", "wd_russian_dev.csv.gz", "--words"},
	} {
		n.file = filepath.Join(s.data, n.file)
		wanted := s.only == "" || strings.Contains(","+s.only+",", ","+n.name+",")
		if s.data != "" && wanted && exists(n.file) {
			out = append(out, n)
		}
	}
	return out
}

// nameFigures are what match name measures: the best F1 of labeled pairs, or how many words are found.
type nameFigures struct {
	BestF1      float64 `json:"best_f1"`
	Top1        float64 `json:"top1"`
	RecallAtP95 float64 `json:"recall_at_p95"`
}

// names measures a set of names.
func (p *program) names(ctx context.Context, n nameSet) (nameFigures, error) {
	out, err := exec.CommandContext(ctx, p.path, "match", "name", n.flag, n.file, "--output", "json").Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			err = fmt.Errorf("%w: %s", err, failed.Stderr)
		}
		return nameFigures{}, fmt.Errorf("%s: %w", n.name, err)
	}
	var answer struct{ Result nameFigures }
	return answer.Result, json.Unmarshal(out, &answer)
}

// measureNames prints the figures of names. They are kept in the baseline as if each were an F1.
func (e *evaluation) measureNames(ctx context.Context, t *table) error {
	sets := nameSets(e.settings)
	if len(sets) == 0 {
		return nil
	}
	_, _ = fmt.Fprintf(e.out, "\n%-26s %8s %8s %-6s %-42s %s\n", "names", "F1|top-1", "s", "met", "peers' best", "recall at precision 0.95")
	for _, n := range sets {
		start := time.Now()
		f, err := e.now.names(ctx, n)
		if err != nil {
			return err
		}
		main, recall := n.name, n.name+", recall"
		e.after[main], e.after[recall] = figures{F1: max(f.BestF1, f.Top1)}, figures{F1: f.RecallAtP95}
		t.nameLine(e.out, main, recall, e.after[main].F1, f.RecallAtP95, time.Since(start))
	}
	return nil
}

func (t *table) nameLine(w io.Writer, main, recall string, f1, r float64, took time.Duration) {
	_, _ = fmt.Fprintf(w, "%-26s %8.4f %8.2f %-6s %-42s %.4f %s  %s\n", main, f1, took.Seconds(), t.verdict(main, f1), t.bars[main].peers(),
		r, t.verdict(recall, r), t.bars[recall].peers())
}
