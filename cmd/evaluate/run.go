package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The files in the folder of a set.
const (
	nowClusters, nowPairs   = "clusters.csv", "pairs.csv"
	baseClusters, basePairs = "base-clusters.csv", "base-pairs.csv"
)

var errFallen = errors.New("an F1 dropped by more than 0.003 below the frozen baseline; mend it, or freeze what is wanted: make eval FREEZE=1")

// evaluation is one run over all sets.
type evaluation struct {
	settings
	out       io.Writer
	now, base *program // base is nil without a commit to compare with
	sets      []set
	before    map[string]figures
	after     map[string]figures
	classes   []*class
}

// evaluate measures all sets and compares them with the baseline.
func evaluate(ctx context.Context, s settings, out io.Writer) error {
	work, err := os.MkdirTemp("", "evaluate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // scratch
	e := &evaluation{settings: s, out: out, before: map[string]figures{}, after: map[string]figures{}}
	if err := e.prepare(ctx, work); err != nil {
		return err
	}
	if s.ablate {
		return e.ablate(ctx)
	}
	if err := e.measureAll(ctx); err != nil {
		return err
	}
	return e.guard()
}

func (e *evaluation) prepare(ctx context.Context, work string) (err error) {
	if e.sets, err = allSets(e.settings, work); err != nil {
		return err
	}
	if e.now, err = newProgram(ctx, e.program); err != nil || e.commit == "" {
		return err
	}
	e.base, err = buildCommit(ctx, e.commit, work)
	return err
}

func allSets(s settings, work string) ([]set, error) {
	sets, err := folderSets(s.data)
	if err != nil {
		return nil, err
	}
	people, err := peopleSet(s.people)
	if err != nil {
		return nil, err
	}
	more, err := invented(work)
	return named(append(append(sets, people...), more...), s.only), err
}

func (e *evaluation) measureAll(ctx context.Context) error {
	targets, err := bars()
	if err != nil {
		return err
	}
	t := &table{out: e.out, bars: targets}
	t.head()
	for _, s := range e.sets {
		f, err := e.measure(ctx, s)
		if err != nil {
			return err
		}
		t.line(s.name, f)
	}
	if err := e.measureNames(ctx, t); err != nil {
		return err
	}
	t.foot()
	writeReasons(e.out, e.sets, e.after)
	if e.classes != nil {
		writeClasses(e.out, e.classes)
	}
	return e.differences()
}

// measure evaluates one set with the program and, if there is one, with that of the other commit.
func (e *evaluation) measure(ctx context.Context, s set) (figures, error) {
	dir := s.folder(e.details)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return figures{}, err
	}
	for _, name := range []string{nowClusters, nowPairs, baseClusters, basePairs, "moved.csv"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return figures{}, err
		}
	}
	flags := []string{"--clusters=" + filepath.Join(dir, nowClusters), "--pairs=" + filepath.Join(dir, nowPairs)}
	if e.best {
		flags = append(flags, "--best")
	}
	f, err := e.now.measure(ctx, s, flags...)
	if err != nil {
		return f, err
	}
	e.after[s.name] = f
	if s.name == alikeName {
		c, err := readClustering(filepath.Join(dir, nowClusters), s.truth)
		if err != nil {
			return f, err
		}
		e.classes = classesOf(c)
	}
	if e.base != nil {
		e.before[s.name], err = e.base.measure(ctx, s, "--clusters="+filepath.Join(dir, baseClusters), "--pairs="+filepath.Join(dir, basePairs))
	}
	return f, err
}

// differences compares with the other commit.
func (e *evaluation) differences() error {
	if e.base == nil {
		return nil
	}
	_, _ = fmt.Fprintf(e.out, "\n%-26s %8s %8s %8s %8s %9s %8s  %s\n", "against "+e.commit, "P", "R", "F1", "blocked", "pairs/r", "s", "pairs that moved")
	for _, s := range e.sets {
		m, err := movement{}, error(nil)
		if !s.linkOnly { // its clusters are those of the set without sides
			m, err = moved(s, s.folder(e.details))
		}
		if err != nil {
			return err
		}
		was, now := e.before[s.name], e.after[s.name]
		_, _ = fmt.Fprintf(e.out, "%-26s %+8.4f %+8.4f %+8.4f %+8.4f %+9.1f %+8.2f  %s\n", s.name, now.Precision-was.Precision, now.Recall-was.Recall,
			now.F1-was.F1, now.BlockingRecall-was.BlockingRecall, now.perRecord()-was.perRecord(), now.Seconds-was.Seconds, m)
	}
	_, _ = fmt.Fprintf(e.out, "the pairs are listed in %s\n", filepath.Join(e.details, "SET", "moved.csv"))
	return nil
}

// guard fails if a set fell below the baseline, or freezes what was measured.
func (e *evaluation) guard() error {
	b, err := readBaseline(e.frozen)
	if err != nil {
		return err
	}
	if e.freeze {
		return b.freeze(e.frozen, e.after)
	}
	if fallen := b.fallen(e.after); len(fallen) > 0 {
		_, _ = fmt.Fprintf(e.out, "\nfallen:\n  %s\n", strings.Join(fallen, "\n  "))
		return errFallen
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
