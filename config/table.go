package config

import (
	"go.yaml.in/yaml/v3"
)

// shape is a piece of JSON Schema.
type shape map[string]any

// key is one key of the file: its name, what it is for, its shape and how it is read. The
// strict reader, the JSON Schema and the names suggested in faults all come from it.
type key[T any] struct {
	name  string
	doc   string
	shape shape
	read  func(r *reader, path string, n *yaml.Node, into *T)
}

// keys is a mapping with known keys; they are read in this order, whatever the file's.
type keys[T any] []key[T]

func (ks keys[T]) names() []string {
	out := make([]string, len(ks))
	for i := range ks {
		out[i] = ks[i].name
	}
	return out
}

func (ks keys[T]) read(r *reader, path string, n *yaml.Node, into *T) {
	said := map[string]*yaml.Node{}
	known := map[string]bool{}
	for i := range ks {
		known[ks[i].name] = true
	}
	r.pairs(path, n, func(name string, k, v *yaml.Node) {
		if !known[name] {
			r.fault(k, join(path, name), "unknown key", suggest(name, ks.names()))
			return
		}
		said[name] = v
		r.origin(join(path, name), k)
	})
	for i := range ks {
		if v := said[ks[i].name]; !absent(v) {
			ks[i].read(r, join(path, ks[i].name), v, into)
		}
	}
}

// object is the shape of a mapping with these keys.
func (ks keys[T]) object() shape {
	properties := shape{}
	for i := range ks {
		p := shape{"description": ks[i].doc}
		for name, value := range ks[i].shape {
			p[name] = value
		}
		properties[ks[i].name] = p
	}
	return shape{"type": "object", "properties": properties, "additionalProperties": false}
}

// The shapes of plain values.
var (
	textShape    = shape{"type": []string{"string", "number", "boolean"}} // 831 and "831" are the same text
	textsShape   = shape{"anyOf": []shape{textShape, {"type": "array", "items": textShape, "minItems": 1}}}
	yesShape     = shape{"type": "boolean"}
	percentShape = shape{"type": []string{"string", "number"}, "pattern": `^[0-9.]+\s*%$`}
)

func wordsShape[W ~string](words ...W) shape { return shape{"enum": words} }

func numberShape(least, most float64) shape {
	return shape{"type": "number", "minimum": least, "maximum": most}
}

func wholeShape(least, most int64) shape {
	return shape{"type": "integer", "minimum": least, "maximum": most}
}

func namedShape(value shape) shape { return shape{"type": "object", "additionalProperties": value} }

func listShape(item shape) shape { return shape{"type": "array", "items": item} }

func eitherShape(some ...shape) shape { return shape{"anyOf": some} }

// text is a key with one text.
func text[T any](name, doc string, field func(*T) *string) key[T] {
	return key[T]{name, doc, textShape, func(r *reader, path string, n *yaml.Node, into *T) {
		if s, ok := r.text(path, n); ok {
			*field(into) = s
		}
	}}
}

// texts is a key with one text or several.
func texts[T any](name, doc string, field func(*T) *[]string) key[T] {
	return key[T]{name, doc, textsShape, func(r *reader, path string, n *yaml.Node, into *T) {
		*field(into) = r.texts(path, n)
	}}
}

// yes is a key with true or false.
func yes[T any](name, doc string, field func(*T) *bool) key[T] {
	return key[T]{name, doc, yesShape, func(r *reader, path string, n *yaml.Node, into *T) {
		*field(into) = r.yes(path, n)
	}}
}

// number is a key with a number between two bounds.
func number[T any](name, doc string, least, most float64, field func(*T) *float64) key[T] {
	return key[T]{name, doc, numberShape(least, most), func(r *reader, path string, n *yaml.Node, into *T) {
		*field(into) = r.number(path, n, least, most)
	}}
}

// whole is a key with a whole number between two bounds.
func whole[T any](name, doc string, least, most int64, set func(*T, int64)) key[T] {
	return key[T]{name, doc, wholeShape(least, most), func(r *reader, path string, n *yaml.Node, into *T) {
		set(into, r.whole(path, n, least, most))
	}}
}

// word is a key with one of some words.
func word[T any, W ~string](name, doc string, field func(*T) *W, words ...W) key[T] {
	return key[T]{name, doc, wordsShape(words...), func(r *reader, path string, n *yaml.Node, into *T) {
		if w := oneOf(r, path, n, words...); w != "" {
			*field(into) = w
		}
	}}
}

// group is a key with keys of its own.
func group[T, U any](name, doc string, inner keys[U], field func(*T) *U) key[T] {
	return key[T]{name, doc, inner.object(), func(r *reader, path string, n *yaml.Node, into *T) {
		inner.read(r, path, n, field(into))
	}}
}
