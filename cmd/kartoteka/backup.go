package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kartoteka/failpoint"
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/embedded"
)

type backupCommand struct {
	Dir      string `arg:"" placeholder:"DIR" help:"Directory to make; it must not exist."`
	NoVerify bool   `help:"Do not restore it into a scratch database to see that it can be."`
}

func (*backupCommand) Help() string {
	return `Writes the whole hub, as it is at one moment, into a directory: hub.dump (pg_dump's own format, compressed),
manifest.json, and a copy of the journal of erasures. Others go on working meanwhile. The dump is then restored into a
scratch database on the same server and counted, so that a backup that cannot be restored is found today. It holds
personal data: keep it as you keep the database. The configuration and its secrets are not part of it.

Example:

    $ kartoteka backup /srv/backup/hub-2026-11-22`
}

// manifest says what a backup holds.
type manifest struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	Program string    `json:"program"`
	Schema  string    `json:"schema"`
	Server  int       `json:"server"` // major version of PostgreSQL
	store.Standing
	Ruleset  string           `json:"ruleset"`
	Contents map[string]int64 `json:"contents"` // rows by table
	Bytes    int64            `json:"bytes"`    // of the dump
}

// manifestVersion is the version of the form of backups.
const manifestVersion = 1

const (
	dumpName     = "hub.dump"
	manifestName = "manifest.json"
	// partialSuffix ends the name of a backup that is being written.
	partialSuffix = ".part"
)

type backupSummary struct {
	Dir      string  `json:"dir"`
	Position int64   `json:"position"`
	Codes    int64   `json:"codes"`
	Bytes    int64   `json:"bytes"`
	Verified bool    `json:"verified"`
	Seconds  float64 `json:"seconds"`
}

func (c *backupCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		start := time.Now()
		m, err := h.backup(ctx, a, c.Dir, !c.NoVerify)
		if err != nil {
			return output{}, err
		}
		s := backupSummary{c.Dir, m.Position, m.Contents["golden"], m.Bytes, !c.NoVerify, time.Since(start).Seconds()}
		return output{summary: s, result: m, human: func(w io.Writer) error {
			checked := "not verified"
			if s.Verified {
				checked = "restored into a scratch database and counted"
			}
			_, err := fmt.Fprintf(w, "backup %s: position %d, %d codes, %d records, %.1f MB, %s, %.1f s\n",
				s.Dir, s.Position, s.Codes, m.Contents["record"], float64(s.Bytes)/1e6, checked, s.Seconds)
			return err
		}}, nil
	})
}

// backup writes a backup whole or not at all.
func (h *hub) backup(ctx context.Context, a *app, dir string, verify bool) (*manifest, error) {
	if _, err := os.Lstat(dir); err == nil {
		return nil, fmt.Errorf("%w: %s: backups are not overwritten; name another directory", fs.ErrExist, dir)
	}
	url, err := a.databaseURL(ctx, h)
	if err != nil {
		return nil, err
	}
	partial := dir + partialSuffix
	if err := errors.Join(os.RemoveAll(partial), os.MkdirAll(partial, 0o700)); err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	m, err := h.dump(ctx, url, partial)
	if err == nil && verify {
		err = m.verify(ctx, url, partial)
	}
	if err == nil {
		err = copyIfThere(journalFile(h.state), filepath.Join(partial, filepath.Base(journalFile(h.state))))
	}
	if err == nil {
		err = writeFileAs(filepath.Join(partial, manifestName), 0o600, func(w io.Writer) error { return json.NewEncoder(w).Encode(m) })
	}
	if err == nil {
		err = failpoint.Pass("backup.written")
	}
	if err == nil {
		err = errors.Join(syncDir(partial), rename(partial, dir))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(partial))
	}
	return m, nil
}

// dump writes the database as it is in one snapshot, and says what it holds.
func (h *hub) dump(ctx context.Context, url, dir string) (*manifest, error) {
	m := &manifest{Version: manifestVersion, At: time.Now().UTC().Truncate(time.Second), Program: version, Schema: store.SchemaHash()}
	var err error
	if m.Server, err = h.ServerMajor(ctx); err != nil {
		return nil, err
	}
	program, err := embedded.Tool("pg_dump", m.Server)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	err = h.Exported(ctx, func(tx *store.Tx, snapshot string) error {
		if m.Contents, err = tx.Contents(ctx); err != nil {
			return err
		}
		if m.Standing, m.Ruleset, err = tx.Whereabouts(ctx); err != nil {
			return err
		}
		return tool(ctx, program, url, "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--file="+filepath.Join(dir, dumpName))
	})
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(filepath.Join(dir, dumpName))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	m.Bytes = info.Size()
	return m, syncFile(filepath.Join(dir, dumpName))
}

// tool runs a client program of PostgreSQL on a database. The address goes through the
// environment where it may hold a password.
func tool(ctx context.Context, program, url string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, append(args, "--dbname="+url)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s: %w: %s", errSurroundings, filepath.Base(program), err, firstLines(string(out), 3))
	}
	return nil
}

func firstLines(s string, n int) string {
	return strings.Join(slices.Collect(func(yield func(string) bool) {
		for i, line := range strings.Split(strings.TrimSpace(s), "\n") {
			if i == n || !yield(line) {
				return
			}
		}
	}), "; ")
}

// verify restores the dump into a scratch database and counts.
func (m *manifest) verify(ctx context.Context, url, dir string) error {
	return store.Scratch(ctx, url, func(scratch string) error {
		if err := m.restore(ctx, scratch, dir); err != nil {
			return err
		}
		return m.compare(ctx, scratch)
	})
}

// restore fills an empty database with a dump.
func (m *manifest) restore(ctx context.Context, url, dir string) error {
	program, err := embedded.Tool("pg_restore", m.Server)
	if err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	return tool(ctx, program, url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", filepath.Join(dir, dumpName))
}

// compare counts a restored database.
func (m *manifest) compare(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url, golden.NewPermutation)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Snapshot(ctx, func(tx *store.Tx) error {
		found, err := tx.Contents(ctx)
		if err != nil {
			return err
		}
		if !maps.Equal(found, m.Contents) {
			return fmt.Errorf("%w: what was restored differs from what was backed up: %v instead of %v", errSurroundings, found, m.Contents)
		}
		return nil
	})
}

// readManifest reads a backup's manifest.
func readManifest(dir string) (*manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, fmt.Errorf("%s is no backup: %w", dir, err)
	}
	m := &manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%w: %s/%s: %w", errInput, dir, manifestName, err)
	}
	if m.Version != manifestVersion {
		return nil, fmt.Errorf("%w: %s has version %d of the form, this program knows %d", errInput, dir, m.Version, manifestVersion)
	}
	if info, err := os.Stat(filepath.Join(dir, dumpName)); err != nil || info.Size() != m.Bytes {
		return nil, fmt.Errorf("%w: %s/%s is not the file of %d bytes that was written; take another backup", errInput, dir, dumpName, m.Bytes)
	}
	return m, nil
}

func copyIfThere(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	defer in.Close() //nolint:errcheck // read only
	return writeFileAs(to, 0o600, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	return nil
}
