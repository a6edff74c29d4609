package matching

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"kartoteka/customer"
)

// A packed record holds what [Ruleset.Item] reads of a standardized one: the comparable values,
// without how they were written, notes and facts. It lives no longer than the process: its
// attributes are places of the portrait.

// Pack appends the packed form of a record to dst.
func (t *Trainer) Pack(dst []byte, s *customer.Standard) []byte {
	l := t.lessons[s.Kind]
	if l == nil {
		return dst
	}
	dst = append(dst, byte(slices.Index(customer.Kinds(), s.Kind)))
	for i := range s.Values {
		if v := &s.Values[i]; l.counts(v) {
			dst = binary.AppendUvarint(append(dst, byte(v.Verdict)), uint64(v.Attribute))
			dst = packText(dst, written(v))
			dst = packTexts(packTexts(dst, v.Parts), v.Alternatives)
		}
	}
	return dst
}

func packText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func packTexts(dst []byte, list []string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	for _, s := range list {
		dst = packText(dst, s)
	}
	return dst
}

// unpacked is memory for one record after the other.
type unpacked struct {
	customer.Standard
	texts []string
	rest  []byte
}

// read unpacks a record; its texts are those of the packed bytes, and valid as long as they are.
func (u *unpacked) read(packed []byte) *customer.Standard {
	u.Values, u.texts, u.rest = u.Values[:0], u.texts[:0], packed
	u.Kind = ""
	if len(packed) == 0 {
		return &u.Standard
	}
	u.Kind = customer.Kinds()[packed[0]]
	u.rest = packed[1:]
	for len(u.rest) > 0 {
		v := customer.Value{Verdict: customer.Verdict(u.rest[0])}
		u.rest = u.rest[1:]
		v.Attribute = customer.AttributeID(u.number())
		text := u.text()
		if v.Verdict.Usable() {
			v.Standard = text
		}
		v.Raw = text
		v.Parts, v.Alternatives = u.list(), u.list()
		u.Values = append(u.Values, v)
	}
	return &u.Standard
}

func (u *unpacked) number() int {
	if b := u.rest[0]; b < 0x80 {
		u.rest = u.rest[1:]
		return int(b)
	}
	n, size := binary.Uvarint(u.rest)
	u.rest = u.rest[size:]
	return int(n)
}

func (u *unpacked) text() string {
	n := u.number()
	if n == 0 {
		return ""
	}
	s := unsafe.String(&u.rest[0], n)
	u.rest = u.rest[n:]
	return s
}

func (u *unpacked) list() []string {
	n := u.number()
	if n == 0 {
		return nil
	}
	from := len(u.texts)
	for range n {
		u.texts = append(u.texts, u.text())
	}
	return u.texts[from:len(u.texts):len(u.texts)]
}
