package customer

import (
	"fmt"
	"sort"
)

// TypeName names the type of an attribute: it brings parser, check, comparison, mask and defaults.
type TypeName string

// The types of attributes. A test in cmd fails when standardize, matching, golden or
// access lacks its part of one.
const (
	TypePersonName TypeName = "person_name"
	TypeOrgName    TypeName = "organization_name"
	TypeDate       TypeName = "date"
	TypeGender     TypeName = "gender"
	TypePhone      TypeName = "phone"
	TypeEmail      TypeName = "email"
	TypeAddress    TypeName = "address"
	TypeText       TypeName = "text"     // an identifier or any other short text, compared as a whole
	TypeCategory   TypeName = "category" // a low-cardinality text: little evidence, a country or an occupation
	TypeSet        TypeName = "set"      // several out of a closed list
	TypeRelation   TypeName = "relation"
	TypeProduct    TypeName = "product"
	TypeConsent    TypeName = "consent"

	TypeINN        TypeName = "id.ru.inn"
	TypeKPP        TypeName = "id.ru.kpp"
	TypeOGRN       TypeName = "id.ru.ogrn"
	TypeSNILS      TypeName = "id.ru.snils"
	TypeRUPassport TypeName = "id.ru.passport"
	TypeRNOKPP     TypeName = "id.ua.rnokpp"
	TypeEDRPOU     TypeName = "id.ua.edrpou"
	TypeUAPassport TypeName = "id.ua.passport"
	TypeUNP        TypeName = "id.by.unp"
	TypeBYPersonal TypeName = "id.by.personal"
	TypeIIN        TypeName = "id.kz.iin" // also БИН of an organization
	TypeIBAN       TypeName = "id.iban"
	TypeNumber     TypeName = "id.other" // a number of a document without a known check
)

// Types lists every type, in the order of the reference page.
func Types() []TypeName {
	return []TypeName{TypePersonName, TypeOrgName, TypeDate, TypeGender, TypePhone, TypeEmail, TypeAddress, TypeText, TypeCategory, TypeSet,
		TypeRelation, TypeProduct, TypeConsent, TypeINN, TypeKPP, TypeOGRN, TypeSNILS, TypeRUPassport, TypeRNOKPP, TypeEDRPOU, TypeUAPassport,
		TypeUNP, TypeBYPersonal, TypeIIN, TypeIBAN, TypeNumber}
}

// IsFact reports whether values of the type hang on their record as facts (consent,
// relation, product) instead of surviving into the golden record by a rule.
func (t TypeName) IsFact() bool { return t == TypeRelation || t == TypeProduct || t == TypeConsent }

// Holds is how many values of an attribute one customer can have.
type Holds string

// One makes a valid value a veto against another one; Many does not.
const (
	One  Holds = "one"
	Many Holds = "many"
)

// Keep is a rule of survivorship.
type Keep string

// The rules of survivorship.
const (
	KeepTrusted      Keep = "trusted"
	KeepLatest       Keep = "latest"
	KeepMostAgreed   Keep = "most_agreed"
	KeepMostComplete Keep = "most_complete"
	KeepLongest      Keep = "longest"
	KeepAll          Keep = "all"
)

// Sensitivity says how carefully a value is shown.
type Sensitivity string

// The levels of sensitivity; the empty one counts as Personal.
const (
	Public   Sensitivity = "public"
	Personal Sensitivity = "personal"
	Secret   Sensitivity = "secret"
)

// AttributeID is the place of an attribute in [Portrait.Attributes]. It is valid for one
// compiled portrait only; what is stored names attributes by kind and name.
type AttributeID uint8

// Attribute is one line of the portrait, complete: every default of its type is filled in.
type Attribute struct {
	ID          AttributeID
	Kind        Kind
	Name        string
	Type        TypeName
	Holds       Holds
	SharedBy    int // how many customers may truly share one value; 0: never generic
	Sensitivity Sensitivity
	Required    bool
	Keep        Keep
	AtMost      int      // most values kept by KeepAll; 0: no limit
	First       Keep     // which of several kept values stands first; "" as KeepMostAgreed
	By          string   // "kind": one value survives per value kind (registration, living, ...)
	To          Kind     // a relation's other end
	Of          []string // a set's members
	Trust       []Source // this attribute's own order of trust; empty: the hub's
}

// Portrait is what the company keeps about a customer, compiled.
type Portrait struct {
	Attributes []Attribute // persons' first, then organizations', each in the order of the config
	byName     map[Kind]map[string]AttributeID
}

// NewPortrait numbers the attributes; kind and name together must be unique, at most 200 in all.
func NewPortrait(attributes []Attribute) (*Portrait, error) {
	p := &Portrait{byName: map[Kind]map[string]AttributeID{}}
	sorted := append([]Attribute(nil), attributes...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Kind > sorted[j].Kind }) // person before organization
	if len(sorted) > 200 {
		return nil, fmt.Errorf("portrait: %d attributes; 200 at most", len(sorted))
	}
	for i, a := range sorted {
		a.ID = AttributeID(i)
		names := p.byName[a.Kind]
		if names == nil {
			names = map[string]AttributeID{}
			p.byName[a.Kind] = names
		}
		if _, twice := names[a.Name]; twice {
			return nil, fmt.Errorf("portrait.%s.%s: declared twice", a.Kind, a.Name)
		}
		names[a.Name] = a.ID
		p.Attributes = append(p.Attributes, a)
	}
	return p, nil
}

// Lookup finds an attribute by kind and name.
func (p *Portrait) Lookup(kind Kind, name string) (AttributeID, bool) {
	id, ok := p.byName[kind][name]
	return id, ok
}

// Of returns the attributes of one kind, in order.
func (p *Portrait) Of(kind Kind) []Attribute {
	var out []Attribute
	for _, a := range p.Attributes {
		if a.Kind == kind {
			out = append(out, a)
		}
	}
	return out
}

// Attribute returns the attribute of an id of this portrait.
func (p *Portrait) Attribute(id AttributeID) *Attribute { return &p.Attributes[id] }
