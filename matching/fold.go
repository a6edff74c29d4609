package matching

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
)

// hashText hashes a text under a seed.
func hashText(seed uint64, s string) uint64 { return mix(seed, xxhash.Sum64String(s)) }

// mix joins two hashes; the order counts.
func mix(a, b uint64) uint64 {
	var buf [16]byte
	binary.LittleEndian.PutUint64(buf[:8], a)
	binary.LittleEndian.PutUint64(buf[8:], b)
	return xxhash.Sum64(buf[:])
}

// folding is one record on its way to an Item.
type folding struct {
	*kindRules
	it     *Item
	values []*customer.Value // comparable ones, in an order that the source does not choose
	atoms  []slotted

	shared []Shared
	keyed  []Key
	names  []personName
	orgs   []orgName
	places []place
	firm   []Firm
	spare  []atom

	formed []partValues // what keys are made of
	text   []byte
}

// fresh gives a folding that was used before or a new one; its lists are reused.
func (k *kindRules) fresh() *folding {
	f, _ := k.used.Get().(*folding)
	if f == nil {
		f = new(folding)
	}
	*f = folding{kindRules: k, values: f.values[:0], atoms: f.atoms[:0], shared: f.shared[:0], keyed: f.keyed[:0], names: f.names[:0], orgs: f.orgs[:0],
		places: f.places[:0], firm: f.firm[:0], spare: f.spare[:0], formed: f.formed, text: f.text[:0]}
	return f
}

// done gives a folding back, without what it points to.
func (f *folding) done() {
	clear(f.values)
	clear(f.atoms)
	clear(f.names)
	clear(f.orgs)
	clear(f.places)
	f.it = nil
	f.used.Put(f)
}

type slotted struct {
	slot uint8
	atom
}

// Item prepares a record for comparison. It is a pure function of the record and the ruleset
// and may be called from several goroutines.
func (r *Ruleset) Item(s *customer.Standard) *Item {
	k := r.of(s.Kind)
	if k == nil {
		return &Item{Kind: s.Kind}
	}
	it := &Item{Kind: s.Kind}
	k.item(s, it, nil)
	return it
}

// item fills an item, with memory out of slabs if there are any.
func (k *kindRules) item(s *customer.Standard, it *Item, from *slabs) {
	f := k.foldInto(s, it, from)
	it.Signature = f.signature()
	it.Signature.Name &^= 0xffff
	it.Content = f.content()
	if from != nil {
		it.later = k
	} else {
		it.Keys = slices.Clone(f.keys())
	}
	f.done()
}

// foldInto fills the features, the values that may become generic, and those that can veto.
func (k *kindRules) foldInto(s *customer.Standard, it *Item, from *slabs) *folding {
	f := k.fresh()
	f.it = it
	it.features.names, it.features.orgs, it.features.places, it.Firm = f.names[:0], f.orgs[:0], f.places[:0], f.firm[:0]
	f.comparable(s)
	for _, v := range f.values {
		f.value(v)
	}
	f.markOwnNames()
	slices.SortStableFunc(f.atoms, func(x, y slotted) int { return cmp.Compare(x.slot, y.slot) })
	f.settle(from)
	return f
}

// comparable lists the values that count, by attribute, form and parts, without doubles.
func (f *folding) comparable(s *customer.Standard) {
	for i := range s.Values {
		if v := &s.Values[i]; f.counts(v) {
			f.values = append(f.values, v)
		}
	}
	slices.SortFunc(f.values, compareValues)
	f.values = slices.CompactFunc(f.values, func(x, y *customer.Value) bool { return compareValues(x, y) == 0 })
}

// counts reports whether a value is comparable: usable, or a wrong number that may be a slip of a good one.
func (k *kindRules) counts(v *customer.Value) bool {
	role := k.plans[v.Attribute].role
	return role != roleNone && (v.Verdict.Usable() || v.Verdict == customer.Invalid && (role == roleID || role == rolePhone || role == roleDate))
}

func compareValues(x, y *customer.Value) int {
	return cmp.Or(
		cmp.Compare(x.Attribute, y.Attribute),
		cmp.Compare(y.Verdict, x.Verdict),
		strings.Compare(written(x), written(y)),
		slices.Compare(x.Parts, y.Parts),
		slices.Compare(x.Alternatives, y.Alternatives))
}

// written is the comparable form of a value; an identity number that fails its check has only its raw form.
func written(v *customer.Value) string {
	if v.Verdict.Usable() {
		return v.Standard
	}
	return v.Raw
}

func (f *folding) value(v *customer.Value) {
	pl := &f.plans[v.Attribute]
	switch pl.role {
	case roleName:
		f.it.features.names = append(f.it.features.names, f.personName(v))
	case roleGender:
		f.it.features.gender = genderOf(v.Standard)
	case roleOrg:
		f.it.features.orgs = append(f.it.features.orgs, f.orgName(v))
	case rolePlace:
		f.address(pl, v)
	case roleDate:
		f.date(pl, v)
	case roleID, roleBranch:
		f.number(pl, v)
	case rolePhone:
		f.phone(pl, v)
	case roleEmail:
		f.email(pl, v)
	case roleText, roleCategory:
		w := skeletonWord(v.Standard)
		f.atom(pl, v, atom{exact: hashText(pl.seed, w), text: w, rarity: pl.terms.of(w)})
	}
}

// atom adds a value to its comparison and, if the attribute says so, to those that may become generic.
func (f *folding) atom(pl *plan, v *customer.Value, a atom) {
	for i := range f.atoms {
		if f.atoms[i].slot == pl.slot && f.atoms[i].exact == a.exact && f.atoms[i].marks&markBranch == a.marks&markBranch {
			return
		}
	}
	a.shared = f.share(pl, v.Attribute, a.exact)
	f.atoms = append(f.atoms, slotted{pl.slot, a})
}

// share registers a value that may become generic; -1 if it may not.
func (f *folding) share(pl *plan, id customer.AttributeID, value uint64) int8 {
	if pl.above == 0 || len(f.shared) == 32 {
		return -1
	}
	f.shared = append(f.shared, Shared{Key: mix(pl.seed, value), Attribute: id, Above: pl.above})
	return int8(len(f.shared) - 1)
}

// settle gives the item lists of its own.
func (f *folding) settle(from *slabs) {
	f.names, f.orgs, f.places, f.firm = f.it.features.names, f.it.features.orgs, f.it.features.places, f.it.Firm
	switch {
	case from == loose:
		f.spare = slices.Grow(f.spare[:0], len(f.atoms))
		f.it.features.atoms, f.it.Shared = f.spare[:len(f.atoms)], f.shared
	case from != nil:
		from.settle(f)
	default:
		to := &f.it.features
		to.names, to.orgs, to.places = slices.Clone(f.names), slices.Clone(f.orgs), slices.Clone(f.places)
		to.atoms = make([]atom, len(f.atoms))
		f.it.Firm, f.it.Shared = slices.Clone(f.firm), slices.Clone(f.shared)
	}
	f.place()
}

// place moves the atoms into the features, comparison by comparison.
func (f *folding) place() {
	to := &f.it.features
	for i := range to.atoms {
		to.atoms[i] = f.atoms[i].atom
	}
	at := 0
	for slot := range maxCompared {
		for at < len(f.atoms) && at < 255 && int(f.atoms[at].slot) == slot {
			at++
		}
		to.starts[slot+1] = uint8(at)
	}
}

// signature tells customers apart roughly; see [Signature].
func (f *folding) signature() Signature {
	var s Signature
	for i := range f.it.features.names {
		if sound := f.it.features.names[i].sound; sound != 0 {
			s.Name = lesser(s.Name, sound)
		}
	}
	for i := range f.it.features.orgs {
		if w := f.it.features.orgs[i].sorted; w != none {
			s.Name = lesser(s.Name, hashText(f.seed, w))
		}
	}
	if f.birth < 0 || !f.plans[f.birth].compared {
		return s
	}
	for _, a := range f.it.features.of(f.plans[f.birth].slot) {
		if year := uint16(a.near); a.marks&markWeak == 0 && (s.Year == 0 || year < s.Year) {
			s.Year = year
		}
	}
	return s
}

// lesser gives the smaller of two hashes; 0 is none.
func lesser(a, b uint64) uint64 {
	if a == 0 || b < a {
		return b
	}
	return a
}

// content hashes every comparable value, whatever the order in which the source gave them.
func (f *folding) content() (out [16]byte) {
	buf := append(f.text[:0], f.kind...)
	for _, v := range f.values {
		buf = append(append(buf, 2, byte(v.Verdict)), f.plans[v.Attribute].name...)
		buf = append(append(buf, 0), written(v)...)
		for _, part := range v.Parts {
			buf = append(append(buf, 0), part...)
		}
		for _, other := range v.Alternatives {
			buf = append(append(buf, 1), other...)
		}
	}
	f.text = buf
	binary.BigEndian.PutUint64(out[:8], xxhash.Sum64(buf))
	var seeded xxhash.Digest
	seeded.ResetWithSeed(0x9e3779b97f4a7c15)
	_, _ = seeded.Write(buf)
	binary.BigEndian.PutUint64(out[8:], seeded.Sum64())
	return out
}
