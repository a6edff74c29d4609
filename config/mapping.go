package config

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// standard is the word for the mapping that a known format brings along.
const standard = "standard"

// dateFormat is how a mapping writes the form of a date: dd.mm.yyyy, yyyy-mm-dd hh:mi:ss, yymmdd.
var dateFormat = regexp.MustCompile(`(?i)^[dmyhis][dmyhis:/. T-]*$`)

func readMap(r *reader, path string, n *yaml.Node, s *Source) {
	m := s.mapping()
	m.Standard, m.Fields, m.Consents, m.Products, m.Links = "", nil, nil, nil, nil
	if n.Kind == yaml.ScalarNode {
		m.Standard = oneOf(r, path, n, standard)
		return
	}
	r.pairs(path, n, func(name string, k, v *yaml.Node) {
		where := join(path, name)
		r.origin(where, k)
		types := r.typesOf(name)
		if len(types) == 0 && r.portrait != nil {
			r.fault(k, where, "the portrait has no attribute "+quote(name), suggest(name, r.allAttributes()))
			return
		}
		for _, one := range values(v, types) {
			r.readValue(where, one, name, types, m)
		}
	})
}

// typesOf gives the types that an attribute has in the kinds that have it.
func (r *reader) typesOf(name string) []customer.TypeName {
	if r.portrait == nil {
		return nil
	}
	var out []customer.TypeName
	for _, kind := range customer.Kinds() {
		if id, ok := r.portrait.Lookup(kind, name); ok {
			out = append(out, r.portrait.Attribute(id).Type)
		}
	}
	return out
}

// wholeTypes are the types of which a list of columns is one value; of the others each column is
// a value of its own.
var wholeTypes = []customer.TypeName{customer.TypePersonName, customer.TypeOrgName, customer.TypeDate, customer.TypeAddress,
	customer.TypeRUPassport, customer.TypeUAPassport, customer.TypeNumber, customer.TypeText}

// values takes the list of an attribute's columns apart into values.
func values(n *yaml.Node, types []customer.TypeName) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		return []*yaml.Node{n}
	}
	plain := !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind != yaml.ScalarNode })
	if plain && len(types) > 0 && slices.Contains(wholeTypes, types[0]) {
		return []*yaml.Node{n}
	}
	return n.Content
}

func (r *reader) readValue(path string, n *yaml.Node, name string, types []customer.TypeName, m *customer.Mapping) {
	switch first(types) {
	case customer.TypeConsent:
		m.Consents = append(m.Consents, r.consent(path, n))
	case customer.TypeProduct:
		m.Products = append(m.Products, r.product(path, n))
	case customer.TypeRelation:
		m.Links = append(m.Links, r.relation(path, n, name))
	default:
		m.Fields = append(m.Fields, r.field(path, n, name, types))
	}
}

func first(types []customer.TypeName) customer.TypeName {
	if len(types) == 0 {
		return ""
	}
	return types[0]
}

func (r *reader) field(path string, n *yaml.Node, name string, types []customer.TypeName) customer.Field {
	f := customer.Field{Attribute: name}
	if n.Kind != yaml.MappingNode {
		f.Columns = r.texts(path, n)
		f.Parts = r.usualParts(types, len(f.Columns))
		return f
	}
	fieldKeys(types).read(r, path, n, &f)
	r.checkField(path, n, &f, types)
	return f
}

// usualParts says what three columns of a person's name are where names are written surname
// first; elsewhere they are joined and left to the parser.
func (r *reader) usualParts(types []customer.TypeName, columns int) []string {
	eastern := []string{"", "RU", "UA", "BY", "KZ"}
	if first(types) == customer.TypePersonName && columns == 3 && slices.Contains(eastern, r.country) {
		return []string{"last", "first", "patronymic"}
	}
	return nil
}

func fieldKeys(types []customer.TypeName) keys[customer.Field] {
	type field = customer.Field
	ks := keys[field]{
		text("field", "the column", func(f *field) *string { f.Columns = []string{""}; return &f.Columns[0] }),
		texts("fields", "the columns that make one value together", func(f *field) *[]string { return &f.Columns }),
		texts("parts", "what each of the columns is: last, first, patronymic; year, month, day; city, street, house", func(f *field) *[]string { return &f.Parts }),
		text("format", "of a date, like dd.mm.yyyy; long_ago for births before 1900", func(f *field) *string { return &f.Format }),
		namedTexts("when", "column: the value it must have", func(f *field) *map[string]string { return &f.When }, nil),
		text("kind", "what sort of value it is: registration, living, work", func(f *field) *string { return &f.ValueKind }),
		text("issued", "column with the date of a document", func(f *field) *string { return &f.Issued }),
	}
	for _, part := range partsOf(types) { // {last: SURNAME, first: NAME} says columns and parts at once
		ks = append(ks, text(part, "the column with this part", func(f *field) *string {
			f.Columns, f.Parts = append(f.Columns, ""), append(f.Parts, part)
			return &f.Columns[len(f.Columns)-1]
		}))
	}
	return ks
}

func partsOf(types []customer.TypeName) []string {
	var out []string
	for _, t := range types {
		for _, part := range standardize.Types()[t].Parts {
			if !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out
}

func (r *reader) checkField(path string, n *yaml.Node, f *customer.Field, types []customer.TypeName) {
	if child(n, "field") != nil && child(n, "fields") != nil {
		r.fault(n, path, "says both field and fields", "keep one of them")
	}
	if len(f.Columns) == 0 {
		r.fault(n, path, "names no column", "write field: COLUMN")
	}
	if len(f.Parts) > 0 && len(f.Parts) != len(f.Columns) {
		r.fault(n, path, "has not one part for each column", "write as many parts as fields")
	}
	known := partsOf(types)
	for _, part := range f.Parts {
		if !slices.Contains(known, part) && len(types) > 0 {
			r.fault(n, path+".parts", string(types[0])+" has no part "+quote(part), suggestOr(part, known, "take parts out"))
		}
	}
	if f.Format == "" {
		return
	}
	if node := child(n, "format"); !slices.Contains(types, customer.TypeDate) && len(types) > 0 {
		r.fault(node, path+".format", "means nothing for a "+string(types[0]), "take it out")
	} else if f.Format != standardize.LongAgo && !dateFormat.MatchString(f.Format) {
		r.fault(node, path+".format", quote(f.Format)+" is no form of a date", "write it with d, m and y, like dd.mm.yyyy")
	}
}

func suggestOr(name string, known []string, otherwise string) string {
	if len(known) == 0 {
		return otherwise
	}
	return suggest(name, known)
}

func consentKeys() keys[customer.ConsentField] {
	type consent = customer.ConsentField
	return keys[consent]{
		text("purpose", "what it is for, like marketing", func(c *consent) *string { return &c.Purpose }),
		texts("channel", "sms, email, phone; every one if not said", func(c *consent) *[]string { return &c.Channels }),
		text("field", "the column", func(c *consent) *string { return &c.Column }),
		texts("yes", "its values that mean yes", func(c *consent) *[]string { return &c.Yes }),
		texts("no", "its values that mean no", func(c *consent) *[]string { return &c.No }),
		text("at", "column with the time of the statement", func(c *consent) *string { return &c.At }),
	}
}

func (r *reader) consent(path string, n *yaml.Node) customer.ConsentField {
	var c customer.ConsentField
	consentKeys().read(r, path, n, &c)
	r.needs(path, n, "purpose", "field")
	return c
}

func productKeys() keys[customer.ProductField] {
	type product = customer.ProductField
	return keys[product]{
		text("kind", "a fixed word: account, card, loan, deposit, sim", func(p *product) *string { return &p.Kind }),
		text("number", "column", func(p *product) *string { return &p.Number }),
		text("status", "column", func(p *product) *string { return &p.Status }),
		text("opened", "column", func(p *product) *string { return &p.Opened }),
		text("closed", "column", func(p *product) *string { return &p.Closed }),
	}
}

func (r *reader) product(path string, n *yaml.Node) customer.ProductField {
	var p customer.ProductField
	productKeys().read(r, path, n, &p)
	r.needs(path, n, "kind", "number")
	return p
}

func relationKeys() keys[customer.RelationField] {
	type relation = customer.RelationField
	return keys[relation]{
		{"source", "of the other record; the same source if not said", textShape, func(r *reader, path string, n *yaml.Node, l *relation) {
			s, _ := r.text(path, n)
			l.TargetSource = customer.Source(s)
		}},
		text("key", "column with the other record's key", func(l *relation) *string { return &l.TargetKey }),
		text("role", "column, or =word", func(l *relation) *string { return &l.Role }),
		text("from", "column", func(l *relation) *string { return &l.From }),
		text("to", "column", func(l *relation) *string { return &l.To }),
	}
}

func (r *reader) relation(path string, n *yaml.Node, name string) customer.RelationField {
	l := customer.RelationField{Attribute: name}
	if n.Kind == yaml.ScalarNode {
		l.TargetKey, _ = r.text(path, n)
		return l
	}
	relationKeys().read(r, path, n, &l)
	r.needs(path, n, "key")
	return l
}

// needs tells the keys that are missing.
func (r *reader) needs(path string, n *yaml.Node, names ...string) {
	if n.Kind != yaml.MappingNode {
		return
	}
	var missing []string
	for _, name := range names {
		if absent(child(n, name)) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		r.fault(n, path, "has no "+strings.Join(missing, ", no "), "write "+missing[0]+": ...")
	}
}

// mapShape is the shape of one attribute's mapping, whatever its type.
func mapShape() shape {
	every := fieldKeys(customer.Types()).object()
	for _, other := range []shape{consentKeys().object(), productKeys().object(), relationKeys().object()} {
		for name, property := range other["properties"].(shape) {
			if _, known := every["properties"].(shape)[name]; !known {
				every["properties"].(shape)[name] = property
			}
		}
	}
	one := eitherShape(textShape, every)
	return eitherShape(textShape, every, listShape(one))
}
