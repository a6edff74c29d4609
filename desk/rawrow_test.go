package desk

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRawRows(t *testing.T) {
	for raw, want := range map[string][]Cell{
		"":                                   nil,
		"{}":                                 nil,
		`{"a":"1"}`:                          {{Column: "a", Text: "1"}},
		` { "b" : "\\\"" , "a":["x","y"] } `: {{Column: "b", Text: `\"`}, {Column: "a", Text: "x"}, {Column: "a", Text: "y"}},
		`{"a":null,"a":[]}`:                  {{Column: "a"}},
		`{"я\u0022":"\ud83d\ude00"}`:         {{Column: `я"`, Text: "😀"}},
	} {
		for name, read := range map[string]func(string) ([]Cell, error){"whole": cellsOf, "shown": shownCells} {
			if got, err := read(raw); err != nil || cmp.Diff(want, got) != "" {
				t.Errorf("%s of %s: %v %s", name, raw, err, cmp.Diff(want, got))
			}
		}
	}
	for _, raw := range []string{"x", "{", `{"a"}`, `{"a":}`, `{"a":1}`, `{"a":"1"`, `{"a":"1\"}`, `{"a":["1"}`, `{"a":"1""b":"2"}`, `{"a":"\x"}`} {
		if got, err := cellsOf(raw); err == nil {
			t.Errorf("%s: %v", raw, got)
		}
	}
}

// What is shown is the beginning of what was delivered, wherever the cut goes through.
func TestShownCellsAreBeginnings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringN(1, 30, 60).Draw(t, "part")
		text := rapid.StringN(0, 13, 26).Draw(t, "before") + strings.Repeat(part, rapid.IntRange(0, 30000/len(part)).Draw(t, "times"))
		raw, err := json.Marshal(map[string]string{"a": text})
		if err != nil {
			t.Fatal(err)
		}
		got, err := shownCells(string(raw))
		want, cut := clip(text)
		if err != nil || len(got) != 1 || got[0].Text != want || got[0].Clipped != cut {
			t.Fatalf("%v: %.200v is not %.80q", err, got, want)
		}
	})
}

// A row of 10 MB is looked through, not read: 20 of them in a second.
func TestLongRowsAreQuick(t *testing.T) {
	raw := `{"a":"` + strings.Repeat(`очень \"длинно\" `, 10<<20/29) + `","b":"1"}`
	start := time.Now()
	for range 20 {
		if got, err := shownCells(raw); err != nil || len(got) != 2 || !got[0].Clipped || len(got[0].Text) > shownText+3 {
			t.Fatalf("%v %.80v", err, got)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("20 rows of 10 MB took %v", took)
	}
}
