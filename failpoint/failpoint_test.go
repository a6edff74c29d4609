package failpoint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct{ name, text, fault string }{
		{"Nothing", "", ""},
		{"One", "load.read=kill", ""},
		{"Counted", "load.read:3=kill,*=trace", ""},
		{"Any", "*:17=pause", ""},
		{"UnknownPoint", "load.nowhere=kill", "no point"},
		{"UnknownAction", "load.read=explode", "is no order"},
		{"NoAction", "load.read", "is no order"},
		{"BadCount", "load.read:0=kill", "number from 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse(tc.text)
			if (err == nil) != (tc.fault == "") || err != nil && !strings.Contains(err.Error(), tc.fault) {
				t.Errorf("%v, want %q", err, tc.fault)
			}
		})
	}
}

func TestErrorIsOrderedOnce(t *testing.T) {
	list, err := parse("load.read:2=error")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"load.read", "load.landed", "load.read", "load.read"} {
		if err := list[0].pass(name); errors.Is(err, ErrOrdered) != (i == 2) {
			t.Errorf("pass %d: %v", i+1, err)
		}
	}
}

var call = regexp.MustCompile(`failpoint\.Pass\("([^"]+)"\)`)

// The table and the calls in the program agree.
func TestEachPointIsInTheProgram(t *testing.T) {
	called := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			called[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, p := range Points {
		listed[p.Name] = true
	}
	if diff := cmp.Diff(listed, called); diff != "" {
		t.Errorf("points listed (-) and called (+):\n%s", diff)
	}
	names := func(a, b Point) int { return strings.Compare(a.Name, b.Name) }
	if sorted := slices.SortedFunc(slices.Values(Points), names); len(slices.CompactFunc(sorted, func(a, b Point) bool { return a.Name == b.Name })) != len(Points) {
		t.Error("a point is listed twice")
	}
}

func BenchmarkPass(b *testing.B) {
	for b.Loop() {
		if Pass("load.read") != nil {
			b.Fatal()
		}
	}
}
