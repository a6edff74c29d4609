package customer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// codecVersion is the first byte of an encoded Standard.
const codecVersion = 1

// ErrEncoding says that stored bytes are no encoded Standard of a known version; the hub must
// be upgraded, or the row was damaged.
var ErrEncoding = errors.New("unreadable stored record")

// Codec writes and reads Standards of one portrait as bytes. Attributes are written by
// name, so what was stored under an older portrait is read by a newer one; values of
// attributes that the portrait no longer has are dropped.
type Codec struct{ portrait *Portrait }

// NewCodec makes the codec of a portrait.
func NewCodec(p *Portrait) Codec { return Codec{p} }

// Append appends the encoded form of s to dst.
func (c Codec) Append(dst []byte, s *Standard) []byte {
	dst = append(dst, codecVersion)
	dst = appendText(dst, string(s.Kind))
	dst = appendInstant(dst, s.Observed)
	dst = binary.AppendUvarint(dst, uint64(len(s.Values)))
	for i := range s.Values {
		dst = c.appendValue(dst, &s.Values[i])
	}
	dst = binary.AppendUvarint(dst, uint64(len(s.Consents)))
	for i := range s.Consents {
		x := &s.Consents[i]
		dst = appendTexts(dst, x.Purpose, x.Channel, x.Address)
		dst = appendBool(dst, x.Given)
		dst = appendInstant(dst, x.At)
	}
	dst = binary.AppendUvarint(dst, uint64(len(s.Relations)))
	for i := range s.Relations {
		x := &s.Relations[i]
		dst = appendTexts(dst, x.Attribute, x.Role, string(x.Target.Source), x.Target.Key)
		dst = appendDate(appendDate(dst, x.From), x.To)
	}
	dst = binary.AppendUvarint(dst, uint64(len(s.Products)))
	for i := range s.Products {
		x := &s.Products[i]
		dst = appendTexts(dst, x.Kind, x.Number, x.Status)
		dst = appendDate(appendDate(dst, x.Opened), x.Closed)
	}
	return dst
}

func (c Codec) appendValue(dst []byte, v *Value) []byte {
	dst = appendText(dst, c.portrait.Attributes[v.Attribute].Name)
	dst = append(dst, byte(v.Verdict))
	dst = appendTexts(dst, v.Kind, v.Standard)
	same := v.Raw == v.Standard
	dst = appendBool(dst, same)
	if !same {
		dst = appendText(dst, v.Raw)
	}
	dst = appendList(appendList(dst, v.Parts), v.Alternatives)
	return appendText(appendInstant(dst, v.Observed), v.Note)
}

// Decode reads what Append wrote; the error wraps [ErrEncoding].
func (c Codec) Decode(b []byte) (*Standard, error) {
	d := decoder{b: b}
	if v := d.byte(); v != codecVersion {
		return nil, fmt.Errorf("%w: version %d", ErrEncoding, v)
	}
	s := &Standard{Kind: Kind(d.text()), Observed: d.instant()}
	if n := d.count(); n > 0 {
		s.Values = make([]Value, 0, n)
		for range n {
			v, known := c.value(&d, s.Kind)
			if known {
				s.Values = append(s.Values, v)
			}
		}
	}
	for range d.count() {
		s.Consents = append(s.Consents, Consent{Purpose: d.text(), Channel: d.text(), Address: d.text(), Given: d.byte() == 1, At: d.instant()})
	}
	for range d.count() {
		s.Relations = append(s.Relations, Relation{Attribute: d.text(), Role: d.text(),
			Target: Ref{Source: Source(d.text()), Key: d.text()}, From: d.date(), To: d.date()})
	}
	for range d.count() {
		s.Products = append(s.Products, Product{Kind: d.text(), Number: d.text(), Status: d.text(), Opened: d.date(), Closed: d.date()})
	}
	if d.bad {
		return nil, ErrEncoding
	}
	return s, nil
}

func (c Codec) value(d *decoder, kind Kind) (Value, bool) {
	id, known := c.portrait.Lookup(kind, d.text())
	v := Value{Attribute: id, Verdict: Verdict(d.byte()), Kind: d.text(), Standard: d.text()}
	v.Raw = v.Standard
	if d.byte() == 0 {
		v.Raw = d.text()
	}
	v.Parts, v.Alternatives = d.list(), d.list()
	v.Observed, v.Note = d.instant(), d.text()
	return v, known
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendTexts(dst []byte, texts ...string) []byte {
	for _, s := range texts {
		dst = appendText(dst, s)
	}
	return dst
}

func appendList(dst []byte, list []string) []byte {
	return appendTexts(binary.AppendUvarint(dst, uint64(len(list))), list...)
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// appendInstant keeps microseconds; 0 is no instant.
func appendInstant(dst []byte, t Instant) []byte {
	if t.IsZero() {
		return binary.AppendVarint(dst, 0)
	}
	micros := t.UnixMicro()
	if micros >= 0 { // 1970-01-01 itself must differ from none
		micros++
	}
	return binary.AppendVarint(dst, micros)
}

func appendDate(dst []byte, d Date) []byte {
	return append(binary.AppendVarint(dst, int64(d.Year)), byte(d.Month), byte(d.Day))
}

// decoder reads; after the first fault every answer is zero and bad is set.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.bad = true
		return 0
	}
	x := d.b[0]
	d.b = d.b[1:]
	return x
}

func (d *decoder) count() uint64 {
	n, size := binary.Uvarint(d.b)
	if size <= 0 || n > uint64(len(d.b)) { // each counted thing takes a byte at least
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *decoder) varint() int64 {
	n, size := binary.Varint(d.b)
	if size <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *decoder) text() string {
	n := d.count()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return ""
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

func (d *decoder) list() []string {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]string, 0, n)
	for range n {
		list = append(list, d.text())
	}
	return list
}

func (d *decoder) instant() Instant {
	micros := d.varint()
	switch {
	case micros == 0:
		return Instant{}
	case micros > 0:
		micros--
	}
	return time.UnixMicro(micros).UTC()
}

func (d *decoder) date() Date {
	return Date{Year: int16(d.varint()), Month: int8(d.byte()), Day: int8(d.byte())}
}
