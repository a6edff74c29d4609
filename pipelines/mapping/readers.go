package mapping

import (
	"slices"
	"strings"

	"kartoteka/customer"
)

// kindReader is a compiled [customer.KindRule].
type kindReader struct {
	always customer.Kind
	column place
	values map[string]customer.Kind // lower case
}

// consentReader is a compiled [customer.ConsentField].
type consentReader struct {
	field      *customer.ConsentField
	column, at place
}

// productReader is a compiled [customer.ProductField].
type productReader struct {
	kind                           string
	number, status, opened, closed place
}

// linkReader is a compiled [customer.RelationField].
type linkReader struct {
	field            *customer.RelationField
	target, from, to place
	role             place
	fixedRole        string
}

func (x *Mapper) addFacts() {
	m := &x.mapping
	if m.Kind != nil {
		x.kind = &kindReader{always: m.Kind.Always, column: place{name: m.Kind.Column}, values: map[string]customer.Kind{}}
		for _, v := range m.Kind.Person {
			x.kind.values[strings.ToLower(v)] = customer.Person
		}
		for _, v := range m.Kind.Organization {
			x.kind.values[strings.ToLower(v)] = customer.Organization
		}
	}
	for i := range m.Consents {
		c := &m.Consents[i]
		x.consents = append(x.consents, consentReader{c, place{name: c.Column}, place{name: c.At}})
	}
	for _, p := range m.Products {
		x.products = append(x.products, productReader{p.Kind, place{name: p.Number}, place{name: p.Status}, place{name: p.Opened}, place{name: p.Closed}})
	}
	for i := range m.Links {
		l := &m.Links[i]
		reader := linkReader{field: l, target: place{name: l.TargetKey}, from: place{name: l.From}, to: place{name: l.To}}
		if role, fixed := strings.CutPrefix(l.Role, "="); fixed {
			reader.fixedRole = role
		} else {
			reader.role = place{name: l.Role}
		}
		x.links = append(x.links, reader)
	}
}

func (x *Mapper) factPlaces(add func(*place)) {
	for i := range x.consents {
		add(&x.consents[i].column)
		add(&x.consents[i].at)
	}
	for i := range x.products {
		p := &x.products[i]
		for _, pl := range []*place{&p.number, &p.status, &p.opened, &p.closed} {
			add(pl)
		}
	}
	for i := range x.links {
		l := &x.links[i]
		for _, pl := range []*place{&l.target, &l.from, &l.to, &l.role} {
			add(pl)
		}
	}
}

// kindOf: what the format says, else the rule, else the words that kind columns use; "" when
// none of them speaks.
func (x *Mapper) kindOf(r *customer.Row) customer.Kind {
	if r.Kind != "" || x.kind == nil {
		return r.Kind
	}
	if x.kind.column.name == "" {
		return x.kind.always
	}
	text, _ := x.text(r, x.kind.column)
	if text == "" {
		return x.kind.always
	}
	if k, ok := x.kind.values[text]; ok {
		return k
	}
	if k, ok := x.kind.values[strings.ToLower(text)]; ok {
		return k
	}
	if k := kindOf(text); k != "" {
		return k
	}
	return x.kind.always
}

func (x *Mapper) facts(r *customer.Row, out *customer.Mapped) {
	for i := range x.consents {
		x.consent(r, &x.consents[i], out)
	}
	for i := range x.products {
		x.product(r, &x.products[i], out)
	}
	for i := range x.links {
		x.link(r, &x.links[i], out)
	}
}

// consent: a cell that says neither yes nor no is no statement; unknown is not consent.
func (x *Mapper) consent(r *customer.Row, c *consentReader, out *customer.Mapped) {
	text, _ := x.text(r, c.column)
	given, ok := says(c.field, text)
	if !ok {
		return
	}
	at, _ := x.text(r, c.at)
	if len(c.field.Channels) == 0 {
		out.Consents = append(out.Consents, customer.RawConsent{Purpose: c.field.Purpose, Given: given, At: at})
	}
	for _, channel := range c.field.Channels {
		out.Consents = append(out.Consents, customer.RawConsent{Purpose: c.field.Purpose, Channel: channel, Given: given, At: at})
	}
}

func says(c *customer.ConsentField, text string) (given, ok bool) {
	if text == "" {
		return false, false
	}
	yes, no := c.Yes, c.No
	if len(yes)+len(no) == 0 {
		yes, no = yesWords, noWords
	}
	is := func(w string) bool { return strings.EqualFold(w, text) }
	switch {
	case slices.ContainsFunc(yes, is):
		return true, true
	case slices.ContainsFunc(no, is):
		return false, true
	}
	return false, false
}

func (x *Mapper) product(r *customer.Row, p *productReader, out *customer.Mapped) {
	_, times := x.count(p.number)
	for i := range times {
		number := x.at(r, p.number, i, times)
		if number == "" || placeholder(number) {
			continue
		}
		out.Products = append(out.Products, customer.RawProduct{Kind: p.kind, Number: number,
			Status: x.at(r, p.status, i, times), Opened: x.at(r, p.opened, i, times), Closed: x.at(r, p.closed, i, times)})
	}
}

// link leaves the source of a target in the row's own source empty: the caller knows its name.
func (x *Mapper) link(r *customer.Row, l *linkReader, out *customer.Mapped) {
	_, times := x.count(l.target)
	for i := range times {
		key := x.at(r, l.target, i, times)
		if key == "" || strings.Trim(key, "0-{}") == "" {
			continue // the zero GUID is no reference
		}
		role := l.fixedRole
		if l.role.name != "" {
			role = x.at(r, l.role, i, times)
		}
		out.Relations = append(out.Relations, customer.Relation{Attribute: l.field.Attribute, Role: role,
			Target: customer.Ref{Source: l.field.TargetSource, Key: key},
			From:   parseDate(x.at(r, l.from, i, times)), To: parseDate(x.at(r, l.to, i, times))})
	}
}
