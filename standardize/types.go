package standardize

import (
	"maps"
	"slices"

	"kartoteka/customer"
)

// Type is what standardizing knows about a type of attributes.
type Type struct {
	Doc string // one sentence for the reference page
	// Parts are the names of the columns that may make one value, in the order of
	// [customer.RawValue] Parts; nil when a value stands in one column.
	Parts []string
	// parse is nil for facts, which hang on their record as they are.
	parse parser
}

var types = map[customer.TypeName]Type{
	customer.TypePersonName: {"A person's name in any order, with patronymic, initials, titles, maiden name and role taken apart.",
		[]string{"last", "first", "patronymic", "suffix", "maiden", "gender", "role"}, parseName},
	customer.TypeOrgName: {"An organization's name: core, legal form, branch.", []string{"core", "form", "branch"}, parseOrg},
	customer.TypeDate: {"A date, whole or in part, however written, as ISO 8601; also the serial number of a spreadsheet.",
		[]string{"year", "month", "day"}, parseDate},
	customer.TypeGender: {"Gender, as m or f.", nil, parseGender},
	customer.TypePhone: {"Phone numbers, one or several in a cell, in E.164, with extension and remark.",
		[]string{"extension", "line", "remark"}, parsePhone},
	customer.TypeEmail: {"E-mail addresses in lower case.", nil, parseEmail},
	customer.TypeAddress: {"A postal address taken apart, without type words.",
		[]string{"postcode", "country", "region", "city", "street", "house", "building", "flat"}, parseAddress},
	customer.TypeText:       {"A short text, compared as a whole.", nil, parseText},
	customer.TypeCategory:   {"One of few texts: a country, an occupation.", nil, parseText},
	customer.TypeSet:        {"Several members of a closed list.", nil, parseSet},
	customer.TypeRelation:   {"A tie to another record; kept as delivered.", nil, nil},
	customer.TypeProduct:    {"Something that the customer has; kept as delivered.", nil, nil},
	customer.TypeConsent:    {"A statement on being contacted; kept as delivered.", nil, nil},
	customer.TypeINN:        {"Russian ИНН: 10 digits of an organization, 12 of a person, with check digits; lost leading zeros are put back.", nil, parseINN},
	customer.TypeKPP:        {"Russian КПП, 9 signs.", nil, parseKPP},
	customer.TypeOGRN:       {"Russian ОГРН or ОГРНИП with check digit.", nil, ruleOGRN.parse},
	customer.TypeSNILS:      {"Russian СНИЛС, 11 digits with check digits.", nil, ruleSNILS.parse},
	customer.TypeRUPassport: {"Russian passport: series and number.", []string{"series", "number"}, parseRUPassport},
	customer.TypeRNOKPP:     {"Ukrainian РНОКПП with check digit.", nil, ruleRNOKPP.parse},
	customer.TypeEDRPOU:     {"Ukrainian ЄДРПОУ with check digit.", nil, ruleEDRPOU.parse},
	customer.TypeUAPassport: {"Ukrainian passport: two letters and six digits, or the nine digits of a card.", []string{"series", "number"}, parseUAPassport},
	customer.TypeUNP:        {"Belarusian УНП with check digit.", nil, ruleUNP.parse},
	customer.TypeBYPersonal: {"Belarusian personal number, 14 signs: sex and century, birth date, region, serial, citizenship, check digit.", nil, ruleBYPersonal.parse},
	customer.TypeIIN:        {"Kazakh ИИН or БИН with check digit.", nil, ruleIIN.parse},
	customer.TypeIBAN:       {"IBAN with check digits.", nil, parseIBAN},
	customer.TypeNumber:     {"A number of a document without a known check.", nil, parseNumber},
}

// Types gives the entry of each type of [customer.Types].
func Types() map[customer.TypeName]Type { return maps.Clone(types) }

// PartIndex finds the place of a part by its name: "last" of a person_name is [customer.NameLast].
func PartIndex(t customer.TypeName, part string) (int, bool) {
	i := slices.Index(types[t].Parts, part)
	return i, i >= 0
}
