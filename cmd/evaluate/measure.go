package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// figures are what a program measured on a set.
type figures struct {
	Records        int     `json:"records"`
	Precision      float64 `json:"precision"`
	Recall         float64 `json:"recall"`
	F1             float64 `json:"f1"`
	BCubedF1       float64 `json:"bcubed_f1"`
	BlockingRecall float64 `json:"blocking_recall"`
	PairsScored    int64   `json:"pairs_scored"`
	Seconds        float64 `json:"seconds"`
	PeakRSS        int64   `json:"peak_rss_bytes"`
	Best           *struct {
		F1 float64 `json:"f1"`
	} `json:"best"`
	Missed struct {
		NotBlocked     int64 `json:"not_blocked"`
		BelowThreshold int64 `json:"below_threshold"`
		Split          int64 `json:"split"`
	} `json:"missed"`
	Wrong struct {
		Direct   int64 `json:"direct"`
		ByOthers int64 `json:"by_others"`
	} `json:"wrong"`
	Calibration struct {
		Brier float64 `json:"brier"`
		Error float64 `json:"error"`
	} `json:"calibration"`
}

// program is a built kartoteka. Each set is measured by a process of its own: memory is the
// process's, and a program of another commit is asked in the same way.
type program struct {
	path string
	can  string // the help of match evaluate: an older program lacks some flags
}

func newProgram(ctx context.Context, path string) (*program, error) {
	help, err := exec.CommandContext(ctx, path, "match", "evaluate", "--help").Output()
	if err != nil {
		return nil, fmt.Errorf("%s match evaluate --help: %w", path, err)
	}
	return &program{path: path, can: string(help)}, nil
}

// measure evaluates a set with zero configuration. Extra flags that the program does not know
// are left out.
func (p *program) measure(ctx context.Context, s set, extra ...string) (figures, error) {
	args := []string{"match", "evaluate", s.records, "--truth", s.truth, "--output", "json"}
	if s.linkOnly {
		args = append(args, "--link-only")
	}
	for _, flag := range extra {
		if name, _, _ := strings.Cut(flag, "="); strings.Contains(p.can, name) {
			args = append(args, flag)
		}
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return figures{}, fmt.Errorf("%s: %w: %s", s.name, err, strings.TrimSpace(said.String()))
	}
	var answer struct{ Result figures }
	if err := json.Unmarshal(out, &answer); err != nil {
		return figures{}, fmt.Errorf("%s: %w", s.name, err)
	}
	if answer.Result.Records == 0 {
		return figures{}, errors.New(s.name + ": the program read no records")
	}
	return answer.Result, nil
}
