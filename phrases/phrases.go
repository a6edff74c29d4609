package phrases

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Lang is a language that the hub speaks.
type Lang string

// The languages. The zero Lang speaks English.
const (
	En Lang = "en"
	Ru Lang = "ru"
	Uk Lang = "uk"
)

// Pseudo is English in brackets. Tests speak it: a text without brackets comes from no catalog.
const Pseudo Lang = "qps"

// Langs lists the languages.
func Langs() []Lang { return []Lang{En, Ru, Uk} }

// Key is an argument that is itself a key: it is spoken in the language of its sentence.
type Key string

// Phrase is an argument that is a sentence of its own: a number with its unit.
type Phrase struct {
	Key  string
	Args []any
}

// Of makes a Phrase.
func Of(key string, args ...any) Phrase { return Phrase{key, args} }

// Share is an argument between 0 and 1, spoken as a percentage.
type Share float64

//go:embed *.yaml
var files embed.FS

// entry is a key's text by plural form; a text without forms stands under Other alone.
type entry map[Form]string

// catalogs are read once; a file of ours that cannot be read is a fault that a test finds.
var catalogs = sync.OnceValue(func() map[Lang]map[string]entry {
	all := map[Lang]map[string]entry{}
	for _, l := range Langs() {
		var err error
		if all[l], err = read(l); err != nil {
			panic("phrases: " + err.Error())
		}
	}
	return all
})

// read merges the files of a language: en.yaml, and one for each part of the program that has
// much to say, like steward.en.yaml.
func read(l Lang) (map[string]entry, error) {
	list, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	out := map[string]entry{}
	for _, f := range list {
		if f.Name() != string(l)+".yaml" && !strings.HasSuffix(f.Name(), "."+string(l)+".yaml") {
			continue
		}
		text, err := files.ReadFile(f.Name())
		if err != nil {
			return nil, err
		}
		part, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		for key, e := range part {
			if _, twice := out[key]; twice {
				return nil, fmt.Errorf("%s: %s: another file has it too", f.Name(), key)
			}
			out[key] = e
		}
	}
	return out, nil
}

// parse reads a catalog: key: text, or key: {one: text, few: text, ...}.
func parse(text []byte) (map[string]entry, error) {
	var nodes map[string]yaml.Node
	if err := yaml.Unmarshal(text, &nodes); err != nil {
		return nil, err
	}
	out := make(map[string]entry, len(nodes))
	for key, n := range nodes {
		if n.Kind == yaml.ScalarNode {
			out[key] = entry{Other: n.Value}
			continue
		}
		var forms map[Form]string
		if err := n.Decode(&forms); err != nil {
			return nil, fmt.Errorf("line %d: %s: write a text or plural forms", n.Line, key)
		}
		out[key] = forms
	}
	return out, nil
}

func (l Lang) catalog() map[string]entry {
	if c := catalogs()[l]; c != nil {
		return c
	}
	return catalogs()[En]
}

// Sentence speaks a key: {0}, {1}, ... are its arguments, and the first argument, if it is
// a number, chooses the plural form. Numbers are written as the language does. A key that
// the catalog does not have is shown with its arguments, so that nothing is lost.
func (l Lang) Sentence(key string, args ...any) string {
	e, ok := l.catalog()[key]
	if !ok {
		return strings.TrimSpace(key + " " + strings.Join(l.speak(args), " "))
	}
	text, ok := e[Other]
	if len(args) > 0 && len(e) > 1 {
		if form, is := l.formOf(args[0]); is {
			text, ok = e[form]
		}
	}
	if !ok {
		text = e[Many]
	}
	if l == Pseudo {
		text = "⟦" + text + "⟧"
	}
	return fill(text, l.speak(args))
}

// Has reports whether a key is in the catalog.
func (l Lang) Has(key string) bool {
	_, ok := l.catalog()[key]
	return ok
}

// First speaks the first key that the catalog has, the last one if it has none: from the
// special to the general, like level.date.typo and level.typo.
func (l Lang) First(keys []string, args ...any) string {
	i := slices.IndexFunc(keys, l.Has)
	if i < 0 {
		i = len(keys) - 1
	}
	if i < 0 {
		return ""
	}
	return l.Sentence(keys[i], args...)
}

// Level speaks an outcome of comparing a part of a value (last, order, city; "" for a whole
// one) in an attribute of a type, like typo or swapped.
func (l Lang) Level(kind, part, level string, args ...any) string {
	return l.First([]string{"level." + part + "." + level, "level." + kind + "." + level, "level." + level}, args...)
}

// Attribute speaks the name of an attribute; one that no ready portrait has is called as the
// portrait calls it.
func (l Lang) Attribute(name string) string {
	if key := "attribute." + name; l.Has(key) {
		return l.Sentence(key)
	}
	return name
}

// AttributeOf is [Lang.Attribute] for customers of a kind: what a person and an organization are
// called by has two words.
func (l Lang) AttributeOf(kind, name string) string {
	if key := "attribute." + kind + "." + name; l.Has(key) {
		return l.Sentence(key)
	}
	return l.Attribute(name)
}

// Rule speaks the name of a blocking rule: name.last.sound + birth_date. Forms of names and
// addresses speak for themselves.
func (l Lang) Rule(name string) string {
	parts := strings.Split(name, " + ")
	for i, part := range parts {
		attribute, form, _ := strings.Cut(part, ".")
		key := "rule.form." + form
		switch {
		case form == "" || !l.Has(key):
			parts[i] = l.Attribute(part)
		case attribute == "name" || attribute == "address":
			parts[i] = l.Sentence(key)
		default:
			parts[i] = l.Attribute(attribute) + " (" + l.Sentence(key) + ")"
		}
	}
	return strings.Join(parts, ", ")
}

// Keys lists the catalog's keys in order.
func Keys() []string {
	var out []string
	for key := range En.catalog() {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

func (l Lang) speak(args []any) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = l.Text(arg)
	}
	return out
}

// fill writes arguments into {0}, {1}, ...; a place without an argument is left empty. It
// looks at the text once, so that an argument cannot bring places of its own.
func fill(text string, args []string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 || open+2 >= len(text) || text[open+2] != '}' || text[open+1] < '0' || text[open+1] > '9' {
			if open < 0 {
				b.WriteString(text)
				return b.String()
			}
			b.WriteString(text[:open+1])
			text = text[open+1:]
			continue
		}
		b.WriteString(text[:open])
		if i := int(text[open+1] - '0'); i < len(args) {
			b.WriteString(args[i])
		}
		text = text[open+3:]
	}
}
