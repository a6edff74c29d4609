package standardize

import (
	"strings"
	"sync"

	"kartoteka/customer"
)

// Settings are what a company says about its customers' data. The zero Settings read data
// as a Russian company writes them.
type Settings struct {
	// Country is the two-letter country of phones without a country code, of the order of
	// day and month, and of national habits; "" counts as RU.
	Country string
	// AreaCodes gives the area code of a city, for phones written without one. It
	// overrides the built-in table.
	AreaCodes map[string]string
	// StreetAliases leads from an old name of a street to its present one.
	StreetAliases map[string]string
}

// Standardizer standardizes the rows of one portrait. It is immutable and safe for
// concurrent use.
type Standardizer struct {
	portrait *customer.Portrait
	parsers  []parser // by attribute
	twins    []int    // by attribute: the attribute of the same name for the other kind, -1 for none
	country  string
	cities   map[string]string // folded city → area code
	streets  map[string]string // folded street → present name
	settings Settings
}

// input is one raw value on its way through a parser.
type input struct {
	attribute *customer.Attribute
	raw       *customer.RawValue
	text      string // trimmed, NFC, blanks collapsed, line breaks kept
	city      string
	scratch   *scratch
}

// scratch is memory that the values of a row use one after the other.
type scratch struct {
	input  input
	tokens [3][8]nameToken
	raws   []attributed
	// A whole name that was read to find out what the row is about, and its text.
	name     personName
	nameText string
	memory   *Memory // nil: values have memory of their own
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// parser appends the values that it finds in a raw value that is neither empty nor a placeholder;
// it need not set Attribute, Observed, nor an empty Kind or Raw.
type parser func(z *Standardizer, in *input, dst []customer.Value) []customer.Value

// New makes the standardizer of a portrait.
func New(p *customer.Portrait, s Settings) *Standardizer {
	z := &Standardizer{portrait: p, country: strings.ToUpper(s.Country), settings: s, cities: foldKeys(s.AreaCodes), streets: foldKeys(s.StreetAliases)}
	if z.country == "" {
		z.country = "RU"
	}
	types := Types()
	for i := range p.Attributes {
		a := &p.Attributes[i]
		z.parsers = append(z.parsers, types[a.Type].parse)
		z.twins = append(z.twins, twin(p, a))
	}
	return z
}

func foldKeys(m map[string]string) map[string]string {
	folded := make(map[string]string, len(m))
	for k, v := range m {
		folded[Fold(k)] = v
	}
	return folded
}

// twin is the attribute of the same name for the other kind of customer.
func twin(p *customer.Portrait, a *customer.Attribute) int {
	for _, kind := range customer.Kinds() {
		if id, ok := p.Lookup(kind, a.Name); ok && kind != a.Kind {
			return int(id)
		}
	}
	return -1
}

// Values standardizes one raw value of an attribute; city is the row's own, for phones
// without an area code. A cell may hold several values, or one explicitly empty one.
func (z *Standardizer) Values(a *customer.Attribute, raw customer.RawValue, city string) []customer.Value {
	s := scratches.Get().(*scratch)
	defer s.release()
	unmark(&raw)
	return z.appendValues(nil, a, &raw, city, s)
}

// release gives the memory back; the texts of the row go.
func (s *scratch) release() {
	s.input, s.name, s.nameText = input{}, personName{}, ""
	clear(s.raws)
	for i := range s.tokens {
		for j := 0; j < len(s.tokens[i]) && s.tokens[i][j].text != ""; j++ {
			s.tokens[i][j] = nameToken{}
		}
	}
	scratches.Put(s)
}

func (z *Standardizer) appendValues(dst []customer.Value, a *customer.Attribute, raw *customer.RawValue, city string, s *scratch) []customer.Value {
	parse := z.parsers[a.ID]
	if parse == nil {
		return dst
	}
	whole := s.joinParts(raw)
	s.input = input{attribute: a, raw: raw, text: clean(whole), city: city, scratch: s}
	in := &s.input
	begin := len(dst)
	switch {
	case in.text == "" && raw.Written != "":
		dst = filler(dst)
	case in.text == "":
		dst = append(dst, customer.Value{Verdict: customer.Empty})
	case isPlaceholder(in.text):
		dst = append(dst, customer.Value{Verdict: customer.Filler})
	default:
		dst = parse(z, in, dst)
	}
	z.complete(dst[begin:], a, raw, whole)
	return dst
}

// complete fills what is the same for all values of a raw value.
func (z *Standardizer) complete(values []customer.Value, a *customer.Attribute, raw *customer.RawValue, whole string) {
	observed := raw.Observed
	if observed.IsZero() && raw.Issued != "" {
		observed = z.instant(raw.Issued)
	}
	for i := range values {
		v := &values[i]
		v.Attribute, v.Observed = a.ID, observed
		if raw.Written != "" {
			v.Raw = raw.Written
			if v.Note == "" {
				v.Note = noteMarkup
			}
		}
		if v.Kind == "" {
			v.Kind = raw.Kind
		}
		if v.Raw == "" {
			v.Raw = whole
		}
	}
}

// joinParts gives the raw value as one text.
func (s *scratch) joinParts(raw *customer.RawValue) string {
	if raw.Parts == nil {
		return raw.Text
	}
	var buffer [8]string
	list := buffer[:0]
	for _, part := range raw.Parts {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return s.joined(list...)
}

// result is the common case of one value with a standard form.
func result(dst []customer.Value, verdict customer.Verdict, standard, note string) []customer.Value {
	return append(dst, customer.Value{Verdict: verdict, Standard: standard, Note: note})
}

// invalid is a value that cannot be what its type says.
func invalid(dst []customer.Value, note string) []customer.Value {
	return append(dst, customer.Value{Verdict: customer.Invalid, Note: note})
}

// filler is a placeholder.
func filler(dst []customer.Value) []customer.Value {
	return append(dst, customer.Value{Verdict: customer.Filler})
}
