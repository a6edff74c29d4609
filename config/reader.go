package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
)

// reader reads one file. It goes on after a fault, so that all of them are told at once.
type reader struct {
	file     string
	fragment bool // a mapping file: sources and additions to the portrait
	checking bool // secrets may be missing
	faults   Faults
	// origins remembers where each path was said, for Print.
	origins map[string]string
	// portrait is compiled before anything that names its attributes is read; nil if
	// that failed, and then names are not checked.
	portrait    *customer.Portrait
	country     string   // the company's
	sourceNames []string // of the sources read so far
}

func (r *reader) fault(n *yaml.Node, path, what, cure string) {
	r.faults = append(r.faults, Fault{File: r.file, Line: n.Line, Path: path, What: what, Cure: cure})
}

func (r *reader) origin(path string, n *yaml.Node) {
	r.origins[path] = fmt.Sprintf("%s:%d", r.file, n.Line)
}

// join makes the path of a key below a path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// absent reports whether a key was written without a value, which counts as not written.
func absent(n *yaml.Node) bool {
	return n == nil || n.Kind == 0 || n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

func (r *reader) text(path string, n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.fault(n, path, "is "+shapeOf(n)+" where one text is wanted", "write one value")
		return "", false
	}
	if strings.TrimSpace(n.Value) == "" {
		r.fault(n, path, "is empty", "write a value, or take the key out")
		return "", false
	}
	return n.Value, true
}

// texts reads a text or a list of texts.
func (r *reader) texts(path string, n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		if s, ok := r.text(path, n); ok {
			return []string{s}
		}
		return nil
	}
	var out []string
	for i, item := range n.Content {
		s, ok := r.text(at(path, i), item)
		if ok && slices.Contains(out, s) {
			r.fault(item, at(path, i), s+" stands twice", "take one out")
			continue
		}
		if ok {
			out = append(out, s)
		}
	}
	if len(n.Content) == 0 {
		r.fault(n, path, "is an empty list", "write a value, or take the key out")
	}
	return out
}

func (r *reader) yes(path string, n *yaml.Node) bool {
	var b bool
	if n.Kind != yaml.ScalarNode || n.Decode(&b) != nil {
		r.fault(n, path, "is neither true nor false", "write true or false")
	}
	return b
}

// number reads a number between two bounds.
func (r *reader) number(path string, n *yaml.Node, least, most float64) float64 {
	f, err := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64)
	if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(f) {
		r.fault(n, path, "is no number", "write a number, like 5")
		return least
	}
	if f < least || f > most {
		r.fault(n, path, n.Value+" is out of bounds", fmt.Sprintf("between %s and %s", plain(least), plain(most)))
		return least
	}
	return f
}

func (r *reader) whole(path string, n *yaml.Node, least, most int64) int64 {
	f := r.number(path, n, float64(least), float64(most))
	if f != math.Trunc(f) {
		r.fault(n, path, n.Value+" is no whole number", "write one without a fraction")
	}
	return int64(f)
}

// percent reads 20% or 0.2.
func (r *reader) percent(path string, n *yaml.Node) float64 {
	trimmed, isPercent := strings.CutSuffix(n.Value, "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(trimmed), 64)
	if isPercent {
		f /= 100
	}
	if n.Kind != yaml.ScalarNode || err != nil || !(f >= 0 && f <= 1) {
		r.fault(n, path, "is no share", "write a percentage between 0% and 100%, like 20%")
		return 0
	}
	return f
}

// oneOf reads one of some words.
func oneOf[W ~string](r *reader, path string, n *yaml.Node, words ...W) W {
	s, ok := r.text(path, n)
	if !ok {
		return ""
	}
	if !slices.Contains(words, W(s)) {
		known := make([]string, len(words))
		for i, w := range words {
			known[i] = string(w)
		}
		r.fault(n, path, "unknown value "+quote(s), suggest(s, known))
		return ""
	}
	return W(s)
}

// pairs calls f for each key of a mapping, in the order of the file; keys that stand twice
// or are no plain text are faults.
func (r *reader) pairs(path string, n *yaml.Node, f func(key string, k, v *yaml.Node)) {
	if absent(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.fault(n, path, "is "+shapeOf(n)+" where keys with values are wanted", "write key: value lines")
		return
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode:
			r.fault(k, path, "has a key that is no plain text", "write a word before the colon")
		case k.Tag == "!!merge":
			r.fault(k, path, "merge keys (<<) are not read", "repeat the lines")
		case lines[k.Value] > 0:
			r.fault(k, join(path, k.Value), fmt.Sprintf("stands twice, first on line %d", lines[k.Value]), "take one out")
		default:
			lines[k.Value] = k.Line
			f(k.Value, k, v)
		}
	}
}

// quote shows a short value in a message.
func quote(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "..."
	}
	return strconv.Quote(s)
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func shapeOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
		if n.Tag == "!!null" {
			return "nothing"
		}
		return "one value"
	}
}
