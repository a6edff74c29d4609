package matching

import (
	"strings"
	"unsafe"
)

// Folder makes the items of many records, one after the other. What it makes lies close together
// and is freed together. It is for one goroutine.
type Folder struct {
	rules *Ruleset
	in    unpacked
	slabs slabs
}

// NewFolder makes a folder of packed records.
func (r *Ruleset) NewFolder() *Folder { return &Folder{rules: r} }

// Item gives the item of a record as [Trainer.Pack] packed it. Its keys are left out: [Partition]
// makes them when it needs them.
func (f *Folder) Item(texts *Texts, r Row) *Item {
	s := f.in.read(texts, r)
	it := f.slabs.items.one()
	it.Kind = s.Kind
	if k := f.rules.of(s.Kind); k != nil {
		k.item(s, it, &f.slabs)
	}
	return it
}

// slabs are runs of memory that items are made of.
type slabs struct {
	items  slab[Item]
	names  slab[personName]
	orgs   slab[orgName]
	places slab[place]
	atoms  slab[atom]
	shared slab[Shared]
	firm   slab[Firm]
	text   []byte
}

// loose says that an item is looked at and let go: its lists are those of its folding.
var loose = new(slabs)

// slab hands out pieces of larger runs.
type slab[T any] struct{ free []T }

const slabItems = 256

func (s *slab[T]) one() *T {
	if len(s.free) == 0 {
		s.free = make([]T, slabItems)
	}
	x := &s.free[0]
	s.free = s.free[1:]
	return x
}

// keep copies a list.
func (s *slab[T]) keep(list []T) []T {
	out := s.room(len(list))
	copy(out, list)
	return out
}

// room gives a list of zeros.
func (s *slab[T]) room(n int) []T {
	switch {
	case n == 0:
		return nil
	case n > slabItems:
		return make([]T, n)
	case n > len(s.free):
		s.free = make([]T, 4*slabItems)
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

// keepText copies a text.
func (s *slabs) keepText(text string) string {
	n := len(text)
	switch {
	case n == 0:
		return ""
	case n > 1024:
		return strings.Clone(text)
	case n > cap(s.text)-len(s.text):
		s.text = make([]byte, 0, 1<<14)
	}
	from := len(s.text)
	s.text = append(s.text, text...)
	return unsafe.String(&s.text[from], n)
}

// settle gives a folded item lists out of the slabs, and texts that do not hold the packed bytes.
func (s *slabs) settle(f *folding) {
	for i := range f.atoms {
		f.atoms[i].text = s.keepText(f.atoms[i].text)
	}
	for i := range f.orgs {
		f.orgs[i].form = s.keepText(f.orgs[i].form)
	}
	to := &f.it.features
	to.names, to.orgs, to.places = s.names.keep(f.names), s.orgs.keep(f.orgs), s.places.keep(f.places)
	to.atoms = s.atoms.room(len(f.atoms))
	f.it.Firm, f.it.Shared = s.firm.keep(f.firm), s.shared.keep(f.shared)
}
