package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// What a file may be made of; a configuration that a person wrote is far below.
const (
	maxBytes = 4 << 20
	maxNodes = 200_000
	maxDepth = 64
)

// parse gives the root of a file with its aliases written out, nil for an empty file.
func parse(file string, text []byte) (*yaml.Node, error) {
	fault := func(line int, what, cure string) error {
		return Faults{{File: file, Line: line, What: what, Cure: cure}}
	}
	if len(text) > maxBytes {
		return nil, fault(0, "is larger than 4 MB", "is it really a configuration?")
	}
	if !utf8.Valid(text) && !bytes.HasPrefix(text, []byte("\xff\xfe")) && !bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, fault(badLine(text), "is not in UTF-8", "save the file as UTF-8")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, syntaxFault(file, err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, fault(second.Line, "holds a second document", "take out the line ---")
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxFault(file, err)
	}
	if len(doc.Content) == 0 || absent(doc.Content[0]) {
		return nil, nil
	}
	f := flattener{left: maxNodes}
	root := f.copy(doc.Content[0], 0)
	if f.left <= 0 || f.deep {
		return nil, fault(1, "is nested or repeated beyond reason", "write the values instead of aliases")
	}
	return root, nil
}

func badLine(text []byte) int {
	line := 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		text = text[size:]
	}
	return line
}

var syntaxForm = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

func syntaxFault(file string, err error) error {
	m := syntaxForm.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	if m == nil {
		return Faults{{File: file, What: "cannot be read as YAML"}}
	}
	line, _ := strconv.Atoi(m[1])
	return Faults{{File: file, Line: line, What: "is no YAML: " + m[2], Cure: syntaxCure(m[2])}}
}

func syntaxCure(what string) string {
	switch {
	case strings.Contains(what, "tab"), strings.Contains(what, "cannot start any token"):
		return "indent with blanks, never tabs, and quote a text that starts with a special sign"
	case strings.Contains(what, "mapping values"):
		return "quote a text that holds a colon, and look at the indent"
	default:
		return "look at the indent, quotes and brackets there and on the line above"
	}
}

// flattener copies a tree with each alias replaced by what it stands for, as long as that
// stays within bounds.
type flattener struct {
	left int
	deep bool
}

func (f *flattener) copy(n *yaml.Node, depth int) *yaml.Node {
	f.left--
	if depth > maxDepth {
		f.deep = true
	}
	if f.left <= 0 || f.deep {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line}
	}
	if n.Kind == yaml.AliasNode {
		c := f.copy(n.Alias, depth+1)
		c.Line, c.Column = n.Line, n.Column
		return c
	}
	c := *n
	c.Anchor = ""
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = f.copy(child, depth+1)
	}
	return &c
}
