package desk

import (
	"errors"
	"testing"

	"kartoteka/resolve"

	"github.com/google/go-cmp/cmp"
)

func TestStateOfARow(t *testing.T) {
	for _, c := range []struct {
		name  string
		sides [][]string
		want  RowState
	}{
		{"Nobody knows", [][]string{nil, nil}, ""},
		{"Same", [][]string{{"a"}, {"a"}}, Agree},
		{"One of several is shared", [][]string{{"a", "b"}, {"b", "c"}}, Agree},
		{"Same where known", [][]string{{"a"}, nil, {"a"}}, AgreeGap},
		{"Only one knows", [][]string{{"a"}, nil}, AgreeGap},
		{"Different", [][]string{{"a"}, {"b"}}, Differ},
		{"Different and a gap", [][]string{{"a"}, nil, {"b"}}, DifferGap},
		{"Two agree, one does not", [][]string{{"a"}, {"a"}, {"b"}}, Differ},
	} {
		if got := stateOf(c.sides); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Two triangles that hang together by one pair: that pair is the bridge.
func TestBridges(t *testing.T) {
	g := &Graph{Nodes: make([]GraphNode, 6)}
	for _, p := range [][2]int{{0, 1}, {1, 2}, {0, 2}, {2, 3}, {3, 4}, {4, 5}, {3, 5}} {
		g.Edges = append(g.Edges, GraphEdge{A: p[0], B: p[1], Same: true})
	}
	g.Edges = append(g.Edges, GraphEdge{A: 0, B: 5}) // too little to hold anything together
	bridges(g)
	var found [][2]int
	for _, e := range g.Edges {
		if e.Bridge {
			found = append(found, [2]int{e.A, e.B})
		}
	}
	if diff := cmp.Diff([][2]int{{2, 3}}, found); diff != "" {
		t.Error(diff)
	}
}

func TestWhoIsNamed(t *testing.T) {
	for _, text := range []string{"", "crm/", "/1", "crm", "4815-1623-4209", "crm/\x00", "crm/\xff"} {
		if _, err := ParseWho(text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
	who, err := ParseWho("crm/a/b")
	if err != nil || who != (resolve.Who{Ref: who.Ref}) || who.Ref.Key != "a/b" {
		t.Errorf("%+v %v", who, err)
	}
}
