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
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/embedded"
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

// prepare writes the files and opens an empty hub beside them. What a running demo uses is not touched.
func (c *demoCommand) prepare(ctx context.Context, a *app) (d *demoRun, err error) {
	dir, err := c.place(a)
	if err != nil {
		return nil, err
	}
	if err := mark(dir); err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	d = &demoRun{command: c, app: a.only(dir)}
	server, err := d.empty(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Stop(context.WithoutCancel(ctx))) }() // the hub has joined it
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
	d.hub, err = d.openHub(ctx)
	return d, err
}

// demoMark is the file that says that a directory may be emptied.
const demoMark = "DEMO.txt"

// mark makes the directory one of a demo, before anything else stands in it.
func mark(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, demoMark), []byte("A demo of Kartoteka lives here. The next kartoteka demo replaces everything.\n"), 0o644)
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
	if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil {
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

// empty starts the demo's server and empties its hub, whatever an older demo left there. The
// secrets of the codes follow from the seed, so that the same demo gives the same codes.
func (d *demoRun) empty(ctx context.Context) (*embedded.Server, error) {
	server, err := embedded.Start(ctx, d.State, d.logger())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	s, err := store.Open(ctx, server.URL(), golden.NewPermutation)
	if err == nil {
		secrets := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("kartoteka demo"), d.command.Seed))
		if err = s.Empty(ctx, secrets[:]); err == nil {
			err = errors.Join(forgetWitnesses(d.State), os.RemoveAll(filepath.Join(d.State, "audit"))) // the same hub begins anew
		}
		s.Close()
	}
	if errors.Is(err, store.ErrInUse) {
		err = fmt.Errorf("a demo runs in %s already; stop it, or name another directory with --dir", d.State)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", errSurroundings, err), server.Stop(context.WithoutCancel(ctx)))
	}
	return server, nil
}
