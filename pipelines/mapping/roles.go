package mapping

import (
	"slices"
	"strings"

	"kartoteka/customer"
)

// roles says which attributes of a portrait play the roles that the vocabulary knows.
type roles struct {
	portrait *customer.Portrait
	names    map[string][]string // role → attribute names, one or, if kinds differ, two
	direct   map[string]string   // squashed attribute name → attribute, for those without a role
}

// roleTypes are the roles that a type alone decides; the first type that the portrait has wins.
var roleTypes = []struct {
	role  string
	types []customer.TypeName
}{
	{"name", []customer.TypeName{customer.TypePersonName, customer.TypeOrgName}},
	{"gender", []customer.TypeName{customer.TypeGender}},
	{"phone", []customer.TypeName{customer.TypePhone}},
	{"email", []customer.TypeName{customer.TypeEmail}},
	{"address", []customer.TypeName{customer.TypeAddress}},
	{"inn", []customer.TypeName{customer.TypeINN}},
	{"kpp", []customer.TypeName{customer.TypeKPP}},
	{"ogrn", []customer.TypeName{customer.TypeOGRN}},
	{"snils", []customer.TypeName{customer.TypeSNILS}},
	{"passport", []customer.TypeName{customer.TypeRUPassport, customer.TypeUAPassport}},
	{"rnokpp", []customer.TypeName{customer.TypeRNOKPP}},
	{"edrpou", []customer.TypeName{customer.TypeEDRPOU}},
	{"unp", []customer.TypeName{customer.TypeUNP}},
	{"personal_no", []customer.TypeName{customer.TypeBYPersonal}},
	{"iin", []customer.TypeName{customer.TypeIIN}},
	{"iban", []customer.TypeName{customer.TypeIBAN}},
	{"consent", []customer.TypeName{customer.TypeConsent}},
	{"product", []customer.TypeName{customer.TypeProduct}},
}

func rolesOf(p *customer.Portrait) roles {
	r := roles{p, map[string][]string{}, map[string]string{}}
	for _, rt := range roleTypes {
		for _, a := range p.Attributes {
			if slices.Contains(rt.types, a.Type) {
				r.add(rt.role, a.Name)
			}
		}
	}
	r.birth()
	r.otherNumbers()
	for _, a := range p.Attributes {
		if !a.Type.IsFact() && !r.played(a.Name) {
			r.direct[squash(words(strings.TrimPrefix(a.Name, extraPrefix)))] = a.Name
		}
	}
	return r
}

// otherNumbers are numbers without a type of their own: the attribute's name tells what they are.
func (r *roles) otherNumbers() {
	for _, a := range r.portrait.Attributes {
		if a.Type != customer.TypeNumber {
			continue
		}
		if h, ok := loadVocabulary().find(strings.ReplaceAll(a.Name, "_", " ")); ok && h.concept.part == "" && len(r.names[h.concept.attribute]) == 0 {
			switch h.concept.attribute {
			case "passport", "national_id", "tax_no", "register_no":
				r.add(h.concept.attribute, a.Name)
			}
		}
	}
}

func (r *roles) add(role, name string) {
	if !slices.Contains(r.names[role], name) {
		r.names[role] = append(r.names[role], name)
	}
}

// birth finds the date that a person was born on among the dates: by its name, else the only one.
func (r *roles) birth() {
	var dates []string
	for _, a := range r.portrait.Of(customer.Person) {
		if a.Type != customer.TypeDate {
			continue
		}
		if h, ok := loadVocabulary().find(a.Name); ok && h.concept.attribute == "birth_date" {
			r.names["birth_date"] = []string{a.Name}
			return
		}
		dates = append(dates, a.Name)
	}
	if len(dates) == 1 {
		r.names["birth_date"] = dates
	}
}

func (r *roles) played(name string) bool {
	for _, names := range r.names {
		if slices.Contains(names, name) {
			return true
		}
	}
	return false
}

// has reports whether the portrait has an attribute for a role; roles with "-" need none.
func (r *roles) has(role string) bool {
	switch role {
	case "person", "full", "org", "short":
		role = "name"
	}
	return strings.HasPrefix(role, "-") || strings.HasPrefix(role, "=") || len(r.names[role]) > 0
}

// name is the attribute's name for a role, as the report shows it.
func (r *roles) name(role string) string {
	switch role {
	case "":
		return "-raw"
	case "person", "full", "org", "short":
		role = "name"
	}
	if names := r.names[role]; len(names) > 0 {
		return names[0]
	}
	return strings.TrimPrefix(role, "=")
}

// all lists the attributes of a role: two when the kinds name them differently.
func (r *roles) all(role string) []string { return r.names[role] }
