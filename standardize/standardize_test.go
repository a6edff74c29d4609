package standardize

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

var update = flag.Bool("update", false, "write what the parsers give into testdata")

// testPortrait has one attribute of each type for each kind.
func testPortrait(t testing.TB) *customer.Portrait {
	t.Helper()
	var attributes []customer.Attribute
	for _, kind := range customer.Kinds() {
		for _, typ := range customer.Types() {
			attributes = append(attributes, customer.Attribute{Kind: kind, Name: string(typ), Type: typ, Of: []string{"client", "partner"}})
		}
	}
	p, err := customer.NewPortrait(attributes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func attribute(t testing.TB, p *customer.Portrait, kind customer.Kind, typ customer.TypeName) *customer.Attribute {
	t.Helper()
	id, ok := p.Lookup(kind, string(typ))
	if !ok {
		t.Fatalf("no attribute %s", typ)
	}
	return p.Attribute(id)
}

// TestFiles runs the tables of testdata: each line is an input and, behind =>, its values. Lines
// "@ type=phone country=UA kind=person city=Казань" set what holds for the lines below. An input
// with bars is one of several columns. In an input ⏎ stands for a line break.
func TestFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	if len(files) == 0 {
		t.Fatal("no tables")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runTable(t, file) })
	}
}

func runTable(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := string(text)
	var got strings.Builder
	set := map[string]string{}
	for line := range strings.Lines(want) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "@ "):
			set = map[string]string{}
			for pair := range strings.FieldsSeq(line[1:]) {
				key, value, _ := strings.Cut(pair, "=")
				set[key] = value
			}
			fmt.Fprintln(&got, line)
		case line == "" || strings.HasPrefix(line, "# "):
			fmt.Fprintln(&got, line)
		default:
			input, _, _ := strings.Cut(line, " => ")
			fmt.Fprintf(&got, "%s => %s\n", input, valuesOf(t, set, input))
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// valuesOf writes the values of an input: verdict "standard" parts, alternatives, note.
func valuesOf(t *testing.T, set map[string]string, text string) string {
	p := testPortrait(t)
	kind := customer.Person
	if set["kind"] != "" {
		kind = customer.Kind(set["kind"])
	}
	typ := customer.TypeName(set["type"])
	z := New(p, Settings{Country: set["country"], StreetAliases: map[string]string{"Старая": "Новая"}})
	raw := customer.RawValue{Text: strings.ReplaceAll(text, "⏎", "\n"), Format: set["format"]}
	if strings.Contains(text, "|") {
		raw.Text = ""
		for part := range strings.SplitSeq(text, "|") {
			raw.Parts = append(raw.Parts, strings.TrimSpace(part))
		}
	}
	var out []string
	for _, v := range z.Values(attribute(t, p, kind, typ), raw, set["city"]) {
		out = append(out, describe(typ, &v))
	}
	return strings.Join(out, " ;; ")
}

func describe(typ customer.TypeName, v *customer.Value) string {
	words := []string{v.Verdict.String()}
	if v.Standard != "" {
		words = append(words, fmt.Sprintf("%q", v.Standard))
	}
	if v.Kind != "" {
		words = append(words, "kind="+v.Kind)
	}
	for i, part := range v.Parts {
		if part != "" {
			words = append(words, fmt.Sprintf("%s=%s", types[typ].Parts[i], part))
		}
	}
	if len(v.Alternatives) > 0 {
		words = append(words, "or "+strings.Join(v.Alternatives, ", "))
	}
	if v.Note != "" {
		words = append(words, "("+v.Note+")")
	}
	return strings.Join(words, " ")
}
