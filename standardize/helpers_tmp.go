package standardize

import "kartoteka/customer"

func parseText(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	return result(dst, customer.Plausible, in.text, "")
}
func (z *Standardizer) instant(string) customer.Instant { return customer.Instant{} }

// Types lists each type with its parser.
func Types() map[customer.TypeName]Type {
	m := map[customer.TypeName]Type{}
	for _, t := range customer.Types() {
		m[t] = Type{parse: parseText}
	}
	m[customer.TypePersonName] = Type{"", nameParts, parseText}
	m[customer.TypeOrgName] = Type{"", orgParts, parseText}
	m[customer.TypeDate] = Type{"", dateParts, parseText}
	m[customer.TypeAddress] = Type{"", addressParts, parseText}
	m[customer.TypePhone] = Type{"", phoneParts, parseText}
	m[customer.TypeRUPassport] = Type{"", passportPart, parseText}
	m[customer.TypeUAPassport] = Type{"", passportPart, parseText}
	return m
}

// Probe tells what a text would be worth as a value of a type.
func Probe(t customer.TypeName, text string) customer.Verdict { return 0 }

// Fingerprint identifies what standardizing depends on besides the data.
func (z *Standardizer) Fingerprint() string { return "1" }

// Row standardizes a row.
func (z *Standardizer) Row(m *customer.Mapped) (customer.Standard, customer.FilterReason) {
	s := customer.Standard{Kind: m.Kind, Observed: m.Observed}
	for i := range m.Values {
		s.Values = z.appendValues(s.Values, z.portrait.Attribute(m.Values[i].Attribute), &m.Values[i], m.City)
	}
	return s, ""
}
