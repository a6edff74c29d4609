package customer

// Run is one reading of a source.
type Run struct {
	ID       int64
	Source   Source
	SourceID int32
	Cursor   string // of the source when the run began
	// Repeated counts rows with the key of an earlier row of the run and other content: the last
	// one counts. Many of them say that the key column is none.
	Repeated int64
	// Erased counts rows that were left out because their customer was erased.
	Erased int64
}

// Counts are what became of the rows of a run: Read is the sum of the others (I11).
type Counts struct {
	Read      int64 `json:"read"`
	Accepted  int64 `json:"accepted"`
	Unchanged int64 `json:"unchanged"`
	Rejected  int64 `json:"rejected"`
	Filtered  int64 `json:"filtered"`
}

// Add sums counts.
func (c *Counts) Add(d Counts) {
	c.Read += d.Read
	c.Accepted += d.Accepted
	c.Unchanged += d.Unchanged
	c.Rejected += d.Rejected
	c.Filtered += d.Filtered
}

// NewRecord is what a bulk load knows about a record besides what resolve decides.
type NewRecord struct {
	Source      int32
	Key         string
	Landed      int32
	Fingerprint int64
	Run         int64
}

// Body is one revision of a record on its way into an empty base.
type Body struct {
	Record   RecordID
	Revision int
	Run      int64
	Raw      []byte
	Standard []byte // encoded
}

// Ruleset is everything that the answer depends on besides the data, as it is stored.
type Ruleset struct {
	Hash  string // identifies it
	Text  string // JSON: configuration and extra attributes
	Model string // JSON: learned numbers
}

// Report is what a load found out: the first product that people see.
type Report struct {
	Records   int64          `json:"records"`   // live, of all sources
	Customers int64          `json:"customers"` // active codes
	Across    int64          `json:"across"`    // customers with records in more than one source
	Largest   int64          `json:"largest"`   // records of the largest customer
	Sources   []SourceReport `json:"sources"`
	Overlaps  []Overlap      `json:"overlaps,omitempty"`
	Fields    []FieldReport  `json:"fields,omitempty"` // completeness of the rows of this load
	Doubtful  int64          `json:"doubtful"`         // open questions for a steward
	Examples  []DoubtfulPair `json:"doubtful_pairs,omitempty"`
	Closed    int64          `json:"closed_keys"`
	Generic   int64          `json:"generic_values"`
	Advice    []string       `json:"advice,omitempty"` // what a person should do next, as sentences
}

// SourceReport is one source in a report.
type SourceReport struct {
	Source     Source `json:"source"`
	Records    int64  `json:"records"`
	Customers  int64  `json:"customers"`
	Duplicates int64  `json:"duplicates"` // records beyond the first of a customer within the source
	Shared     int64  `json:"shared"`     // customers that other sources know too
}

// Overlap is how many customers two sources share.
type Overlap struct {
	A         Source `json:"a"`
	B         Source `json:"b"`
	Customers int64  `json:"customers"`
}

// FieldReport is how complete an attribute is.
type FieldReport struct {
	Kind      Kind   `json:"kind"`
	Attribute string `json:"attribute"`
	Filled    int64  `json:"filled"` // rows with a usable value
	Doubtful  int64  `json:"doubtful"`
	Rows      int64  `json:"rows"` // of the kind
}

// DoubtfulPair is a pair of codes that only a person should judge.
type DoubtfulPair struct {
	Code   Code  `json:"code"`
	Other  Code  `json:"other"`
	Weight int32 `json:"weight"` // hundredths of a bit; the link threshold is higher
}
