package config

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
)

// none is the ready portrait without a line.
const none = "none"

// attributeForm is what an attribute may be called; what is found in data is called x.<column>.
var attributeForm = regexp.MustCompile(`^([\p{L}_][\p{L}\p{N}_-]*|x\..+)$`)

// readPortrait compiles the portrait before the rest of the file is read, whose names of
// attributes are checked against it.
func (c *Config) readPortrait(r *reader, root *yaml.Node) {
	n := child(root, "portrait")
	lines := map[customer.Kind]*yaml.Node{}
	for _, kind := range customer.Kinds() {
		lines[kind] = child(n, string(kind))
	}
	if !r.fragment {
		c.startPortrait(r, child(n, "from"), lines)
	}
	for _, kind := range customer.Kinds() {
		r.pairs("portrait."+string(kind), lines[kind], func(name string, k, v *yaml.Node) {
			c.readAttribute(r, kind, name, k, v)
		})
	}
	portrait, err := customer.NewPortrait(c.attributes)
	if err != nil {
		r.faults = append(r.faults, Fault{File: r.file, What: err.Error(), Cure: "take some out"})
	}
	c.Portrait, r.portrait = portrait, portrait
}

// startPortrait lays the ready portrait under the file's own lines: the one that the file names;
// else the default, for a kind whose lines declare no name and so are additions.
func (c *Config) startPortrait(r *reader, from *yaml.Node, lines map[customer.Kind]*yaml.Node) {
	if !absent(from) {
		c.base = oneOf(r, "portrait.from", from, append(Presets(), none)...)
		r.origin("portrait.from", from)
	}
	for _, kind := range customer.Kinds() {
		base := c.base
		if base == "" && declaresName(lines[kind]) {
			base = none
		}
		if base == none {
			continue
		}
		for _, a := range presetAttributes(base) {
			if a.Kind == kind {
				c.attributes = append(c.attributes, a)
			}
		}
	}
}

func declaresName(lines *yaml.Node) bool {
	if lines == nil || lines.Kind != yaml.MappingNode {
		return false
	}
	return slices.ContainsFunc(lines.Content, func(n *yaml.Node) bool {
		if t := child(n, "type"); t != nil {
			n = t
		}
		return n.Value == string(customer.TypePersonName) || n.Value == string(customer.TypeOrgName)
	})
}

// child finds the value of a key, nil if there is none.
func child(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// portraitKey knows the keys of the portrait; its lines were read before.
func portraitKey() key[Config] {
	lines := func(kind customer.Kind) key[Config] {
		attribute := eitherShape(wordsShape(customer.Types()...), attributeKeys().object())
		return key[Config]{string(kind), "attribute: its type, or what is special about it", namedShape(attribute), func(*reader, string, *yaml.Node, *Config) {}}
	}
	inner := keys[Config]{
		{"from", "the ready portrait that these lines extend", wordsShape(append(Presets(), none)...), func(*reader, string, *yaml.Node, *Config) {}},
		lines(customer.Person), lines(customer.Organization),
	}
	return group("portrait", "what the company keeps about a customer", inner, func(c *Config) *Config { return c })
}

func (c *Config) readAttribute(r *reader, kind customer.Kind, name string, k, n *yaml.Node) {
	path := "portrait." + string(kind) + "." + name
	r.origin(path, k)
	if !attributeForm.MatchString(name) {
		r.fault(k, path, "an attribute cannot be called so", "use letters, digits and _, like loyalty_no")
		return
	}
	i := slices.IndexFunc(c.attributes, func(a customer.Attribute) bool { return a.Kind == kind && a.Name == name })
	a := customer.Attribute{Kind: kind, Name: name}
	if i >= 0 {
		a = c.attributes[i]
	}
	before := len(r.faults)
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		readType(r, path, n, &a)
	} else {
		attributeKeys().read(r, path, n, &a)
	}
	checkAttribute(r, path, n, &a)
	switch {
	case i >= 0:
		c.attributes[i] = a
	case a.Type != "" || len(r.faults) > before: // kept when faulty too, so that its uses are not faults as well
		c.attributes = append(c.attributes, a)
	}
}

// attributeKeys are the keys of one attribute; the type is read first, for its defaults.
func attributeKeys() keys[customer.Attribute] {
	type attribute = customer.Attribute
	keeps := []customer.Keep{customer.KeepTrusted, customer.KeepLatest, customer.KeepMostAgreed, customer.KeepMostComplete, customer.KeepLongest, customer.KeepAll}
	return keys[attribute]{
		{"type", "brings parser, check, comparison, mask and defaults", wordsShape(customer.Types()...), readType},
		word("holds", "how many of it a customer can have", func(a *attribute) *customer.Holds { return &a.Holds }, customer.One, customer.Many),
		whole("shared_by", "how many customers may truly share one value; 0: any number", 0, 1_000_000, func(a *attribute, n int64) { a.SharedBy = int(n) }),
		word("sensitivity", "how carefully it is shown", func(a *attribute) *customer.Sensitivity { return &a.Sensitivity }, customer.Public, customer.Personal, customer.Secret),
		yes("required", "whether a record without it is incomplete", func(a *attribute) *bool { return &a.Required }),
		{"keep", "which value survives", wordsShape(keeps...), func(r *reader, path string, n *yaml.Node, a *attribute) {
			if keep := oneOf(r, path, n, keeps...); keep != "" && keep != a.Keep {
				a.Keep = keep
				a.AtMost, a.First = 0, ""
			}
		}},
		whole("at_most", "how many values keep: all keeps; 0: all of them", 0, 1000, func(a *attribute, n int64) { a.AtMost = int(n) }),
		word("first", "which of several kept values stands first", func(a *attribute) *customer.Keep { return &a.First }, keeps[:5]...),
		word("by", "kind: one value survives per kind of value (registration, living, ...)", func(a *attribute) *string { return &a.By }, "kind"),
		word("to", "the other end of a relation", func(a *attribute) *customer.Kind { return &a.To }, customer.Kinds()...),
		texts("of", "the words of a set", func(a *attribute) *[]string { return &a.Of }),
		{"trust", "sources, best first, for this attribute only", textsShape, func(r *reader, path string, n *yaml.Node, a *attribute) {
			a.Trust = r.sources(path, n)
		}},
	}
}

func readType(r *reader, path string, n *yaml.Node, a *customer.Attribute) {
	t := oneOf(r, path, n, customer.Types()...)
	if t == "" || t == a.Type {
		return
	}
	name := a.Name
	*a = defaultsOf(a.Kind, t)
	a.Name = name
}

// oneKind are the types that one kind of customers has.
var oneKind = map[customer.TypeName]customer.Kind{
	customer.TypePersonName: customer.Person, customer.TypeGender: customer.Person, customer.TypeSNILS: customer.Person,
	customer.TypeRUPassport: customer.Person, customer.TypeUAPassport: customer.Person, customer.TypeRNOKPP: customer.Person,
	customer.TypeBYPersonal: customer.Person,
	customer.TypeOrgName:    customer.Organization, customer.TypeKPP: customer.Organization, customer.TypeEDRPOU: customer.Organization,
}

// checkAttribute finds what does not fit together.
func checkAttribute(r *reader, path string, n *yaml.Node, a *customer.Attribute) {
	at := func(key string) *yaml.Node {
		if c := child(n, key); c != nil {
			return c
		}
		return n
	}
	if a.Type == "" && child(n, "type") == nil && (absent(n) || n.Kind == yaml.MappingNode) {
		r.fault(n, path, "has no type", "write type: text, or another one: "+strings.Join(typeNames(), ", "))
	}
	if kind := oneKind[a.Type]; kind != "" && kind != a.Kind {
		r.fault(at("type"), path, string(a.Type)+" is a type of "+string(kind)+"s", "put it under portrait."+string(kind))
	}
	if a.Type == customer.TypeRelation && a.To == "" {
		r.fault(n, path, "a relation leads nowhere", "write to: person or to: organization")
	}
	if a.Type == customer.TypeSet && len(a.Of) == 0 {
		r.fault(n, path, "a set has no words", "write of: [client, partner]")
	}
	if a.Type != customer.TypeRelation && a.To != "" {
		r.fault(at("to"), path+".to", "only a relation leads somewhere", "take it out, or write type: relation")
	}
	if a.Type != customer.TypeSet && len(a.Of) > 0 {
		r.fault(at("of"), path+".of", "only a set has words", "take it out, or write type: set")
	}
	if a.Keep != customer.KeepAll && child(n, "at_most") != nil {
		r.fault(at("at_most"), path+".at_most", "means nothing unless several values are kept", "write keep: all")
	}
}

func typeNames() []string {
	var out []string
	for _, t := range customer.Types() {
		out = append(out, string(t))
	}
	return out
}
