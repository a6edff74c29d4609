package config

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (p *printer) sources(c *Config) *yaml.Node {
	n := p.mapping()
	for i := range c.Sources {
		s := &c.Sources[i]
		p.add(n, "sources", string(s.Name), p.source(c, s))
	}
	return n
}

func (p *printer) source(c *Config, s *Source) *yaml.Node {
	path := "sources." + string(s.Name)
	n := p.mapping()
	p.text(n, path, "from", s.From)
	if s.With.Kind != 0 {
		p.add(n, path, "with", maskTree("", &s.With))
	}
	p.text(n, path, "every", s.Every)
	if s.SkipMissed {
		p.text(n, path, "missed", skip)
	}
	p.text(n, path, "country", s.Country)
	p.yes(n, path, "unique", s.Unique)
	p.yes(n, path, "sensitive_key", s.SensitiveKey)
	if s.Full != nil {
		full := p.flow()
		p.text(full, "", "absent", s.Full.Absent)
		p.add(full, "", "brake", bare(plain(s.Full.Brake*100)+"%"))
		p.add(n, path, "full", full)
	}
	switch {
	case s.ReusedKeys.Never:
		p.text(n, path, "reused_keys", never)
	case len(s.ReusedKeys.Alarm) > 0:
		alarm := p.flow()
		p.list(alarm, "", "alarm", s.ReusedKeys.Alarm)
		p.add(n, path, "reused_keys", alarm)
	}
	if s.Mapping != nil {
		p.mapped(n, path, c.Portrait, s.Mapping)
	}
	return n
}

// Fragment gives a mapping as the text of a mapping file, which LoadFragments reads: what
// --save-mapping writes. The portrait is the one that it was made for, additions what it has
// beyond the configuration's.
func Fragment(portrait *customer.Portrait, source customer.Source, m *customer.Mapping, additions []customer.Attribute) ([]byte, error) {
	p := &printer{}
	root, added, s := p.mapping(), p.mapping(), p.mapping()
	for _, kind := range customer.Kinds() {
		lines := p.mapping()
		for _, a := range additions {
			if a.Kind == kind {
				p.add(lines, "", a.Name, p.attribute(&a))
			}
		}
		p.add(added, "", string(kind), lines)
	}
	p.add(root, "", "portrait", added)
	p.mapped(s, "", portrait, m)
	sources := p.mapping()
	p.add(sources, "", string(source), s)
	p.add(root, "", "sources", sources)
	return yaml.Marshal(root)
}

// mapped prints what a mapping says beside a source's other keys.
func (p *printer) mapped(n *yaml.Node, path string, portrait *customer.Portrait, m *customer.Mapping) {
	p.list(n, path, "key", m.Key)
	if k := m.Kind; k != nil && k.Always != "" {
		p.text(n, path, "kind", string(k.Always))
	} else if k != nil {
		rule := p.flow()
		p.text(rule, "", "field", k.Column)
		p.list(rule, "", "person", k.Person)
		p.list(rule, "", "organization", k.Organization)
		p.add(n, path, "kind", rule)
	}
	p.text(n, path, "observed", m.Observed)
	if m.City != "" {
		phones := p.flow()
		p.text(phones, "", "area_code_from", m.City)
		p.add(n, path, "phones", phones)
	}
	if m.Standard != "" {
		p.text(n, path, "map", m.Standard)
		return
	}
	p.add(n, path, "map", p.fields(join(path, "map"), portrait, m))
}

// fields groups what belongs to one attribute, in the order of first mention.
func (p *printer) fields(path string, portrait *customer.Portrait, m *customer.Mapping) *yaml.Node {
	var names []string
	values := map[string][]*yaml.Node{}
	put := func(name string, n *yaml.Node) {
		if len(values[name]) == 0 {
			names = append(names, name)
		}
		values[name] = append(values[name], n)
	}
	for i := range m.Fields {
		put(m.Fields[i].Attribute, p.field(&m.Fields[i]))
	}
	for i := range m.Consents {
		put(nameOf(portrait, customer.TypeConsent, "consent"), p.consent(&m.Consents[i]))
	}
	for i := range m.Products {
		put(nameOf(portrait, customer.TypeProduct, "products"), p.product(&m.Products[i]))
	}
	for i := range m.Links {
		put(m.Links[i].Attribute, p.relation(&m.Links[i]))
	}
	n := p.mapping()
	for _, name := range names {
		p.add(n, path, name, oneOrList(values[name]))
	}
	return n
}

func oneOrList(values []*yaml.Node) *yaml.Node {
	if len(values) == 1 {
		return values[0]
	}
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: values}
}

// nameOf finds the attribute of a type that a customer has one of at most.
func nameOf(portrait *customer.Portrait, t customer.TypeName, otherwise string) string {
	i := slices.IndexFunc(portrait.Attributes, func(a customer.Attribute) bool { return a.Type == t })
	if i < 0 {
		return otherwise
	}
	return portrait.Attributes[i].Name
}

func (p *printer) field(f *customer.Field) *yaml.Node {
	if len(f.Columns) == 1 && f.Parts == nil && f.ValueKind == "" && f.Format == "" && f.Issued == "" && len(f.When) == 0 {
		return p.scalar(f.Columns[0])
	}
	n := p.flow()
	if len(f.Columns) == 1 {
		p.text(n, "", "field", f.Columns[0])
	} else {
		p.list(n, "", "fields", f.Columns)
	}
	p.list(n, "", "parts", f.Parts)
	p.text(n, "", "format", f.Format)
	p.named(n, "", "when", f.When)
	p.text(n, "", "kind", f.ValueKind)
	p.text(n, "", "issued", f.Issued)
	return n
}

func (p *printer) consent(c *customer.ConsentField) *yaml.Node {
	n := p.flow()
	p.text(n, "", "purpose", c.Purpose)
	p.list(n, "", "channel", c.Channels)
	p.text(n, "", "field", c.Column)
	p.list(n, "", "yes", c.Yes)
	p.list(n, "", "no", c.No)
	p.text(n, "", "at", c.At)
	return n
}

func (p *printer) product(f *customer.ProductField) *yaml.Node {
	n := p.flow()
	p.text(n, "", "kind", f.Kind)
	p.text(n, "", "number", f.Number)
	p.text(n, "", "status", f.Status)
	p.text(n, "", "opened", f.Opened)
	p.text(n, "", "closed", f.Closed)
	return n
}

func (p *printer) relation(l *customer.RelationField) *yaml.Node {
	n := p.flow()
	p.text(n, "", "source", string(l.TargetSource))
	p.text(n, "", "key", l.TargetKey)
	p.text(n, "", "role", l.Role)
	p.text(n, "", "from", l.From)
	p.text(n, "", "to", l.To)
	return n
}
