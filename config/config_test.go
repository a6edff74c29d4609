package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/config"
)

func fixtures(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures %s: %v", pattern, err)
	}
	return paths
}

func TestGoodFilesLoad(t *testing.T) {
	for _, path := range fixtures(t, "good_*.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			if _, err := config.Load(path, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestBadFilesTellEveryFault reads what a file must be told from its first lines: each
// "# want:" is one fault, and there may be no other.
func TestBadFilesTellEveryFault(t *testing.T) {
	for _, path := range fixtures(t, "bad_*.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(text)) {
				if fault, ok := strings.CutPrefix(line, "# want: "); ok {
					want = append(want, path+":"+strings.TrimSpace(fault))
				}
			}
			_, err = config.Load(path, nil)
			if err == nil {
				t.Fatal("loads")
			}
			if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
