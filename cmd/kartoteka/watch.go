package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/store"
)

// watch is what a serving hub does by itself to look after itself: it verifies its promises, signs the
// audit, and writes backups, on a hub of its own, so that the worker's work goes on meanwhile.
type watch struct {
	app *app
	hub *hub
	log *slog.Logger
}

func newWatch(a *app, h *hub) *watch { return &watch{app: a, hub: h, log: a.logger()} }

func (w *watch) jobs() ([]scheduled, error) {
	s := &w.hub.conf.Schedules
	var out []scheduled
	for _, j := range []struct {
		name string
		when config.Timed
		do   func(context.Context, customer.Lease) (string, error)
	}{{"verify", s.Verify, w.verify}, {"checkpoint", s.Checkpoint, w.checkpoint}, {"backup", s.Backup, w.backup}} {
		part, err := w.hub.schedule(j.name, j.when, j.do)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// watch looks after the hub until the context ends.
func (a *app) watch(ctx context.Context, conf *config.Config) (err error) {
	h, err := a.openPatiently(ctx, conf)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	defer func() { err = errors.Join(err, h.close(ctx)) }()
	return newWatch(a, h).run(ctx)
}

// openPatiently waits for a database that is away: a hub that serves does not end for that.
func (a *app) openPatiently(ctx context.Context, conf *config.Config) (*hub, error) {
	for {
		h, err := a.openHubWith(ctx, conf)
		if !store.Temporary(err) {
			return h, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(look):
		}
	}
}

// run watches until the context ends.
func (w *watch) run(ctx context.Context) error {
	jobs, err := w.jobs()
	if err != nil || len(jobs) == 0 {
		return err
	}
	scheduler := w.hub.scheduler(w.app, jobs)
	tick := time.NewTicker(look)
	defer tick.Stop()
	warned := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := scheduler.Step(ctx); err != nil && ctx.Err() == nil && err.Error() != warned {
			warned = err.Error()
			w.log.Warn("the watch stopped and will start again", "error", err)
		}
	}
}

// verify checks the promises and tells how many violations of each there are.
func (w *watch) verify(ctx context.Context, _ customer.Lease) (string, error) {
	if err := w.hub.compile(ctx); err != nil {
		return "", err
	}
	quiet := *w.app
	quiet.Quiet = true
	v := &verifier{app: &quiet, hub: w.hub, command: &verifyCommand{}, wanted: invariants(), meter: quiet.newMeter()}
	if err := v.run(ctx); err != nil {
		return "", err
	}
	counts := map[string]int64{}
	for _, c := range v.result.Checks {
		if c.Skipped == "" {
			counts[c.Invariant] = c.Violated
		}
		for i := range c.Violations {
			w.log.Error("a promise is broken", "invariant", c.Invariant, "violation", sentence(&c.Violations[i]))
		}
	}
	text, err := json.Marshal(counts)
	return string(text), err
}

func (w *watch) checkpoint(ctx context.Context, _ customer.Lease) (string, error) {
	m, err := w.hub.checkpoint(ctx, nil)
	return fmt.Sprintf("operation %d", m.Operation), err
}

// backup writes a backup and removes the oldest ones beyond those to keep.
func (w *watch) backup(ctx context.Context, _ customer.Lease) (string, error) {
	s := &w.hub.conf.Schedules
	if err := os.MkdirAll(s.BackupTo, 0o700); err != nil {
		return "", fmt.Errorf("%w: backup: %w", errSurroundings, err)
	}
	if err := removePartial(s.BackupTo); err != nil {
		return "", err
	}
	name := backupPrefix + time.Now().UTC().Format(backupTime)
	m, err := w.hub.backup(ctx, w.app, filepath.Join(s.BackupTo, name), true)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("position %d, %d bytes", m.Position, m.Bytes), removeBackups(s.BackupTo, s.BackupKeep)
}

const (
	backupPrefix = "hub-"
	backupTime   = "20060102T150405Z"
)

// removePartial removes what scheduled backups that were killed left behind: it is as personal as the
// database. Nobody writes one now, because this process has the lease.
func removePartial(dir string) error {
	found, err := filepath.Glob(filepath.Join(dir, backupPrefix+"*"+partialSuffix))
	for _, path := range found {
		at := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), backupPrefix), partialSuffix)
		if _, other := time.Parse(backupTime, at); other == nil {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	if err != nil {
		return fmt.Errorf("%w: backup: %w", errSurroundings, err)
	}
	return nil
}

// removeBackups removes the oldest scheduled backups until keep are left; 0 keeps all. Only
// directories with such a name and a manifest are backups.
func removeBackups(dir string, keep int) error {
	found, err := filepath.Glob(filepath.Join(dir, backupPrefix+"*", manifestName))
	if err != nil || keep == 0 {
		return err
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	for len(found) > keep {
		if err := os.RemoveAll(filepath.Dir(found[0])); err != nil {
			return fmt.Errorf("%w: backup: %w", errSurroundings, err)
		}
		found = found[1:]
	}
	return nil
}
