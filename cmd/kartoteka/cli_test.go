package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"kartoteka/config"
	"kartoteka/connectors"
)

// cli runs a command line as a process would.
func cli(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &app{out: &out, err: &errs, lookup: func(string) (string, bool) { return "", false }})
	return code, out.String(), errs.String()
}

// verbs lists every verb with the words that call it.
func verbs(t *testing.T) map[string]*kong.Node {
	t.Helper()
	var r root
	parser, err := newParser(&r, &app{out: &bytes.Buffer{}, err: &bytes.Buffer{}}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	leaves := map[string]*kong.Node{}
	for _, n := range parser.Model.Leaves(false) {
		leaves[strings.TrimPrefix(n.FullPath(), "kartoteka ")] = n
	}
	return leaves
}

func TestEveryVerbHasHelpWithAnExample(t *testing.T) {
	t.Parallel()
	for name, n := range verbs(t) {
		t.Run(name, func(t *testing.T) {
			if _, ok := n.Target.Addr().Interface().(verb); !ok {
				t.Fatal("is no verb: it lacks run or Help")
			}
			code, out, _ := cli(t, append(strings.Fields(name), "--help")...)
			if code != exitOK || !strings.Contains(out, "Example:") || !strings.Contains(out, "$ kartoteka ") {
				t.Errorf("exit %d, help without an example:\n%s", code, out)
			}
			if !strings.Contains(out, "--output") {
				t.Error("has no --output")
			}
			if n.Help == "" {
				t.Error("has no summary")
			}
		})
	}
}

// parse reads the one JSON object of stdout.
func parse(t *testing.T, stdout string) envelope {
	t.Helper()
	var e envelope
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		t.Fatalf("%v in %q", err, stdout)
	}
	if d.More() {
		t.Errorf("more than one object: %s", stdout)
	}
	return e
}

func TestJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		name string
		args string
		exit int
		code string
	}{
		{"version", "version", exitOK, ""},
		{"init", "init --portrait ru", exitOK, ""},
		{"init again", "init --portrait ru", exitInput, "exists"},
		{"init dry run", "init --dry-run", exitOK, ""},
		{"init with an unknown portrait", "init --portrait xx --file other.yaml", exitInput, "config.preset"},
		{"config check", "config check", exitOK, ""},
		{"config print", "config print", exitOK, ""},
		{"config schema", "config schema", exitOK, ""},
		{"connectors", "connectors", exitOK, ""},
		{"one connector", "connectors csv", exitOK, ""},
		{"unknown connector", "connectors fax", exitInput, "config.kind"},
		{"config that does not exist", "config check --config missing.yaml", exitInput, "not_found"},
		{"unknown verb", "fly", exitInput, "usage"},
		{"no verb", "config", exitInput, "usage"},
		{"unknown flag", "version --fly", exitInput, "usage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, _ := cli(t, append(strings.Fields(c.args), "--state", ".", "--output", "json")...)
			e := parse(t, out)
			if code != c.exit || e.OK != (c.exit == exitOK) {
				t.Fatalf("exit %d, %s", code, out)
			}
			if e.OK != (e.Error == nil) || e.Error != nil && (e.Error.Code != c.code || e.Error.Exit != code) {
				t.Errorf("error: %+v", e.Error)
			}
		})
	}
}

func TestCheckTellsEveryFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.yaml")
	text := "version: 1\nsorces: {}\ncompany: {country: Russia}\nsources:\n  web:\n    from: fax\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := cli(t, "--config", path, "config", "check", "--output", "json")
	e := parse(t, out)
	if code != exitInput || len(e.Error.Faults) < 2 {
		t.Fatalf("exit %d: %s", code, out)
	}
	for _, f := range e.Error.Faults {
		if f.Line == 0 || f.Path == "" {
			t.Errorf("no place: %+v", f)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitOK},
		{errors.New("x"), exitFailed},
		{config.Faults{{What: "x"}}, exitInput},
		{fmt.Errorf("read: %w", config.Fault{What: "x"}), exitInput},
		{fmt.Errorf("read: %w", connectors.ErrInput), exitInput},
		{fmt.Errorf("open: %w", fs.ErrNotExist), exitInput},
		{connectors.ErrSurroundings, exitSurroundings},
		{connectors.ErrTemporary, exitSurroundings},
		{fmt.Errorf("open: %w", fs.ErrPermission), exitSurroundings},
		{errRejects, exitRejects},
	} {
		if diff := cmp.Diff(c.want, exitCode(c.err)); diff != "" {
			t.Errorf("%v: %s", c.err, diff)
		}
	}
}

func TestEveryKindIsDeclared(t *testing.T) {
	names := map[string]bool{}
	for _, k := range kinds() {
		if k.Name == "" || k.Summary == "" || k.Example == "" || k.Settings == nil || k.New == nil {
			t.Errorf("%q: the declaration is not whole", k.Name)
		}
		if names[k.Name] {
			t.Errorf("%s is declared twice", k.Name)
		}
		names[k.Name] = true
		for _, s := range connectorOfKind(k).Settings {
			if s.Name == "" || s.Doc == "" {
				t.Errorf("%s: setting %q has no name or no doc", k.Name, s.Name)
			}
		}
	}
}
