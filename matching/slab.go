package matching

// Folder makes the items of many records, one after the other. What it makes lies close together
// and is freed together. It is for one goroutine.
type Folder struct {
	rules    *Ruleset
	foldings []*folding // by the number of the kind
	slabs    slabs
}

// NewFolder makes a folder of packed records.
func (r *Ruleset) NewFolder() *Folder {
	f := &Folder{rules: r}
	for _, kind := range kinds {
		f.foldings = append(f.foldings, newFolding(r.of(kind)))
	}
	return f
}

// Item gives the item of a record as [Trainer.Pack] packed it. What it shares with others and its
// keys are left out: [CountGeneric] and [Partition] make them when they need them.
func (f *Folder) Item(texts *Texts, r Row) *Item {
	it := f.slabs.items.one()
	it.listed = noLists
	if len(r) > 0 {
		x := f.foldings[r[0]]
		x.row(texts, r)
		x.fold(it)
		f.slabs.settle(x)
		x.forget()
	}
	return it
}

// slabs are runs of memory that items are made of.
type slabs struct {
	items  slab[Item]
	listed slab[listed]
	names  slab[personName]
	orgs   slab[orgName]
	places slab[place]
	atoms  slab[atom]
	firm   slab[Firm]
}

// settle gives a folded item lists out of the slabs.
func (s *slabs) settle(f *folding) {
	it := f.it
	it.listed = f.bare
	if len(f.orgs)+len(f.listed.Firm) > 0 {
		it.listed = s.listed.one()
		*it.listed = *f.bare
		it.orgs, it.Firm = s.orgs.keep(f.orgs), s.firm.keep(f.listed.Firm)
	}
	it.set(s.names.keep(f.names), s.places.keep(f.places), s.atoms.keep(f.atoms))
}

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
