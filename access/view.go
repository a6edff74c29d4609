package access

import (
	"maps"
	"slices"

	"kartoteka/customer"
)

// Members names the crosswalk part of a document in the lists of a [View]: the source
// records of the code. Source keys may be personal, so a view says whether it wants them.
const Members = "members"

// View is what one reader sees of the golden records. The zero View shows everything. An attribute
// is listed by its name, or by kind and name ("person.inn") where persons and organizations differ.
type View struct {
	Only   []string // names of attributes to show; empty: all
	AllBut []string // names of attributes not to show
	Masked []string // names of attributes shown by [Mask]
	Where  Where    // which customers the reader sees at all
}

// Where chooses customers; every condition given must hold.
type Where struct {
	Kind    customer.Kind // "" for both
	Consent *ConsentWhere
	Segment *SegmentWhere
	// Sources, if any, leave the customers who have a record of one of them.
	Sources []customer.Source `json:",omitempty"`
}

// SegmentWhere asks for one of some golden values of an attribute, as they stand in the golden
// record. A customer without a value is in no segment.
type SegmentWhere struct {
	Attribute string
	Is        []string
}

// ConsentWhere asks for a consent that was given and is not refused. Unknown is no consent.
type ConsentWhere struct {
	Purpose string
	Channel string // "" for any channel
}

// Sight is how much of an attribute is seen.
type Sight int

// The sights, from nothing to all.
const (
	Absent Sight = iota // cannot be told from what the company does not know
	Hint                // by [Mask]
	Whole
)

// Masking is the view of everything with each secret attribute masked: what a page or an
// answer shows before anybody asked to reveal more.
func Masking(p *customer.Portrait) View {
	var v View
	for i := range p.Attributes {
		if a := &p.Attributes[i]; a.Sensitivity == customer.Secret {
			v.Masked = append(v.Masked, fieldOf(a))
		}
	}
	return v
}

func field(kind customer.Kind, name string) string { return string(kind) + "." + name }

func fieldOf(a *customer.Attribute) string { return field(a.Kind, a.Name) }

// Of tells how an attribute of a kind of customers is seen.
func (v View) Of(kind customer.Kind, name string) Sight {
	has := func(list []string) bool {
		return slices.Contains(list, name) || slices.Contains(list, field(kind, name))
	}
	switch {
	case len(v.Only) > 0 && !has(v.Only), has(v.AllBut):
		return Absent
	case has(v.Masked):
		return Hint
	}
	return Whole
}

// Text gives a value as the view shows it: whole, by the hint of its type, or "" if the attribute
// is not seen. An attribute that the portrait does not have shows nothing of its value.
func (v View) Text(p *customer.Portrait, kind customer.Kind, name, value string) string {
	switch v.Of(kind, name) {
	case Whole:
		return value
	case Hint:
		return Mask(typeOf(p, kind, name), value)
	}
	return ""
}

// Shows reports whether the view has an attribute, masked or whole, of some kind of customers.
func (v View) Shows(name string) bool {
	return v.any(name, func(s Sight) bool { return s != Absent })
}

// Names leaves of changed attributes those that the reader sees whole, whatever the kind of the
// customer: the name of another one would tell that there is a value and when it changed.
func (v View) Names(changed []string) []string {
	return slices.DeleteFunc(slices.Clone(changed), func(name string) bool { return !v.every(name) })
}

func (v View) any(name string, is func(Sight) bool) bool {
	return slices.ContainsFunc(customer.Kinds(), func(k customer.Kind) bool { return is(v.Of(k, name)) })
}

func (v View) every(name string) bool { return !v.any(name, func(s Sight) bool { return s != Whole }) }

// Filters reports whether there may be customers whom the reader does not see.
func (v View) Filters() bool {
	w := v.Where
	return w.Kind != "" || w.Consent != nil || w.Segment != nil || len(w.Sources) > 0
}

// Apply gives the document as the view's reader may see it, or nil if the reader does not
// see this customer. The document itself is not changed; what is hidden is absent, so it
// cannot be told from what the company does not know. A code that is not active has nothing
// personal and passes whole.
func (v View) Apply(p *customer.Portrait, d *customer.Document) *customer.Document {
	if d == nil || d.State != customer.CodeActive {
		return d
	}
	if !v.Where.Admits(d) {
		return nil
	}
	seen := *d
	seen.Attributes = v.attributes(p, d)
	seen.Relations = slices.DeleteFunc(slices.Clone(d.Relations), func(r customer.Relation) bool {
		return v.Of(d.Kind, r.Attribute) != Whole
	})
	if !v.showsFact(p, d.Kind, customer.TypeProduct) {
		seen.Products = nil
	}
	if !v.showsFact(p, d.Kind, customer.TypeConsent) {
		seen.Consents = nil
	}
	if !v.Shows(Members) {
		seen.Members = nil
	}
	return &seen
}

func (v View) attributes(p *customer.Portrait, d *customer.Document) map[string][]customer.DocumentValue {
	seen := maps.Clone(d.Attributes)
	for name, values := range seen {
		switch v.Of(d.Kind, name) {
		case Absent:
			delete(seen, name)
		case Hint:
			seen[name] = masked(typeOf(p, d.Kind, name), values)
		}
	}
	return seen
}

// showsFact reports whether the view shows, whole, an attribute of a type whose values
// stand in the document as a list of their own. A portrait without one shows none.
func (v View) showsFact(p *customer.Portrait, kind customer.Kind, t customer.TypeName) bool {
	for i := range p.Attributes {
		a := &p.Attributes[i]
		if a.Kind == kind && a.Type == t && v.Of(kind, a.Name) == Whole {
			return true
		}
	}
	return false
}

// Admits reports whether the reader sees a customer. One with more records than a document names
// counts as having no other sources: rather hidden than shown.
func (w Where) Admits(d *customer.Document) bool {
	if w.Kind != "" && w.Kind != d.Kind {
		return false
	}
	if len(w.Sources) > 0 && !slices.ContainsFunc(d.Members, func(m customer.DocumentMember) bool { return slices.Contains(w.Sources, m.Source) }) {
		return false
	}
	if w.Segment != nil && !w.Segment.holds(d) {
		return false
	}
	return w.Consent == nil || w.Consent.holds(d.Consents)
}

func (s *SegmentWhere) holds(d *customer.Document) bool {
	return slices.ContainsFunc(d.Attributes[s.Attribute], func(v customer.DocumentValue) bool { return slices.Contains(s.Is, v.Value) })
}

// holds looks for a grant; a refusal of the purpose for every channel, or for the channel
// that is asked for, outweighs each grant.
func (c *ConsentWhere) holds(statements []customer.Consent) bool {
	given := false
	for i := range statements {
		s := &statements[i]
		if s.Purpose != c.Purpose {
			continue
		}
		concerns := s.Channel == "" || s.Channel == c.Channel
		switch {
		case !s.Given && concerns && s.Address == "":
			return false
		case s.Given && (concerns || c.Channel == ""):
			given = true
		}
	}
	return given
}

// typeOf gives the type of an attribute; one that the portrait does not have is hidden whole.
func typeOf(p *customer.Portrait, kind customer.Kind, name string) customer.TypeName {
	if id, ok := p.Lookup(kind, name); ok {
		return p.Attribute(id).Type
	}
	return ""
}

// masked hides values with everything else that would tell them: parts and runners-up.
func masked(t customer.TypeName, values []customer.DocumentValue) []customer.DocumentValue {
	out := slices.Clone(values)
	for i := range out {
		out[i].Value = Mask(t, out[i].Value)
		out[i].Parts, out[i].RunnersUp = nil, nil
	}
	return out
}

// Narrowed gives what is seen by both views: a named one, and that of who asks for it.
func (v View) Narrowed(by View) View {
	out := View{AllBut: slices.Concat(v.AllBut, by.AllBut), Masked: slices.Concat(v.Masked, by.Masked), Where: v.Where, Only: v.Only}
	switch {
	case len(v.Only) == 0:
		out.Only = by.Only
	case len(by.Only) > 0:
		out.Only = append([]string{""}, both(v.Only, by.Only)...) // an empty list would be everything
	}
	w := &out.Where
	if w.Kind == "" {
		w.Kind = by.Where.Kind
	}
	if w.Consent == nil {
		w.Consent = by.Where.Consent
	}
	if w.Segment == nil {
		w.Segment = by.Where.Segment
	}
	switch {
	case len(w.Sources) == 0:
		w.Sources = by.Where.Sources
	case len(by.Where.Sources) > 0:
		w.Sources = append([]customer.Source{""}, both(w.Sources, by.Where.Sources)...)
	}
	return out
}

func both[S ~string](a, b []S) []S {
	return slices.DeleteFunc(slices.Clone(a), func(x S) bool { return !slices.Contains(b, x) })
}

// Everything reports whether the view shows all of every customer.
func (v View) Everything() bool {
	return len(v.Only) == 0 && len(v.AllBut) == 0 && len(v.Masked) == 0 && !v.Filters()
}
