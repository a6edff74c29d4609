package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kartoteka/demo"
	"kartoteka/store"
)

// demoRun is one run of the demo: an app that knows no other hub than the demo's own.
type demoRun struct {
	*app
	command *demoCommand
	hub     *hub
	written demo.Summary
	truth   truthOf
	result  demoResult
}

// prepare writes the files and opens an empty hub beside them.
func (c *demoCommand) prepare(ctx context.Context, a *app) (*demoRun, error) {
	dir, err := c.place(a)
	if err != nil {
		return nil, err
	}
	d := &demoRun{command: c, app: a.only(dir)}
	if d.written, err = demo.Generate(demo.Options{Dir: dir, Seed: c.Seed, People: c.People}); err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	d.result.Dir = dir
	for _, f := range d.written.Files {
		d.result.Files = append(d.result.Files, demoFile{f.Source, filepath.Base(f.Path), f.Rows})
	}
	if d.truth, err = readTruthOf(d.written.Truth); err != nil {
		return nil, err
	}
	d.hub, err = d.emptyHub(ctx)
	return d, err
}

// place is the demo's directory: new, empty, or an older demo's.
func (c *demoCommand) place(a *app) (string, error) {
	dir := c.Dir
	if dir == "" {
		state, err := a.stateDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(state, "demo")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return dir, nil
	}
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, "truth.csv")); err != nil {
		return "", fmt.Errorf("%w: %s holds something else than a demo; name an empty directory with --dir", errUsage, dir)
	}
	return dir, nil
}

// only is the app of a hub whose state, configuration and database are in one directory,
// whatever the environment says.
func (a *app) only(dir string) *app {
	alone := *a
	alone.State, alone.globals.Config = dir, filepath.Join(dir, "kartoteka.yaml")
	alone.lookup = func(name string) (string, bool) {
		if strings.HasPrefix(name, "KARTOTEKA_DATABASE_URL") {
			return "", false
		}
		return a.lookup(name)
	}
	alone.Quiet = a.Quiet || !isTerminal(a.err)
	return &alone
}

// emptyHub opens the demo's hub, emptied. The secrets of its codes follow from the seed, so that
// the same demo gives the same codes.
func (d *demoRun) emptyHub(ctx context.Context) (*hub, error) {
	h, err := d.openHub(ctx)
	if err != nil {
		return nil, err
	}
	secrets := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("kartoteka demo"), d.command.Seed))
	if err := h.Empty(ctx, secrets[:]); err != nil {
		if errors.Is(err, store.ErrInUse) {
			err = fmt.Errorf("%w: a demo runs in %s already; stop it, or name another directory with --dir", errSurroundings, d.State)
		}
		return nil, errors.Join(err, h.close(ctx))
	}
	server := h.server
	h.Store.Close()
	again, err := d.openHub(ctx)
	return again, errors.Join(err, server.Stop(context.WithoutCancel(ctx)))
}
