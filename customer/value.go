package customer

// Verdict is what standardizing found out about a value.
type Verdict uint8

// The verdicts, from none to best. Explicitly empty is a statement of its own: the source
// says that there is no value; a value that was not delivered is simply not in the list.
const (
	Empty     Verdict = iota + 1 // the source delivered the field, empty
	Filler                       // a placeholder: 0000000, нет, 01.01.1900; raw kept, no evidence
	Invalid                      // cannot be what its type says, or its check digit is wrong; raw kept
	Ambiguous                    // more than one valid reading; the others stand in Alternatives
	Plausible                    // right shape; the type has no check, or a part was guessed
	Valid                        // checked: check digit, calendar, numbering plan
)

var verdictNames = [...]string{"", "empty", "filler", "invalid", "ambiguous", "plausible", "valid"}

// String names the verdict as it is stored and shown.
func (v Verdict) String() string { return verdictNames[v] }

// MarshalText implements encoding.TextMarshaler.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Usable reports whether the value is evidence for matching and may survive as golden.
func (v Verdict) Usable() bool { return v >= Ambiguous }

// Value is one value of one attribute of one record, standardized.
type Value struct {
	Attribute AttributeID
	Verdict   Verdict
	Kind      string   // what sort of value: registration, living, work, mobile, maiden, ...; often ""
	Raw       string   // as delivered, parts joined by one blank
	Standard  string   // the comparable form shown to people: E.164, 1985-04-12, "Ковалёв Александр Петрович"; "" if not Usable
	Parts     []string // the parts that the type defines (Name*, Org*, Address*, Phone*); nil if it has none
	// Alternatives are further standard forms that are as possible as Standard:
	// other readings of an ambiguous number or date.
	Alternatives []string
	Observed     Instant // when the source says it was true; zero: it does not say
	Note         string  // key of a phrase about it ("phone.guessed_area"), "" for none
}

// Parts of person_name, for [Value.Parts]. Each is as written, title case, look-alike
// letters repaired; folding for comparison is matching's.
const (
	NameLast       = iota // Ковалёв; double surnames with a hyphen
	NameFirst             // Александр, or an initial "А"
	NamePatronymic        // Петрович, Октай оглы, or an initial "П"; middle names of Latin names
	NameSuffix            // Jr, III
	NameMaiden            // Смирнова of "Иванова (Смирнова)"
	NameGender            // "m", "f" or "": what the name itself tells
	NameRole              // "sole_trader" when written as ИП, ФОП, ...
	NameParts             // how many parts there are
)

// Parts of organization_name.
const (
	OrgCore   = iota // Ромашка Тест: without legal form and quotes
	OrgForm          // ООО, in one spelling per form: OOO, AO, LLC, TOV, ...
	OrgBranch        // филиал ..., "" for the head office
	OrgParts
)

// Parts of address. Street and City are without their type words.
const (
	AddressPostcode = iota
	AddressCountry
	AddressRegion
	AddressCity
	AddressStreet
	AddressHouse // 12, 12/5, 12а
	AddressBuilding
	AddressFlat
	AddressParts
)

// Parts of phone; Standard is the E.164 number.
const (
	PhoneExtension = iota
	PhoneLine      // mobile, fixed, toll_free, "" unknown
	PhoneRemark    // "муж", "не звонить"
	PhoneParts
)

// Part returns one part, "" if the value has none.
func (v *Value) Part(i int) string {
	if i < len(v.Parts) {
		return v.Parts[i]
	}
	return ""
}

// Consent is a statement of the customer on being contacted. It hangs on its record;
// across the records of one code refusal wins.
type Consent struct {
	Purpose string  `json:"purpose"`           // marketing, profiling, ...
	Channel string  `json:"channel,omitempty"` // sms, email, phone; "" for every channel
	Address string  `json:"address,omitempty"` // the contact point it is about, standardized; "" for the person
	Given   bool    `json:"given"`             // false: refused or withdrawn
	At      Instant `json:"at,omitzero"`
}

// Relation is a dated tie between the record's customer and another source record; it is
// resolved to a code when read.
type Relation struct {
	Attribute string `json:"attribute"` // name of the portrait's relation
	Role      string `json:"role,omitempty"`
	Target    Ref    `json:"target"`
	From      Date   `json:"from,omitzero"`
	To        Date   `json:"to,omitzero"`
}

// Product is something the customer has with the company: account, loan, card, SIM.
type Product struct {
	Kind   string `json:"kind"`
	Number string `json:"number"`
	Status string `json:"status,omitempty"`
	Opened Date   `json:"opened,omitzero"`
	Closed Date   `json:"closed,omitzero"`
}

// Standard is a source record made comparable.
type Standard struct {
	Kind      Kind
	Values    []Value // by attribute id, within an attribute in the order of the source
	Consents  []Consent
	Relations []Relation
	Products  []Product
	// Observed is when the source last changed the row, if it says so; values without an
	// own date take it.
	Observed Instant
}

// Of returns the values of one attribute.
func (s *Standard) Of(id AttributeID) []Value {
	i := 0
	for i < len(s.Values) && s.Values[i].Attribute != id {
		i++
	}
	j := i
	for j < len(s.Values) && s.Values[j].Attribute == id {
		j++
	}
	return s.Values[i:j:j]
}
