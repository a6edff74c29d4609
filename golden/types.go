package golden

import "kartoteka/customer"

// Type is the survivorship part of an attribute type.
type Type struct {
	Keep   customer.Keep
	AtMost int           // of KeepAll; 0: no limit
	First  customer.Keep // which of several kept values stands first; "" as KeepMostAgreed
	By     string        // "kind": one value survives per value kind
	// Parts names the parts of a value, in the order of [customer.Value.Parts], as the
	// document spells them.
	Parts []string

	text  bool // values that differ only in case, blanks and ё/е are one value
	parts bool // filled parts make a value more complete
}

var (
	single = Type{Keep: customer.KeepMostAgreed}
	many   = Type{Keep: customer.KeepAll, First: customer.KeepLatest}
	latest = Type{Keep: customer.KeepLatest}
	facts  = Type{Keep: customer.KeepAll}
)

var types = map[customer.TypeName]Type{
	customer.TypePersonName: {Keep: customer.KeepTrusted, text: true, parts: true,
		Parts: []string{"last", "first", "patronymic", "suffix", "maiden", "gender", "role"}},
	customer.TypeOrgName: {Keep: customer.KeepTrusted, text: true, parts: true, Parts: []string{"core", "form", "branch"}},
	customer.TypeDate:    single,
	customer.TypeGender:  single,
	customer.TypePhone: {Keep: customer.KeepAll, AtMost: 5, First: customer.KeepLatest,
		Parts: []string{"extension", "line", "remark"}},
	customer.TypeEmail: {Keep: customer.KeepAll, AtMost: 3, First: customer.KeepLatest},
	customer.TypeAddress: {Keep: customer.KeepLatest, By: "kind", text: true, parts: true,
		Parts: []string{"postcode", "country", "region", "city", "street", "house", "building", "flat"}},
	customer.TypeText:       {Keep: customer.KeepMostAgreed, text: true},
	customer.TypeCategory:   {Keep: customer.KeepMostAgreed, text: true},
	customer.TypeSet:        {Keep: customer.KeepAll},
	customer.TypeRelation:   facts,
	customer.TypeProduct:    facts,
	customer.TypeConsent:    facts,
	customer.TypeINN:        single,
	customer.TypeKPP:        many,
	customer.TypeOGRN:       single,
	customer.TypeSNILS:      single,
	customer.TypeRUPassport: latest,
	customer.TypeRNOKPP:     single,
	customer.TypeBYPersonal: single,
	customer.TypeEDRPOU:     single,
	customer.TypeUAPassport: latest,
	customer.TypeUNP:        single,
	customer.TypeIIN:        single,
	customer.TypeIBAN:       many,
	customer.TypeNumber:     single,
}

// Types gives the survivorship defaults of every type; config fills an attribute from them.
func Types() map[customer.TypeName]Type {
	out := make(map[customer.TypeName]Type, len(types))
	for name, t := range types {
		out[name] = t
	}
	return out
}

// Keeps lists every rule of survivorship. The names are stable keys: they stand in the
// config, in the provenance of golden values, and phrases speaks about them.
func Keeps() []customer.Keep {
	return []customer.Keep{customer.KeepTrusted, customer.KeepLatest, customer.KeepMostAgreed,
		customer.KeepMostComplete, customer.KeepLongest, customer.KeepAll}
}

// RulePinned is the rule of a value that a steward fixed.
const RulePinned = "pinned"
