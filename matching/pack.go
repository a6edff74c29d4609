package matching

import (
	"math/bits"
	"slices"

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

// Pack appends the packed form of a record to dst.
func (t *Trainer) Pack(dst Row, texts *Texts, s *customer.Standard) Row {
	l := t.lessons[s.Kind]
	if l == nil {
		return dst
	}
	p := packing{row: append(dst, l.number), hashes: append(t.hashes[:0], 0), texts: texts}
	for i := range s.Values {
		if v := &s.Values[i]; l.counts(v) {
			p.value(v, l.plans[v.Attribute].role.repeats())
		}
	}
	t.hashes = p.hashes
	return p.row
}

// packing is a row in the making, with the hash of each text.
type packing struct {
	row    Row
	hashes []uint64
	texts  *Texts
}

func (p *packing) value(v *customer.Value, repeats bool) {
	at, others := len(p.row), v.Alternatives[:min(len(v.Alternatives), headOthers)]
	p.row = append(p.row, uint32(v.Attribute)<<headAttribute|uint32(v.Verdict)<<headVerdict|uint32(len(v.Parts))<<headParts|uint32(len(others)))
	p.hashes = append(p.hashes, 0)
	p.text(written(v), repeats)
	for i, part := range v.Parts {
		if part != "" {
			p.row[at] |= 1 << (headFilled + i)
			p.text(part, true)
		}
	}
	for _, other := range others {
		p.text(other, repeats)
	}
}

func (p *packing) text(s string, repeats bool) {
	var n uint32
	var hash uint64
	if repeats {
		n, hash = p.texts.of(s)
	} else {
		n, hash = p.texts.loose(s)
	}
	p.row, p.hashes = append(p.row, n), append(p.hashes, hash)
}

// repeats reports whether whole values of a role are worth looking for.
func (r role) repeats() bool {
	switch r {
	case roleDate, roleGender, roleBranch, roleText, roleCategory:
		return true
	}
	return false
}

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
				out[i], _ = to.of(text)
			} else {
				out[i], _ = to.loose(text)
			}
		}
		at = end
	}
	return out
}

// kinds are the kinds of customers by the number that stands for them in a row.
var kinds = customer.Kinds()
