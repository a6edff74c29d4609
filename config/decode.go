package config

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Decode fills a connector's settings, a pointer to a struct with yaml tags and defaults in
// place, from the source's with: secrets written out, unknown keys refused. The
// error is [Faults]. The key of the record is the mapping's, so a struct need not know it.
func (c *Config) Decode(s *Source, into any) error { return c.decode(s, into, false) }

// Check is Decode on a machine that need not have the secrets: a reference to one that is not
// set stays as it is written. What it fills is for looking, not for connecting.
func (c *Config) Check(s *Source, into any) error { return c.decode(s, into, true) }

func (c *Config) decode(s *Source, into any, checking bool) error {
	r := &reader{file: s.file, checking: checking}
	path := "sources." + string(s.Name) + ".with"
	if s.With.Kind == 0 {
		return nil
	}
	n := c.written(r, path, &s.With)
	r.refuseUnknown(path, n, reflect.TypeOf(into), true)
	if len(r.faults) == 0 {
		r.unmarshal(path, n, into)
	}
	return r.faults.asError()
}

// written copies a tree with its references resolved.
func (c *Config) written(r *reader, path string, n *yaml.Node) *yaml.Node {
	out := *n
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${") {
		value, err := c.Resolve(n.Value)
		if err != nil && r.checking {
			return &out
		}
		if err != nil {
			r.fault(n, path, clean(err.Error()), "")
		}
		out.Value, out.Tag, out.Style = value, "!!str", yaml.DoubleQuotedStyle
	}
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		where := path
		switch {
		case n.Kind == yaml.MappingNode && i%2 == 1:
			where = join(path, n.Content[i-1].Value)
		case n.Kind == yaml.SequenceNode:
			where = at(path, i)
		}
		out.Content[i] = c.written(r, where, child)
	}
	return &out
}

// refuseUnknown finds keys that a struct does not have.
func (r *reader) refuseUnknown(path string, n *yaml.Node, t reflect.Type, top bool) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nil, reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()): // it reads itself
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for i, c := range n.Content {
			r.refuseUnknown(at(path, i), c, t.Elem(), false)
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct && t != reflect.TypeFor[yaml.Node]():
		fields := fieldsOf(t)
		r.pairs(path, n, func(name string, k, v *yaml.Node) {
			i := slices.IndexFunc(fields, func(f setting) bool { return f.name == name })
			switch {
			case i >= 0:
				r.refuseUnknown(join(path, name), v, fields[i].kind, false)
			case top && name == "key": // the mapping took it
			default:
				r.fault(k, join(path, name), "unknown key", suggest(name, namesOf(fields)))
			}
		})
	}
}

// setting is one field of a connector's settings.
type setting struct {
	name, doc string
	kind      reflect.Type
	index     []int // of the field in its struct
}

// fieldsOf reads the yaml and doc tags of a struct.
func fieldsOf(t reflect.Type) []setting {
	var out []setting
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case strings.Contains(options, "inline") && f.Type.Kind() == reflect.Struct:
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				out = append(out, inner)
			}
		default:
			if name == "" {
				name = strings.ToLower(f.Name) // as yaml does
			}
			out = append(out, setting{name, f.Tag.Get("doc"), f.Type, []int{i}})
		}
	}
	return out
}

func namesOf(fields []setting) []string {
	out := make([]string, len(fields))
	for i := range fields {
		out[i] = fields[i].name
	}
	return out
}

var typeErrorForm = regexp.MustCompile("^line ([0-9]+): cannot unmarshal (!!\\S+)(?: `[^`]*`)? into (\\S+)")

// unmarshal decodes with yaml; its messages show values, which may be secrets, so they are
// said anew.
func (r *reader) unmarshal(path string, n *yaml.Node, into any) {
	err := n.Decode(into)
	var wrong *yaml.TypeError
	switch {
	case err == nil:
	case errors.As(err, &wrong):
		for _, message := range wrong.Errors {
			line, what := n.Line, "a value does not fit"
			if m := typeErrorForm.FindStringSubmatch(message); m != nil {
				line, _ = strconv.Atoi(m[1])
				what = "a " + strings.TrimPrefix(m[2], "!!") + " does not fit, " + m[3] + " is wanted"
			}
			r.faults = append(r.faults, Fault{File: r.file, Line: line, Path: path, What: what, Cure: "kartoteka connectors shows the settings"})
		}
	default:
		r.fault(n, path, "cannot be read", "kartoteka connectors shows the settings")
	}
}
