package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
	"kartoteka/matching"
)

// derived are the forms of a value by which candidates may be found; "" is the value itself. A
// test compares them with what matching compiles.
var derived = map[customer.TypeName][]string{
	customer.TypePersonName: {"last", "last.sound", "first", "first.initial", "patronymic", "patronymic.initial", "both", "sounds", "heads",
		"last.head", "first.head", "word", "word.head"},
	customer.TypeOrgName: {"core", "token", "initial"},
	customer.TypeDate:    {"", "year", "month", "day", "year.day"},
	customer.TypeAddress: {"postcode", "city", "street", "house", "flat", "city.head", "area"},
	customer.TypePhone:   {"", "last7", "tail"},
	customer.TypeEmail:   {"", "local", "head", "tail", "host"},
	customer.TypeGender:  {}, // half of all customers agree on it
	customer.TypeSet:     {},
}

// formsOf gives the forms of a type, the value itself unless it is said otherwise.
func formsOf(t customer.TypeName) []string {
	if forms := derived[t]; forms != nil {
		return forms
	}
	if strings.HasPrefix(string(t), "id.") {
		return []string{"", "head", "tail"}
	}
	return []string{""}
}

const (
	together = "together"
	apart    = "apart"
	detect   = "detect"
	never    = "never"
)

func matchingKeys() keys[Config] {
	kind := func(kind customer.Kind) key[Config] {
		doc := "what is compared, and which pairs, for each " + string(kind)
		return key[Config]{string(kind), doc, kindKeys(kind).object(), func(r *reader, path string, n *yaml.Node, c *Config) {
			var s matching.KindSettings
			kindKeys(kind).read(r, path, n, &s)
			if c.Matching.Kinds == nil {
				c.Matching.Kinds = map[customer.Kind]matching.KindSettings{}
			}
			c.Matching.Kinds[kind] = s
		}}
	}
	return keys[Config]{
		text("model", "file with what was learned, written by match train; beside this file if not absolute", func(c *Config) *string { return &c.Model }),
		kind(customer.Person),
		kind(customer.Organization),
		whole("block_limit", "a blocking key that more customers carry yields no pairs and is reported", 2, 100_000, func(c *Config, n int64) { c.Matching.BlockLimit = int(n) }),
		whole("component_limit", "a larger heap of records is taken apart at higher thresholds", 3, 10_000, func(c *Config, n int64) { c.Matching.ComponentLimit = int(n) }),
		whole("generic_above", "a value that more different customers carry is no evidence; 0: 3 × shared_by + 3", 0, 1_000_000, func(c *Config, n int64) { c.Matching.GenericAbove = int(n) }),
		group("costs", "of the two errors; their ratio gives the threshold", costKeys(), func(c *Config) *matching.Settings { return &c.Matching }),
		group("bits", "thresholds in bits, instead of costs", bitKeys(), func(c *Config) *matching.Settings { return &c.Matching }),
		whole("expect", "customers that the prior stands for; 0: four times the records of the first load", 0, 10_000_000_000, func(c *Config, n int64) { c.Matching.Expect = n }),
		choice("branches", "organizations with one tax number and different branch codes are one customer, or several", func(c *Config, s string) { c.Matching.BranchesApart = s == apart }, together, apart),
		choice("reused_keys", "whether a record whose name and birth date both change is a new customer", func(c *Config, s string) { c.Matching.ReusedKeys = s == detect }, detect, never),
		group("publish", "what may happen to codes without a person", publishKeys(), func(c *Config) *Publish { return &c.Publish }),
	}
}

// choice is a key with one of some words that is not stored as such.
func choice[T any](name, doc string, set func(*T, string), words ...string) key[T] {
	return key[T]{name, doc, wordsShape(words...), func(r *reader, path string, n *yaml.Node, into *T) {
		if w := oneOf(r, path, n, words...); w != "" {
			set(into, w)
		}
	}}
}

func costKeys() keys[matching.Settings] {
	return keys[matching.Settings]{
		number("false_merge", "what it costs to take two customers for one", 0.001, 1e9, func(s *matching.Settings) *float64 { return &s.FalseMerge }),
		number("missed_merge", "what it costs to take one customer for two", 0.001, 1e9, func(s *matching.Settings) *float64 { return &s.MissedMerge }),
	}
}

func bitKeys() keys[matching.Settings] {
	return keys[matching.Settings]{{"link", "evidence from which two records are one customer", numberShape(-20, 60), func(r *reader, path string, n *yaml.Node, s *matching.Settings) {
		bits := r.number(path, n, -20, 60)
		s.LinkBits = &bits
	}}}
}

func kindKeys(kind customer.Kind) keys[matching.KindSettings] {
	type settings = matching.KindSettings
	return keys[settings]{
		{"compare", "attributes to compare; correlated ones joined by + are one comparison", textsShape, func(r *reader, path string, n *yaml.Node, s *settings) {
			s.Compare = r.comparisons(path, n, kind)
		}},
		{"candidates", "a pair that agrees on all of one line is compared", listShape(textsShape), func(r *reader, path string, n *yaml.Node, s *settings) {
			s.Candidates = r.candidates(path, n, kind)
		}},
		{"levels", "chances of an expert instead of learned ones, by attribute or part of one and level", namedShape(namedShape(pinShape)), func(r *reader, path string, n *yaml.Node, s *settings) {
			s.Levels = r.levels(path, n)
		}},
	}
}

// pinShape is the pinned chances of one level.
var pinShape = shape{"type": "object", "additionalProperties": false,
	"properties": shape{"m": numberShape(1e-9, 1), "u": numberShape(1e-9, 1), "kin": numberShape(1e-9, 1)}}

// levels reads pinned chances; matching itself says what is unknown.
func (r *reader) levels(path string, n *yaml.Node) map[string]matching.Levels {
	out := map[string]matching.Levels{}
	r.pairs(path, n, func(name string, _, v *yaml.Node) {
		levels := matching.Levels{}
		r.pairs(join(path, name), v, func(key string, _, v *yaml.Node) {
			levels[key] = r.level(join(join(path, name), key), v)
		})
		out[name] = levels
	})
	return out
}

func (r *reader) level(path string, n *yaml.Node) (l matching.Level) {
	r.pairs(path, n, func(key string, k, v *yaml.Node) {
		into := map[string]*float64{"m": &l.M, "u": &l.U, "kin": &l.Kin}[key]
		if into == nil {
			r.fault(k, join(path, key), "no such chance", "write m, u or kin")
			return
		}
		*into = r.number(join(path, key), v, 1e-9, 1)
	})
	return l
}

func (r *reader) comparisons(path string, n *yaml.Node, kind customer.Kind) [][]string {
	var out [][]string
	lines := map[string]bool{}
	for i, line := range r.texts(path, n) {
		var names []string
		for part := range strings.SplitSeq(line, "+") {
			name := strings.TrimSpace(part)
			node, where := item(n, i), at(path, i)
			r.checkCompared(node, where, kind, name)
			if lines[name] {
				r.fault(node, where, name+" is compared twice", "keep it in one comparison")
			}
			lines[name] = true
			names = append(names, name)
		}
		out = append(out, names)
	}
	if len(out) > matching.MaxComparisons {
		r.fault(n, path, "has too many comparisons", "24 at most: join correlated attributes by +")
	}
	return out
}

func (r *reader) checkCompared(n *yaml.Node, path string, kind customer.Kind, name string) {
	if r.portrait == nil {
		return
	}
	id, ok := r.portrait.Lookup(kind, name)
	if !ok {
		r.fault(n, path, "a "+string(kind)+" has no attribute "+quote(name), suggest(name, r.attributes(kind)))
		return
	}
	if a := r.portrait.Attribute(id); a.Type.IsFact() || a.Type == customer.TypeSet {
		r.fault(n, path, name+" is a "+string(a.Type)+", which is no evidence of who is who", "take it out")
	}
}

func (r *reader) candidates(path string, n *yaml.Node, kind customer.Kind) [][]string {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, path, "is "+shapeOf(n)+" where a list of lists is wanted", "write - [name.last.sound, birth_date]")
		return nil
	}
	var out [][]string
	for i, line := range n.Content {
		parts := r.texts(at(path, i), line)
		for j, part := range parts {
			r.checkCandidate(item(line, j), at(path, i), kind, part)
		}
		if slices.ContainsFunc(out, func(other []string) bool { return slices.Equal(other, parts) }) {
			r.fault(line, at(path, i), "stands twice", "take one out")
		}
		if len(parts) > 0 {
			out = append(out, parts)
		}
	}
	return out
}

// checkCandidate checks an attribute or a form of one, like name.last.sound.
func (r *reader) checkCandidate(n *yaml.Node, path string, kind customer.Kind, part string) {
	if r.portrait == nil {
		return
	}
	name, form, _ := strings.Cut(part, ".")
	id, ok := r.portrait.Lookup(kind, name)
	if !ok { // what is found in data has a dot in its name: x.loyalty_no
		name, form = part, ""
		id, ok = r.portrait.Lookup(kind, name)
	}
	if !ok || r.portrait.Attribute(id).Type.IsFact() {
		name, _, _ = strings.Cut(part, ".")
		r.checkCompared(n, path, kind, name)
		return
	}
	forms := formsOf(r.portrait.Attribute(id).Type)
	switch {
	case slices.Contains(forms, form):
	case len(forms) == 0:
		r.fault(n, path, name+" finds no candidates: too many customers agree on it", "take it out")
	case form == "":
		r.fault(n, path, name+" has too many parts to agree on as a whole", "write one of them: "+name+"."+strings.Join(forms, ", "+name+"."))
	case len(forms) == 1:
		r.fault(n, path, name+" has no form "+quote(form), "write "+name+" alone")
	default:
		r.fault(n, path, name+" has no form "+quote(form), suggest(form, slices.DeleteFunc(slices.Clone(forms), func(f string) bool { return f == "" })))
	}
}

func (r *reader) attributes(kind customer.Kind) []string {
	var out []string
	for _, a := range r.portrait.Of(kind) {
		out = append(out, a.Name)
	}
	return out
}

// item is the i-th of a list, or the one value that stands for a list of one.
func item(n *yaml.Node, i int) *yaml.Node {
	if n.Kind == yaml.SequenceNode && i < len(n.Content) {
		return n.Content[i]
	}
	return n
}

// checkCompiles lets matching itself judge what the user lists, line by line if there is something wrong.
func (c *Config) checkCompiles(r *reader, n *yaml.Node) {
	if len(c.Matching.Kinds) == 0 {
		return
	}
	_, err := matching.Compile(c.Portrait, c.Matching, matching.Shipped(), "")
	if err == nil {
		return
	}
	for _, kind := range customer.Kinds() {
		for i, line := range c.Matching.Kinds[kind].Compare {
			s := c.Matching
			s.Kinds = map[customer.Kind]matching.KindSettings{kind: {Compare: [][]string{line}, Candidates: [][]string{}}}
			if _, err := matching.Compile(c.Portrait, s, matching.Shipped(), ""); err != nil {
				path := "matching." + string(kind) + ".compare"
				r.refused(item(child(child(n, string(kind)), "compare"), i), at(path, i), err)
			}
		}
	}
	if len(r.faults) == 0 {
		r.refused(n, "matching", err)
	}
}

// refused tells what matching said, without its path and with its cure apart.
func (r *reader) refused(n *yaml.Node, path string, err error) {
	what := err.Error()
	if _, rest, ok := strings.Cut(what, "]: "); ok {
		what = rest
	}
	what, cure, _ := strings.Cut(what, "; ")
	r.fault(n, path, what, cure)
}
