package matching

import (
	"math/bits"
	"slices"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
)

// Row is a packed record: what [Ruleset.Item] reads of a standardized one, the comparable values
// without how they were written, notes and facts. It lives no longer than the process. The first
// number tells the kind; a value is a head, the number of its text, and those of the parts that it
// has and of its alternatives.
type Row []uint32

// A head has the attribute's place in the portrait, the verdict, how many parts the value has and
// which of them have a text, and how many alternatives.
const (
	headAttribute = 24
	headVerdict   = 20
	headParts     = 16
	headFilled    = 8
	headOthers    = 0xff
)

// Packed is records in packed form, one row behind the other.
type Packed struct {
	Texts *Texts
	rows  Row
	ends  []uint32
}

// Len is how many records there are.
func (p *Packed) Len() int { return len(p.ends) }

// Row is the i-th record.
func (p *Packed) Row(i int) Row {
	from := uint32(0)
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.rows[from:p.ends[i]:p.ends[i]]
}

// rowNumbers is how many numbers a row has, about.
const rowNumbers = 24

// Pack packs n records.
func (t *Trainer) Pack(texts *Texts, n int, record func(int) *customer.Standard) *Packed {
	t.packing.begin(n)
	p := &Packed{Texts: texts, ends: make([]uint32, n)}
	for i := range n {
		if s := record(i); t.lessons[s.Kind] != nil {
			t.packing.record(t.lessons[s.Kind], texts, s)
		}
		p.ends[i] = uint32(len(t.packing.row))
	}
	t.packing.settle(texts)
	p.rows = slices.Clone(t.packing.row)
	return p
}

// packing is rows in the making, with the hash of each text in the place of its number. Texts that
// may come again are looked for together in the end.
type packing struct {
	row    Row
	hashes []uint64
	sought []soughtText
}

func (p *packing) begin(n int) {
	p.row, p.hashes, p.sought = slices.Grow(p.row[:0], n*rowNumbers), p.hashes[:0], p.sought[:0]
}

func (p *packing) record(l *lesson, texts *Texts, s *customer.Standard) {
	p.row, p.hashes = append(p.row, l.number), append(p.hashes, 0)
	for i := range s.Values {
		if v := &s.Values[i]; l.counts(v) {
			p.value(texts, v, l.plans[v.Attribute].role)
		}
	}
}

func (p *packing) value(texts *Texts, v *customer.Value, is role) {
	repeats, whole := is.repeats(), written(v)
	if is.inParts() && slices.ContainsFunc(v.Parts, func(part string) bool { return part != "" }) {
		whole = ""
	}
	at, others := len(p.row), v.Alternatives[:min(len(v.Alternatives), headOthers)]
	p.row = append(p.row, uint32(v.Attribute)<<headAttribute|uint32(v.Verdict)<<headVerdict|uint32(len(v.Parts))<<headParts|uint32(len(others)))
	p.hashes = append(p.hashes, 0)
	p.text(texts, whole, repeats)
	for i, part := range v.Parts {
		if part != "" {
			p.row[at] |= 1 << (headFilled + i)
			p.text(texts, part, true)
		}
	}
	for _, other := range others {
		p.text(texts, other, repeats)
	}
}

func (p *packing) text(texts *Texts, s string, repeats bool) {
	n, hash := uint32(0), xxhash.Sum64String(s)
	switch {
	case s == "":
	case repeats:
		p.sought = append(p.sought, soughtText{s, hash, uint32(len(p.row)), 0})
	default:
		n = texts.loose(s)
	}
	p.row, p.hashes = append(p.row, n), append(p.hashes, hash)
}

// settle writes the numbers of the texts that were looked for.
func (p *packing) settle(texts *Texts) {
	texts.seek(p.sought)
	for i := range p.sought {
		x := &p.sought[i]
		if p.row[x.at] = x.number; x.number == 0 {
			p.row[x.at] = texts.of(x.text, x.hash)
		}
	}
}

// repeats reports whether whole values of a role are worth looking for.
func (r role) repeats() bool {
	switch r {
	case roleDate, roleGender, roleBranch, roleText, roleCategory:
		return true
	}
	return false
}

// inParts reports whether the parts of a value of a role say all that its text does.
func (r role) inParts() bool { return r == roleName || r == roleOrg || r == rolePlace }

// packedValue is a value in a row.
type packedValue struct {
	attribute customer.AttributeID
	verdict   customer.Verdict
	parts     int // how many it has
	filled    uint8
	written   uint32
	texts     Row // of the filled parts
	others    Row
}

// next gives the first value of what is left of a row, and what follows it.
func (r Row) next() (v packedValue, rest Row) {
	head := r[0]
	v = packedValue{attribute: customer.AttributeID(head >> headAttribute), verdict: customer.Verdict(head >> headVerdict & 15),
		parts: int(head >> headParts & 15), filled: uint8(head >> headFilled), written: r[1]}
	filled := 2 + bits.OnesCount8(v.filled)
	end := filled + int(head&headOthers)
	v.texts, v.others = r[2:filled], r[filled:end]
	return v, r[end:]
}

// moved is the row with the numbers of other texts.
func (r Row) moved(from, to *Texts) Row {
	out := slices.Clone(r)
	for at := 1; at < len(r); {
		_, rest := r[at:].next()
		end := len(r) - len(rest)
		for i := at + 1; i < end; i++ {
			if text := from.Text(r[i]); r[i] < looseText {
				out[i] = to.of(text, xxhash.Sum64String(text))
			} else {
				out[i] = to.loose(text)
			}
		}
		at = end
	}
	return out
}

// kinds are the kinds of customers by the number that stands for them in a row.
var kinds = customer.Kinds()
