package access

import (
	"maps"
	"slices"

	"kartoteka/customer"
)

// Members names the crosswalk part of a document in the lists of a [View]: the source
// records of the code. Source keys may be personal, so a view says whether it wants them.
const Members = "members"

// View is what one reader sees of the golden records. The zero View shows everything.
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

// Masking is the view of everything with each secret attribute masked: what a page or an
// answer shows before anybody asked to reveal more.
func Masking(p *customer.Portrait) View {
	var v View
	for i := range p.Attributes {
		if a := &p.Attributes[i]; a.Sensitivity == customer.Secret && !slices.Contains(v.Masked, a.Name) {
			v.Masked = append(v.Masked, a.Name)
		}
	}
	return v
}

// Shows reports whether the view has an attribute, masked or whole.
func (v View) Shows(name string) bool {
	if len(v.Only) > 0 && !slices.Contains(v.Only, name) {
		return false
	}
	return !slices.Contains(v.AllBut, name)
}

// Names leaves of changed attributes those that the reader sees whole: the name of another one
// would tell that there is a value and when it changed.
func (v View) Names(changed []string) []string {
	return slices.DeleteFunc(slices.Clone(changed), func(name string) bool { return !v.Shows(name) || slices.Contains(v.Masked, name) })
}

// Filters reports whether there may be customers whom the reader does not see.
func (v View) Filters() bool { return v.Where != (Where{}) }

// Apply gives the document as the view's reader may see it, or nil if the reader does not
// see this customer. The document itself is not changed; what is hidden is absent, so it
// cannot be told from what the company does not know. A code that is not active has nothing
// personal and passes whole.
func (v View) Apply(p *customer.Portrait, d *customer.Document) *customer.Document {
	if d == nil || d.State != customer.CodeActive {
		return d
	}
	if !v.Where.admits(d) {
		return nil
	}
	seen := *d
	seen.Attributes = v.attributes(p, d)
	seen.Relations = slices.DeleteFunc(slices.Clone(d.Relations), func(r customer.Relation) bool {
		return !v.Shows(r.Attribute) || slices.Contains(v.Masked, r.Attribute)
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
		switch {
		case !v.Shows(name):
			delete(seen, name)
		case slices.Contains(v.Masked, name):
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
		if a.Kind == kind && a.Type == t && v.Shows(a.Name) && !slices.Contains(v.Masked, a.Name) {
			return true
		}
	}
	return false
}

func (w Where) admits(d *customer.Document) bool {
	if w.Kind != "" && w.Kind != d.Kind {
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
