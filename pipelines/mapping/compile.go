package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// ErrMapping says that a mapping cannot be used as it is; the text names the field and the cure.
var ErrMapping = errors.New("unusable mapping")

// Mapper gives the rows of one table their meaning. It is for one goroutine, the one that
// reads the table, because the table may grow while it is read.
//
// Several fields of a name with the same value kind are alternatives: the first that the row
// fills with two words stands, else the first filled one. Fields of other attributes all stand.
// An attribute is explicitly empty only if none of its fields has a value in the row.
//
// A column that is mapped whole to a telephone and to an e-mail, or to ИНН and КПП, is taken
// apart: each gets what looks like it.
type Mapper struct {
	portrait *customer.Portrait
	mapping  customer.Mapping
	zone     *time.Location
	fields   []field
	kind     *kindReader
	consents []consentReader
	products []productReader
	links    []linkReader
	observed place
	city     place
	key      []place
	hashed   []*place // mapped columns, by name
	missing  []string

	places []*place // every column that the mapping mentions
	table  *customer.Table
	seen   int // columns of the table that are known

	spots []spot // by column, of the row at hand
	row   uint32 // its running number
	parts []string
}

// place is a column by name, found in the table once it is there.
type place struct {
	name   string
	column int // -1: not in the table (yet)
}

// kinds of a row as places in per-kind lists.
const (
	unknownKind = iota
	personKind
	organizationKind
	kindCount
)

func kindPlace(k customer.Kind) int {
	switch k {
	case customer.Person:
		return personKind
	case customer.Organization:
		return organizationKind
	}
	return unknownKind
}

// field is a compiled [customer.Field].
type field struct {
	of      [kindCount]target
	columns []place
	kind    string // value kind
	format  string
	issued  place
	when    []condition
	split   splitter
	group   int // fields of one group are alternatives and stand together; -1: in none
}

// target is the attribute that a field gives values to, for one kind of row.
type target struct {
	known bool
	id    customer.AttributeID
	parts []int // part of each column; nil: joined by a blank
	size  int   // how many parts the value has
}

type condition struct {
	column place
	value  string
}

// Compile makes the mapper of a mapping for a table. Attributes that the portrait lacks are
// left out and listed by [Mapper.Missing]; columns that the table lacks are waited for. The
// error wraps [ErrMapping].
func Compile(p *customer.Portrait, m *customer.Mapping, t *customer.Table) (*Mapper, error) {
	if m.Standard != "" && len(m.Fields) == 0 {
		return nil, fmt.Errorf("%w: standard mapping %q is not filled in; give the mapping of its connector kind", ErrMapping, m.Standard)
	}
	x := &Mapper{portrait: p, mapping: *m, zone: time.UTC}
	for i := range m.Fields {
		if err := x.addField(&m.Fields[i]); err != nil {
			return nil, err
		}
	}
	x.order()
	x.setSplits()
	x.addFacts()
	x.observed.name, x.city.name = m.Observed, m.City
	for _, name := range m.Key {
		x.key = append(x.key, place{name: name})
	}
	x.collect()
	x.look(t)
	return x, nil
}

// InZone sets the zone of times written without one, for the time of the last change; UTC without it.
func (x *Mapper) InZone(zone *time.Location) *Mapper {
	x.zone = zone
	return x
}

// Missing lists attributes of the mapping that the portrait does not have.
func (x *Mapper) Missing() []string { return x.missing }

// Absent lists columns of the mapping that the table has not shown so far.
func (x *Mapper) Absent() []string {
	var out []string
	for _, pl := range x.places {
		if pl.column < 0 && !slices.Contains(out, pl.name) {
			out = append(out, pl.name)
		}
	}
	return out
}

func (x *Mapper) addField(fd *customer.Field) error {
	if len(fd.Columns) == 0 {
		return fmt.Errorf("%w: %s has no column; name one", ErrMapping, fd.Attribute)
	}
	if fd.Parts != nil && len(fd.Parts) != len(fd.Columns) {
		return fmt.Errorf("%w: %s has %d columns and %d parts; give each column its part", ErrMapping, fd.Attribute, len(fd.Columns), len(fd.Parts))
	}
	c := field{kind: fd.ValueKind, format: fd.Format}
	for _, name := range fd.Columns {
		c.columns = append(c.columns, place{name: name})
	}
	c.issued.name = fd.Issued
	for column, value := range fd.When {
		c.when = append(c.when, condition{place{name: column}, value})
	}
	slices.SortFunc(c.when, func(a, b condition) int { return strings.Compare(a.column.name, b.column.name) })
	known, fits := false, false
	for _, kind := range customer.Kinds() {
		tg, ok := x.target(kind, fd)
		c.of[kindPlace(kind)] = tg
		known, fits = known || tg.known, fits || ok
	}
	if !known {
		if !slices.Contains(x.missing, fd.Attribute) {
			x.missing = append(x.missing, fd.Attribute)
		}
		return nil
	}
	if !fits {
		return fmt.Errorf("%w: %s has no parts %s; see the parts of its type in the reference", ErrMapping, fd.Attribute, strings.Join(fd.Parts, ", "))
	}
	c.of[unknownKind] = c.of[personKind]
	if !c.of[personKind].known {
		c.of[unknownKind] = c.of[organizationKind]
	}
	x.fields = append(x.fields, c)
	return nil
}

// target finds the attribute for a kind; ok is false if its type does not have the parts
// (then their columns are joined, as an organization's name beside a person's).
func (x *Mapper) target(kind customer.Kind, fd *customer.Field) (tg target, ok bool) {
	id, known := x.portrait.Lookup(kind, fd.Attribute)
	if !known {
		return target{}, false
	}
	a := x.portrait.Attribute(id)
	tg = target{known: true, id: id}
	for _, part := range fd.Parts {
		i, ok := standardize.PartIndex(a.Type, part)
		if !ok {
			tg.parts, tg.size = nil, 0
			return tg, false
		}
		tg.parts, tg.size = append(tg.parts, i), max(tg.size, i+1, 2) // one part alone still counts as parts
	}
	return tg, true
}

// order brings the alternatives of a name together, without changing their order.
func (x *Mapper) order() {
	for i := range x.fields {
		fd := &x.fields[i]
		fd.group = slices.IndexFunc(x.fields, func(o field) bool { return sameName(x.portrait, &o, fd) })
	}
	var sorted []field
	for i := range x.fields {
		if g := x.fields[i].group; g < 0 {
			sorted = append(sorted, x.fields[i])
		} else if g == i {
			for _, fd := range x.fields[i:] {
				if fd.group == g {
					sorted = append(sorted, fd)
				}
			}
		}
	}
	x.fields = sorted
}

// sameName reports fields that are alternatives: of one name, of one value kind.
func sameName(p *customer.Portrait, a, b *field) bool {
	id := a.of[unknownKind].id
	t := p.Attribute(id).Type
	return (t == customer.TypePersonName || t == customer.TypeOrgName) && id == b.of[unknownKind].id && a.kind == b.kind
}

// collect lists every place, and those that make the hash of a row without a key.
func (x *Mapper) collect() {
	add := func(pl *place) {
		pl.column = -1
		if pl.name != "" {
			x.places = append(x.places, pl)
		}
	}
	for i := range x.fields {
		fd := &x.fields[i]
		for j := range fd.columns {
			add(&fd.columns[j])
		}
		add(&fd.issued)
		for j := range fd.when {
			add(&fd.when[j].column)
		}
	}
	x.factPlaces(add)
	x.hashed = slices.Clone(x.places)
	slices.SortStableFunc(x.hashed, func(a, b *place) int { return strings.Compare(a.name, b.name) })
	x.hashed = slices.CompactFunc(x.hashed, func(a, b *place) bool { return a.name == b.name })
	add(&x.observed)
	add(&x.city)
	for i := range x.key {
		add(&x.key[i])
	}
	if x.kind != nil {
		add(&x.kind.column)
	}
}

// look finds the places in a table, and again when it has grown.
func (x *Mapper) look(t *customer.Table) {
	if t == nil || t == x.table && len(t.Columns) == x.seen {
		return
	}
	x.table, x.seen = t, len(t.Columns)
	exact, loose := map[string]int{}, map[string]int{}
	for i := len(t.Columns) - 1; i >= 0; i-- {
		exact[t.Columns[i]], loose[squash(words(t.Columns[i]))] = i, i
	}
	for _, pl := range x.places {
		if i, ok := exact[pl.name]; ok {
			pl.column = i
		} else if i, ok := loose[squash(words(pl.name))]; ok && squash(words(pl.name)) != "" {
			pl.column = i
		} else {
			pl.column = -1
		}
	}
}
