package standardize

import (
	"slices"

	"kartoteka/customer"
)

// Type is what standardizing knows about a type of attributes.
type Type struct {
	Doc string // one sentence for the reference page
	// Parts are the names of the columns that may make one value, in the order of
	// [customer.RawValue] Parts; nil when a value stands in one column.
	Parts []string
	parse parser
}

var (
	nameParts    = []string{"last", "first", "patronymic", "suffix", "maiden", "gender", "role"}
	orgParts     = []string{"core", "form", "branch"}
	dateParts    = []string{"year", "month", "day"}
	addressParts = []string{"postcode", "country", "region", "city", "street", "house", "building", "flat"}
	phoneParts   = []string{"extension", "line", "remark"}
	passportPart = []string{"series", "number"}
)

// PartIndex finds the place of a part by its name: "last" of a person_name is [customer.NameLast].
func PartIndex(t customer.TypeName, part string) (int, bool) {
	i := slices.Index(Types()[t].Parts, part)
	return i, i >= 0
}
