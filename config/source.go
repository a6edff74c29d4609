package config

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
)

// sourceForm is what a source may be called: it stands in topics, file names and metric labels.
var sourceForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$`)

func sourcesKey() key[Config] {
	return key[Config]{"sources", "name: a system or a file that customers are read from", namedShape(sourceKeys().object()), readSources}
}

func readSources(r *reader, path string, n *yaml.Node, c *Config) {
	r.country = c.Company.Country
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		r.sourceNames = append(r.sourceNames, n.Content[i].Value)
	}
	r.pairs(path, n, func(name string, k, v *yaml.Node) {
		where := join(path, name)
		r.origin(where, k)
		if !sourceForm.MatchString(name) {
			r.fault(k, where, "a source cannot be called so", "use letters, digits, - and _, like core-banking")
			return
		}
		s := Source{Name: customer.Source(name), SensitiveKey: true}
		known := c.Source(s.Name)
		if known != nil {
			s = *known
			s.Mapping = cloneMapping(s.Mapping)
		}
		s.file = r.file
		sourceKeys().read(r, where, v, &s)
		r.checkSource(where, k, v, &s)
		if known != nil {
			*known = s
		} else {
			c.Sources = append(c.Sources, s)
		}
		if s.Unique && !slices.Contains(c.Matching.Unique, s.Name) {
			c.Matching.Unique = append(c.Matching.Unique, s.Name)
		}
	})
}

func (r *reader) checkSource(path string, k, v *yaml.Node, s *Source) {
	if s.From == "" && !r.fragment {
		r.fault(k, path, "does not say where it comes from", "write from: and the kind of the source, like from: postgres")
	}
	key := child(&s.With, "key")
	if key != nil && (s.Mapping == nil || len(s.Mapping.Key) == 0) {
		s.mapping().Key = r.texts(path+".with.key", key)
	}
}

func cloneMapping(m *customer.Mapping) *customer.Mapping {
	if m == nil {
		return nil
	}
	c := *m
	return &c
}

// mapping gives the source's mapping, made on first need.
func (s *Source) mapping() *customer.Mapping {
	if s.Mapping == nil {
		s.Mapping = &customer.Mapping{}
	}
	return s.Mapping
}

func sourceKeys() keys[Source] {
	return keys[Source]{
		text("from", "the kind of the source; kartoteka connectors lists them", func(s *Source) *string { return &s.From }),
		{"with", "the kind's own settings", shape{"type": "object"}, readWith},
		{"every", "a duration like 5m, or a crontab line in quotes; without it the source is read on demand", textShape, func(r *reader, path string, n *yaml.Node, s *Source) {
			if every, ok := r.text(path, n); ok {
				s.Every = every
				if _, err := ParseSchedule(every, nil); err != nil {
					r.fault(n, path, err.Error(), `write a duration like 5m, or minute hour day month weekday in quotes like "0 * * * *"`)
				}
			}
		}},
		choice("missed", "what becomes of a time at which nobody served: run once as soon as somebody does, or skip", func(s *Source, w string) { s.SkipMissed = w == skip }, runOnce, skip),
		{"key", "column, or columns together, by which the source knows its record", textsShape, func(r *reader, path string, n *yaml.Node, s *Source) {
			s.mapping().Key = r.texts(path, n)
		}},
		{"kind", "person, organization, or the column that tells", eitherShape(wordsShape(customer.Kinds()...), kindRuleKeys().object()), readKindRule},
		text("observed", "column with the time of the last change", func(s *Source) *string { return &s.mapping().Observed }),
		{"map", "attribute: column, columns, or how to read them; standard for a format that brings its own", shape{"anyOf": []shape{wordsShape(standard), namedShape(mapShape())}}, readMap},
		{"full", "each run is a snapshot; what becomes of a row that is gone", eitherShape(yesShape, fullKeys().object()), readFull},
		yes("unique", "the source itself holds no duplicates", func(s *Source) *bool { return &s.Unique }),
		yes("sensitive_key", "its keys tell who somebody is; true unless said", func(s *Source) *bool { return &s.SensitiveKey }),
		{"reused_keys", "whether it gives the key of one customer to another", eitherShape(wordsShape(never, detect), reusedKeys().object()), readReusedKeys},
		group("phones", "", keys[Source]{
			text("area_code_from", "column with the city of phones written without an area code", func(s *Source) *string { return &s.mapping().City }),
		}, func(s *Source) *Source { return s }),
		countryKey("two letters, if its phones and dates are not the company's", func(s *Source) *string { return &s.Country }),
	}
}

func readWith(r *reader, path string, n *yaml.Node, s *Source) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, path, "is "+shapeOf(n)+" where keys with values are wanted", "write with: {key: value}")
		return
	}
	s.With = *n
	r.checkReferences(path, n)
}

func kindRuleKeys() keys[customer.KindRule] {
	type rule = customer.KindRule
	return keys[rule]{
		text("field", "the column", func(k *rule) *string { return &k.Column }),
		texts("person", "its values that mean a person", func(k *rule) *[]string { return &k.Person }),
		texts("organization", "its values that mean an organization", func(k *rule) *[]string { return &k.Organization }),
	}
}

func readKindRule(r *reader, path string, n *yaml.Node, s *Source) {
	rule := &customer.KindRule{}
	s.mapping().Kind = rule
	if n.Kind == yaml.ScalarNode {
		rule.Always = oneOf(r, path, n, customer.Kinds()...)
		return
	}
	kindRuleKeys().read(r, path, n, rule)
	if rule.Column == "" {
		r.fault(n, path, "names no column", "write field: COLUMN, or kind: person")
	}
	if len(rule.Person)+len(rule.Organization) == 0 {
		r.fault(n, path, "does not say what the values mean", "write person: [...] and organization: [...]")
	}
	for _, v := range rule.Person {
		if slices.Contains(rule.Organization, v) {
			r.fault(n, path, quote(v)+" means both kinds", "take it out of one")
		}
	}
}

func fullKeys() keys[Full] {
	return keys[Full]{
		word("absent", "what a row that is gone becomes", func(f *Full) *string { return &f.Absent }, AbsentDeleted, AbsentKept),
		{"brake", "if more than this share is gone, nothing is deleted", percentShape, func(r *reader, path string, n *yaml.Node, f *Full) {
			f.Brake = r.percent(path, n)
		}},
	}
}

// DefaultBrake is the share of a source's records whose loss in one snapshot stops it.
const DefaultBrake = 0.2

func readFull(r *reader, path string, n *yaml.Node, s *Source) {
	full := &Full{Absent: AbsentDeleted, Brake: DefaultBrake}
	if n.Kind == yaml.ScalarNode {
		if s.Full = nil; r.yes(path, n) {
			s.Full = full
		}
		return
	}
	fullKeys().read(r, path, n, full)
	s.Full = full
}

func reusedKeys() keys[ReusedKeys] {
	return keys[ReusedKeys]{{"alarm", "attributes that must all differ", textsShape, func(r *reader, path string, n *yaml.Node, k *ReusedKeys) {
		k.Alarm = r.attributeNames(path, n)
	}}}
}

func readReusedKeys(r *reader, path string, n *yaml.Node, s *Source) {
	if n.Kind == yaml.ScalarNode {
		s.ReusedKeys = ReusedKeys{Never: oneOf(r, path, n, never, detect) == never}
		return
	}
	s.ReusedKeys = ReusedKeys{}
	reusedKeys().read(r, path, n, &s.ReusedKeys)
}
