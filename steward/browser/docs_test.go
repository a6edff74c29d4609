package browser

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table of promises names tests that exist, and pictures that are there.
func TestDocumentationIsTrue(t *testing.T) {
	page, err := os.ReadFile("../../docs/workbench.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Benchmark)\w+)`).FindAllSubmatch(text, -1) {
			known[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`((?:Test|Benchmark)\\w+)`").FindAllSubmatch(page, -1) {
		if !known[string(m[1])] {
			t.Errorf("there is no %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\((workbench/[a-z0-9-]+\.png)\)`).FindAllSubmatch(page, -1) {
		if _, err := os.Stat("../../docs/" + string(m[1])); err != nil && !made(string(m[1])) {
			t.Error(err)
		}
	}
}

// made reports whether the suite makes a picture: it is there as soon as the pictures are made anew.
func made(path string) bool {
	name := strings.TrimSuffix(strings.TrimPrefix(path, "workbench/"), ".png")
	return name == "states" || slices.ContainsFunc(shots, func(s shot) bool { return s.name == name })
}
