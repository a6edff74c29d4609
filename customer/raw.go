package customer

// Table describes one table of a source: a sheet, a file, an element type. Columns may
// grow while it is read (JSON Lines); an index once given stays.
type Table struct {
	Name    string // "" when the source has one table only
	Columns []string
}

// Place says where a row stands in what was read, for rejects and reports; it holds no
// personal data.
type Place struct {
	File   string `json:"file,omitempty"`  // base name, or the table or topic
	Table  string `json:"table,omitempty"` // sheet, element
	Row    int64  `json:"row,omitempty"`   // 1-based line, row, or running number of the element
	Offset int64  `json:"offset,omitempty"`
}

// Cell is one delivered field of a row. A column may come more than once (several phones);
// a column without a cell was not delivered; a cell with an empty text is explicitly empty.
type Cell struct {
	Column int // index in Table.Columns
	Text   string
}

// Row is a row as a connector read it, before any meaning is given to it.
type Row struct {
	Table *Table
	Place Place
	Op    Op     // "" counts as Upsert
	Key   string // the source's own key if the format has one (a GUID, a primary key), else ""
	Kind  Kind   // if the format itself says so, else ""
	Cells []Cell
	// Observed is when the source last changed the row, if it says so.
	Observed Instant
}

// RawValue is what a mapping gives the standardizer for one attribute of one row.
type RawValue struct {
	Attribute AttributeID
	Text      string   // the cell; "" with no Parts is explicitly empty
	Parts     []string // instead of Text: several columns that make one value, by the type's part order (Name*, Address*, or year, month, day of a date)
	Kind      string   // registration, work, ...
	Format    string   // as the mapping says: dd.mm.yyyy; "" to find out
	Issued    string   // date of a document, when mapped
	Observed  Instant
	Written   string // what was received, when Text or Parts were freed of the marks of a web page
}

// RawConsent is a consent as delivered.
type RawConsent struct {
	Purpose, Channel, Address string
	Given                     bool
	At                        string
}

// Mapped is a row after the mapping: meaning given, nothing standardized.
type Mapped struct {
	Kind      Kind // "" when the row does not say; standardize decides then
	Values    []RawValue
	Consents  []RawConsent
	Relations []Relation
	Products  []RawProduct
	Observed  Instant
	City      string // the row's city as text, for phones without an area code
}

// RawProduct is a product with dates as delivered.
type RawProduct struct{ Kind, Number, Status, Opened, Closed string }

// Incoming is a row ready to land: identified, kept raw, standardized.
type Incoming struct {
	Ref      Ref
	Op       Op
	Place    Place
	Raw      []byte // the row as received: a JSON object column → text or list of texts, in column order
	Standard Standard
	Encoded  []byte // Standard by [Codec]
}

// Reject is input that could not become a record; it is kept whole so that it can be mended and replayed.
type Reject struct {
	Source Source `json:"source"`
	Place  Place  `json:"place"`
	Field  string `json:"field,omitempty"` // column, never its value
	Code   string `json:"code"`            // stable: row.columns, row.encoding, key.missing, ...
	Reason string `json:"reason"`          // one sentence with the cure, without personal data
	Raw    []byte `json:"-"`
}

// FilterReason says why a row is no customer at all.
type FilterReason string

// The reasons for filtering.
const (
	FilteredGroup  FilterReason = "group"  // a heading or a folder inside a list
	FilteredTotal  FilterReason = "total"  // Итого
	FilteredHeader FilterReason = "header" // the header repeated
	FilteredOwn    FilterReason = "own"    // the company itself
	FilteredConfig FilterReason = "config"
	FilteredErased FilterReason = "erased"
	FilteredBlank  FilterReason = "blank" // no attribute of the portrait has a value
)
