package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrSecret says that a secret is not to be had where the configuration says; the caller
// names the variable to set.
var ErrSecret = errors.New("the secret is not set")

var (
	reference     = regexp.MustCompile(`\$\{[^}]*\}?`)
	referenceForm = regexp.MustCompile(`^\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}$`)
)

// maxSecret bounds a file that holds a secret.
const maxSecret = 64 << 10

// Resolve writes out each ${env:NAME} of a text: the variable NAME, or else the text of the
// file that NAME_FILE names, without the line end. It is called when the text is used, so that a
// source that is not read needs no secrets. The error wraps [ErrSecret].
func (c *Config) Resolve(s string) (string, error) {
	var faults []error
	out := reference.ReplaceAllStringFunc(s, func(ref string) string {
		m := referenceForm.FindStringSubmatch(ref)
		if m == nil {
			faults = append(faults, fmt.Errorf("%w: write ${env:NAME}", ErrSecret))
			return ""
		}
		value, err := Env(c.lookup, m[1])
		if err != nil {
			faults = append(faults, err)
		}
		return value
	})
	return out, errors.Join(faults...)
}

// Env reads the variable NAME, or else the file that NAME_FILE names. The error wraps
// [ErrSecret] when there is neither, or the file cannot be read.
func Env(lookup func(string) (string, bool), name string) (string, error) {
	if lookup == nil {
		lookup = os.LookupEnv
	}
	if value, ok := lookup(name); ok && value != "" {
		return value, nil
	}
	path, ok := lookup(name + "_FILE")
	if !ok || path == "" {
		return "", fmt.Errorf("%w: set %s, or %s_FILE to a file that holds it", ErrSecret, name, name)
	}
	return readSecret(name, path)
}

func readSecret(name, path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("%w: %s_FILE: %w", ErrSecret, name, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxSecret {
		return "", fmt.Errorf("%w: %s_FILE does not name a small file", ErrSecret, name)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%w: %s_FILE: %w", ErrSecret, name, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// secret is a key whose text is masked when shown and may refer to the environment.
func secret[T any](name, doc string, field func(*T) *string) key[T] {
	k := text(name, doc, field)
	read := k.read
	k.read = func(r *reader, path string, n *yaml.Node, into *T) {
		r.checkReferences(path, n)
		read(r, path, n, into)
	}
	return k
}

// checkReferences finds references that are misspelled, without looking a secret up.
func (r *reader) checkReferences(path string, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		for _, ref := range reference.FindAllString(n.Value, -1) {
			if !referenceForm.MatchString(ref) {
				r.fault(n, path, "has a reference that is not understood", "write ${env:NAME}")
			}
		}
		return
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			r.checkReferences(join(path, n.Content[i-1].Value), c)
		} else if n.Kind == yaml.SequenceNode {
			r.checkReferences(at(path, i), c)
		}
	}
}
