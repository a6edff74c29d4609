package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCompletion asks a real bash what it would offer.
func TestCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	for _, test := range []struct{ line, want, not string }{
		{"kartoteka unm", "unmerge", "merge"},
		{"kartoteka tasks ", "approve", "serve"},
		{"kartoteka why a/1 b/2 --la", "--lang", "--limit"},
		{"kartoteka why --lang ", "uk", "merge"},
		{"kartoteka completion ", "fish", "serve"},
	} {
		t.Setenv("COMP_LINE", test.line)
		var out strings.Builder
		if code := run(t.Context(), nil, &app{out: &out, err: &out, lookup: os.LookupEnv}); code != exitOK {
			t.Fatalf("exit %d: %s", code, out.String())
		}
		offered := strings.Fields(out.String())
		if !slices.Contains(offered, test.want) || slices.Contains(offered, test.not) {
			t.Errorf("%q offers %v", test.line, offered)
		}
	}
	for shell := range shells {
		name := filepath.Join(t.TempDir(), "code")
		var code strings.Builder
		if exit := run(t.Context(), []string{"completion", shell}, &app{out: &code, err: &code, lookup: func(string) (string, bool) { return "", false }}); exit != exitOK {
			t.Fatalf("exit %d: %s", exit, code.String())
		}
		if err := os.WriteFile(name, []byte(code.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if shell == "bash" {
			if out, err := exec.CommandContext(t.Context(), bash, "-c", "source "+name+" && complete -p kartoteka").CombinedOutput(); err != nil || !strings.Contains(string(out), "-C") {
				t.Errorf("%v: %s", err, out)
			}
		}
	}
}
