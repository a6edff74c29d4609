package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	head  = "%-26s %7s %7s %7s %7s %7s %7s %7s %6s %7s %-5s  %s\n"
	cells = "%-26s %7.4f %7.4f %7.4f %7.4f %7.4f %7.1f %7.2f %6d %7s %-5s  %s\n"
)

// table prints one line a set, while they are measured.
type table struct {
	out   io.Writer
	bars  map[string]bar
	below []string // sets under their floor
}

func (t *table) head() {
	_, _ = fmt.Fprintf(t.out, head, "set", "P", "R", "F1", "B³ F1", "blocked", "pairs/r", "s", "MiB", "best F1", "met", "peers' best")
}

func (t *table) line(name string, f figures) {
	best := ""
	if f.Best != nil {
		best = strconv.FormatFloat(f.Best.F1, 'f', 4, 64)
	}
	_, _ = fmt.Fprintf(t.out, cells, name, f.Precision, f.Recall, f.F1, f.BCubedF1, f.BlockingRecall,
		f.perRecord(), f.Seconds, f.PeakRSS>>20, best, t.verdict(name, f.F1), t.bars[name].peers())
}

// verdict tells what a set reached and remembers those under their floor.
func (t *table) verdict(name string, f1 float64) string {
	met := t.bars[name].verdict(f1)
	if met == "below" {
		t.below = append(t.below, name)
	}
	return met
}

// peers tells the best peer's figure and what is asked for.
func (b bar) peers() string {
	if b.floor == 0 {
		return ""
	}
	peer := ""
	if b.peer > 0 {
		peer = fmt.Sprintf("%.4f %s; ", b.peer, b.who)
	}
	return fmt.Sprintf("%sfloor %.3f, aim %.4f", peer, b.floor, b.aim)
}

func (t *table) foot() {
	if len(t.below) > 0 {
		_, _ = fmt.Fprintf(t.out, "below the floor: %s\n", strings.Join(t.below, ", "))
	}
}

// perRecord is how many pairs were scored for each record.
func (f figures) perRecord() float64 { return float64(f.PairsScored) / float64(max(1, f.Records)) }

// writeReasons tells where pairs are lost, and how far probabilities can be trusted.
func writeReasons(w io.Writer, sets []set, measured map[string]figures) {
	_, _ = fmt.Fprintf(w, "\n%-26s %8s %8s %8s %8s %8s %8s %8s\n%-26s %8s %8s %8s %8s %8s %8s %8s\n", "", "missed:", "", "", "false:", "", "", "",
		"set", "no block", "too light", "split", "direct", "others", "Brier", "off by")
	for _, s := range sets {
		f := measured[s.name]
		_, _ = fmt.Fprintf(w, "%-26s %8d %9d %7d %8d %8d %8.4f %8.3f\n", s.name, f.Missed.NotBlocked, f.Missed.BelowThreshold, f.Missed.Split,
			f.Wrong.Direct, f.Wrong.ByOthers, f.Calibration.Brier, f.Calibration.Error)
	}
}
