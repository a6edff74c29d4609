package customer

import "encoding/json"

// Document is the written form of a golden record: what is stored, published, exported and
// answered over HTTP. Its JSON is the feed's published schema.
type Document struct {
	Code       Code                       `json:"code"`
	Kind       Kind                       `json:"kind,omitempty"`
	State      CodeState                  `json:"state"`
	Epoch      int64                      `json:"epoch"`
	Version    int64                      `json:"version"`
	Successor  Code                       `json:"successor,omitzero"` // of a retired code
	Attributes map[string][]DocumentValue `json:"attributes,omitempty"`
	Consents   []Consent                  `json:"consents,omitempty"`
	Products   []Product                  `json:"products,omitempty"`
	Relations  []Relation                 `json:"relations,omitempty"`
	// Members are the first [DocumentMembers] source records by source and key; MemberCount
	// tells how many there are. The crosswalk names them all.
	Members     []DocumentMember `json:"members,omitempty"`
	MemberCount int              `json:"member_count,omitempty"`
}

// DocumentMembers is how many members a document names, so that one customer with thousands
// of rows does not outgrow a message.
const DocumentMembers = 100

// DocumentValue is one golden value with its lineage.
type DocumentValue struct {
	Value     string            `json:"value"`
	Parts     map[string]string `json:"parts,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Verdict   Verdict           `json:"verdict,omitzero"`
	Source    Source            `json:"source,omitempty"`
	Record    RecordID          `json:"record,omitempty"`
	Revision  int               `json:"revision,omitempty"`
	Rule      string            `json:"rule,omitempty"`
	Agreement int               `json:"agreement,omitempty"`
	Observed  Instant           `json:"observed,omitzero"`
	RunnersUp []RunnerUp        `json:"runners_up,omitempty"`
}

// DocumentMember is a source record of the code.
type DocumentMember struct {
	Source Source   `json:"source"`
	Key    string   `json:"key"`
	Record RecordID `json:"record"`
}

// UnmarshalText implements encoding.TextUnmarshaler; an unknown name is the zero Verdict.
func (v *Verdict) UnmarshalText(b []byte) error {
	*v = 0
	for i, name := range verdictNames {
		if name == string(b) {
			*v = Verdict(i)
		}
	}
	return nil
}

// JSON encodes the document; map keys come sorted, so equal documents have equal bytes.
func (d *Document) JSON() ([]byte, error) { return json.Marshal(d) }
