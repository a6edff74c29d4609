package standardize

import (
	"strings"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
)

// Ahead is told of many rows that will be standardized next. What is remembered of their texts lies
// scattered over the memory; to look at all of it in a few tight loops lets the processor wait for many
// places at a time, where row by row it would wait for each.
func (z *Standardizer) Ahead(n int, row func(int) *customer.Mapped, memory *Memory) {
	a := &memory.ahead
	a.names, a.streets, a.towns = a.names[:0], a.streets[:0], a.towns[:0]
	for i := range n {
		m := row(i)
		for j := range m.Values {
			v := &m.Values[j]
			if len(v.Parts) < 2 {
				continue
			}
			switch z.portrait.Attribute(v.Attribute).Type {
			case customer.TypePersonName:
				a.names = append(a.names, v.Parts[:min(len(v.Parts), customer.NamePatronymic+1)]...)
			case customer.TypeAddress:
				a.address(v.Parts)
			}
		}
	}
	a.seen += nameWords.ahead(a.names, a.hashes[:], func(t []nameToken) (n int) {
		for i := range t {
			n += len(t[i].folded)
		}
		return n
	})
	a.seen += streetLines.ahead(a.streets, a.hashes[:], func(s string) int { return len(s) })
	a.seen += placeColumns.ahead(a.towns, a.hashes[:], func(s string) int { return len(s) })
}

// ahead is the texts of many rows.
type ahead struct {
	names, streets, towns []string
	hashes                [aheadTexts]uint64
	seen                  int // so that what is looked at is looked at
}

func (a *ahead) address(parts []string) {
	if len(parts) > customer.AddressStreet {
		if _, rest, _ := strings.Cut(parts[customer.AddressStreet], " "); rest != "" {
			a.streets = append(a.streets, rest)
		}
		a.towns = append(a.towns, parts[customer.AddressCity])
	}
}

// aheadTexts is how many texts are looked at together.
const aheadTexts = 512

// ahead looks at what is remembered of many texts.
func (m *Memo[V]) ahead(texts []string, hashes []uint64, look func(V) int) (seen int) {
	t := m.table.Load()
	if t == nil {
		return 0
	}
	mask := uint64(len(t.slots) - 1)
	for len(texts) > 0 {
		some := texts[:min(len(texts), len(hashes))]
		texts = texts[len(some):]
		for i, s := range some {
			hashes[i] = xxhash.Sum64String(s) | 1
			seen += int(t.slots[hashes[i]>>1&mask].hash.Load() & 1)
		}
		for i := range some {
			if slot := &t.slots[hashes[i]>>1&mask]; slot.hash.Load() == hashes[i] {
				seen += len(slot.entry.Load().text)
			}
		}
		for i := range some {
			if slot := &t.slots[hashes[i]>>1&mask]; slot.hash.Load() == hashes[i] {
				e := slot.entry.Load()
				seen += strings.IndexByte(e.text, 0) + look(e.made)
			}
		}
	}
	return seen
}
