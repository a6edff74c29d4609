package mapping

import (
	"strings"

	"kartoteka/customer"
)

// Proposal is a mapping found by looking, with the reasons for it.
type Proposal struct {
	Mapping customer.Mapping
	Columns []Column // one for each column of the table, in order
	// Extra are attributes that the portrait does not have: x.<column>. They are not in Mapping
	// fields unless the caller adds them to the portrait; [Proposal.WithExtra] maps them.
	Extra   []customer.Attribute
	Country string // that the values speak of: RU, UA, AU, ...; "" when they do not say
}

// Column is what one column was found to be.
type Column struct {
	Column     string  `json:"column"`
	Attribute  string  `json:"attribute,omitempty"` // of the portrait; with a leading "-" a role that is no attribute: -key, -kind, -raw
	Part       string  `json:"part,omitempty"`
	Kind       string  `json:"kind,omitempty"` // value kind: mobile, registration
	Confidence float64 `json:"confidence"`
	Reason     string  `json:"reason"`
}

// Mapped reports whether the column gives values to an attribute or a fact of the portrait.
func (c Column) Mapped() bool { return !strings.HasPrefix(c.Attribute, "-") }

// guess is the meaning given to a column while inferring.
type guess struct {
	concept    concept
	confidence float64
	reason     string
}

// inference is one run of Infer.
type inference struct {
	roles   roles
	source  customer.Source
	table   *customer.Table
	columns []*column
	guesses []guess
	out     Proposal
	keyed   bool // rows bring their own key
	kinded  bool // rows bring their own kind

	sample    []customer.Row
	twinRows  [][2]*customer.Row
	twinsDone bool
}

// Infer proposes what the columns of a table mean, from their names and from sampled rows.
// It looks at up to 1,000 values a column, fewer when the table is very wide. A number that
// only its source knows the meaning of becomes an attribute of that source alone.
func Infer(p *customer.Portrait, source customer.Source, t *customer.Table, sample []customer.Row) Proposal {
	f := &inference{roles: rolesOf(p), source: source, table: t, columns: lookAt(t, sample), sample: sample}
	f.keyed, f.kinded = ownKeys(sample), ownKinds(sample)
	f.guess()
	f.nameless()
	f.names()
	f.dates()
	f.addresses()
	f.documents()
	f.contacts()
	f.numbers()
	f.facts()
	f.roleColumns()
	f.kind()
	f.extras()
	f.out.Country = f.country()
	f.report()
	return f.out
}

// WithExtra is the mapping with the extra attributes mapped too: for a caller that adds them to its portrait.
func (p Proposal) WithExtra() customer.Mapping {
	m := p.Mapping
	m.Fields = append([]customer.Field(nil), m.Fields...)
	done := map[string]bool{}
	for _, a := range p.Extra {
		if done[a.Name] {
			continue
		}
		done[a.Name] = true
		for _, c := range p.Columns {
			if c.Attribute == a.Name {
				m.Fields = append(m.Fields, customer.Field{Attribute: a.Name, Columns: []string{c.Column}})
			}
		}
	}
	return m
}

// field adds a field for the columns and marks them as used.
func (f *inference) field(fd customer.Field) { f.out.Mapping.Fields = append(f.out.Mapping.Fields, fd) }

// of returns the columns whose present guess is the role, in table order.
func (f *inference) of(attribute string) []*column {
	var out []*column
	for i, g := range f.guesses {
		if g.concept.attribute == attribute {
			out = append(out, f.columns[i])
		}
	}
	return out
}

func (f *inference) at(c *column) *guess { return &f.guesses[c.index] }

// raw takes a column's meaning away.
func (f *inference) raw(c *column, reason string) {
	f.guesses[c.index] = guess{concept{attribute: "-raw"}, f.guesses[c.index].confidence, reason}
}

// left gives a column back to the extras.
func (f *inference) left(c *column, reason string) {
	f.guesses[c.index] = guess{concept{}, 0, reason}
}

func (f *inference) report() {
	f.out.Columns = make([]Column, len(f.columns))
	for i, g := range f.guesses {
		attribute := f.roles.name(g.concept.attribute)
		f.out.Columns[i] = Column{f.table.Columns[i], attribute, g.concept.part, g.concept.kind, g.confidence, g.reason}
	}
}

func ownKeys(sample []customer.Row) bool {
	for i := range sample {
		if sample[i].Key == "" {
			return false
		}
	}
	return len(sample) > 0
}

func ownKinds(sample []customer.Row) bool {
	n := 0
	for i := range sample {
		if sample[i].Kind != "" {
			n++
		}
	}
	return n*10 > len(sample)*9
}
