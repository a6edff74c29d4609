package standardize

import (
	"unsafe"

	"kartoteka/customer"
)

// Memory is memory for the values of rows that are looked at and let go. It is for one goroutine.
type Memory struct {
	scratch scratch
	values  []customer.Value
	lists   []string
	text    []byte
	ahead   ahead
}

const (
	memoryValues = 1 << 11
	memoryLists  = 1 << 13
	memoryText   = 1 << 16
)

// RowIn is Row with memory for the values: they are valid until it is reset.
func (z *Standardizer) RowIn(mapped *customer.Mapped, memory *Memory) (customer.Standard, customer.FilterReason) {
	memory.scratch.memory, memory.scratch.nameText = memory, ""
	return z.row(mapped, &memory.scratch)
}

// Reset gives the memory back.
func (m *Memory) Reset() {
	m.scratch = scratch{}
	clear(m.values)
	clear(m.lists)
	m.values, m.lists, m.text = m.values[:0], m.lists[:0], m.text[:0]
}

// room gives room for n values.
func (s *scratch) room(n int) []customer.Value {
	m := s.memory
	if m == nil {
		return make([]customer.Value, 0, n)
	}
	if n > cap(m.values)-len(m.values) {
		m.values = make([]customer.Value, 0, max(n, memoryValues))
	}
	from := len(m.values)
	m.values = m.values[:from+n]
	return m.values[from : from : from+n]
}

// list gives n empty texts.
func (s *scratch) list(n int) []string {
	m := s.memory
	if m == nil {
		return make([]string, n)
	}
	if n > cap(m.lists)-len(m.lists) {
		m.lists = make([]string, 0, max(n, memoryLists))
	}
	from := len(m.lists)
	m.lists = m.lists[:from+n]
	return m.lists[from : from+n : from+n]
}

// keep copies a text.
func (s *scratch) keep(text []byte) string {
	m := s.memory
	if m == nil || len(text) == 0 {
		return string(text)
	}
	if len(text) > cap(m.text)-len(m.text) {
		m.text = make([]byte, 0, max(len(text), memoryText))
	}
	from := len(m.text)
	m.text = append(m.text, text...)
	return unsafe.String(&m.text[from], len(text))
}

// joined keeps the texts that are not empty, joined by blanks.
func (s *scratch) joined(texts ...string) string {
	var buffer [256]byte
	b, lone, n := buffer[:0], "", 0
	for _, text := range texts {
		if text == "" {
			continue
		}
		if n++; n > 1 {
			b = append(b, ' ')
		}
		b, lone = append(b, text...), text
	}
	if n < 2 {
		return lone
	}
	return s.keep(b)
}
