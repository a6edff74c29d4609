package customer

// Mapping says how the columns of a source become attributes. It is written in config under
// sources.<name>, or found by looking at the data.
type Mapping struct {
	// Standard is the name of a built-in mapping that a format brings along ("standard"), used instead of Fields.
	Standard string
	Key      []string // columns that make the key; empty: the row's own key or a hash
	Kind     *KindRule
	Observed string // column with the time of the last change
	City     string // column whose city gives the area code
	Fields   []Field
	Consents []ConsentField
	Products []ProductField
	Links    []RelationField
}

// KindRule decides the kind of each row. With no Column, Always stands for all rows.
type KindRule struct {
	Always       Kind
	Column       string
	Person       []string // values of Column that mean a person
	Organization []string
}

// Field maps columns to one value of one attribute.
type Field struct {
	Attribute string // name in the portrait, for whichever kind the row is
	Columns   []string
	// Parts says what part each column is, by the type's part names (last, first, patronymic,
	// year, month, day, city, street, ...); nil: the columns are joined by a blank.
	Parts     []string
	ValueKind string
	Format    string
	Issued    string            // column with a document's date
	When      map[string]string // column → the value it must have
}

// ConsentField maps a column to a consent.
type ConsentField struct {
	Purpose  string
	Channels []string
	Column   string
	Yes, No  []string // values; both empty: да/нет, true/false, 1/0, Y/N and their like
	At       string   // column
}

// ProductField maps columns to a product.
type ProductField struct {
	Kind                           string // a fixed kind
	Number, Status, Opened, Closed string // columns
}

// RelationField maps columns to a relation.
type RelationField struct {
	Attribute    string
	TargetSource Source // "" for the same source
	TargetKey    string // column
	Role         string // column, or "=word" for a fixed role
	From, To     string // columns
}
