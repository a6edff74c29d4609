package matching

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

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
	values []value // comparable ones, in an order that the source does not choose

	texts *Texts     // of packed values
	made  []madeText // of the texts
	known map[*Texts][]madeText

	names  []personName
	orgs   []orgName
	places []place
	atoms  []atom
	listed listed
	bare   *listed      // of items that have nothing of their own there
	formed []partValues // what keys are made of
}

func newFolding(k *kindRules) *folding {
	return &folding{kindRules: k, formed: make([]partValues, len(k.forms)), listed: listed{Kind: k.kind}, bare: &listed{Kind: k.kind, later: k}}
}

// fresh gives a folding that was used before or a new one; its lists are reused.
func (k *kindRules) fresh() *folding {
	if f, _ := k.used.Get().(*folding); f != nil {
		return f
	}
	return newFolding(k)
}

// done gives a folding back, without what it points to.
func (f *folding) done() {
	f.forget()
	f.used.Put(f)
}

// forget lets go of the record.
func (f *folding) forget() {
	clear(f.values)
	f.values, f.it = f.values[:0], nil
	f.names, f.orgs, f.places, f.atoms = f.names[:0], f.orgs[:0], f.places[:0], f.atoms[:0]
	f.listed.Shared, f.listed.Firm, f.listed.Keys = f.listed.Shared[:0], f.listed.Firm[:0], f.listed.Keys[:0]
}

// Item prepares a record for comparison. It is a pure function of the record and the ruleset
// and may be called from several goroutines.
func (r *Ruleset) Item(s *customer.Standard) *Item {
	k := r.of(s.Kind)
	if k == nil {
		return &Item{listed: &listed{Kind: s.Kind}}
	}
	it := new(Item)
	f := k.fresh()
	f.standard(s)
	f.fold(it)
	f.settle()
	f.done()
	return it
}

// settle gives the item lists of its own, and its keys.
func (f *folding) settle() {
	f.it.listed = &listed{Kind: f.kind, Shared: slices.Clone(f.listed.Shared), Keys: slices.Clone(f.keys()), Firm: slices.Clone(f.listed.Firm), orgs: slices.Clone(f.orgs)}
	f.it.set(slices.Clone(f.names), slices.Clone(f.places), slices.Clone(f.atoms))
}

// standard takes the values of a standardized record that count.
func (f *folding) standard(s *customer.Standard) {
	for i := range s.Values {
		if v := &s.Values[i]; f.counts(v) {
			f.values = append(f.values, value{attribute: v.Attribute, verdict: v.Verdict, plain: v})
		}
	}
}

// row takes the values of a packed record.
func (f *folding) row(texts *Texts, r Row) {
	if f.texts != texts || len(f.made) < len(texts.list) {
		f.turnTo(texts)
	}
	for rest := r[1:]; len(rest) > 0; {
		var p packedValue
		p, rest = rest.next()
		f.values = append(f.values, value{attribute: p.attribute, verdict: p.verdict, packed: p})
	}
}

// turnTo prepares for rows of other texts, or of more.
func (f *folding) turnTo(texts *Texts) {
	if f.known == nil {
		f.known = map[*Texts][]madeText{}
	}
	have := f.known[texts]
	f.texts, f.made = texts, append(have, make([]madeText, len(texts.list)-len(have))...)
	f.known[texts] = f.made
}

// fold makes the parts of an item; its lists are those of the folding.
func (f *folding) fold(it *Item) {
	f.it = it
	f.sortValues()
	for i := range f.values {
		f.value(&f.values[i])
	}
	f.markOwnNames()
	if !slices.IsSortedFunc(f.atoms, compareSlots) {
		slices.SortStableFunc(f.atoms, compareSlots)
	}
	it.listed = &f.listed
	it.orgs = f.orgs
	it.set(f.names, f.places, f.atoms)
	signature := f.signature()
	it.sound, it.year = signature.Name&^0xffff, signature.Year
	it.Content = f.content()
}

func compareSlots(x, y atom) int { return cmp.Compare(x.slot, y.slot) }

// counts reports whether a value is comparable: usable, or a wrong number that may be a slip of a good one.
func (k *kindRules) counts(v *customer.Value) bool {
	role := k.plans[v.Attribute].role
	return role != roleNone && (v.Verdict.Usable() || v.Verdict == customer.Invalid && (role == roleID || role == rolePhone || role == roleDate))
}

// written is the comparable form of a value; see [value.written].
func written(v *customer.Value) string {
	if v.Verdict.Usable() {
		return v.Standard
	}
	return v.Raw
}

func (f *folding) value(v *value) {
	pl := &f.plans[v.attribute]
	switch pl.role {
	case roleName:
		f.names = append(f.names, f.personName(v))
	case roleGender:
		f.it.gender = genderOf(f.text(v.written()))
	case roleOrg:
		f.orgs = append(f.orgs, f.orgName(v))
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
		w := skeletonWord(f.text(v.written()))
		f.atom(pl, v, atom{exact: hashText(pl.seed, w), text: w, rarity: pl.terms.of(w)})
	}
}

// atom adds a value to its comparison and, if the attribute says so, to those that may become generic.
func (f *folding) atom(pl *plan, v *value, a atom) {
	for i := range f.atoms {
		if o := &f.atoms[i]; o.slot == pl.slot && o.exact == a.exact && o.marks&markBranch == a.marks&markBranch {
			return
		}
	}
	a.slot, a.attribute, a.shared = pl.slot, v.attribute, f.share(pl, v.attribute, a.exact)
	f.atoms = append(f.atoms, a)
}

// share registers a value that may become generic; -1 if it may not.
func (f *folding) share(pl *plan, id customer.AttributeID, value uint64) int8 {
	if pl.above == 0 || len(f.listed.Shared) == 32 {
		return -1
	}
	f.listed.Shared = append(f.listed.Shared, pl.share(id, value))
	return int8(len(f.listed.Shared) - 1)
}

func (pl *plan) share(id customer.AttributeID, value uint64) Shared {
	return Shared{Key: mix(pl.seed, value), Attribute: id, Above: pl.above}
}

// signature tells customers apart roughly; see [Signature].
func (f *folding) signature() Signature {
	var s Signature
	for i := range f.names {
		if sound := f.names[i].sound; sound != 0 {
			s.Name = lesser(s.Name, sound)
		}
	}
	for i := range f.orgs {
		if w := f.orgs[i].sorted; w != none {
			s.Name = lesser(s.Name, hashText(f.seed, w))
		}
	}
	if f.birth < 0 || !f.plans[f.birth].compared {
		return s
	}
	for _, a := range f.it.of(f.plans[f.birth].slot) {
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
	high, low := f.seed, bits.RotateLeft64(f.seed, 32)
	add := func(x uint64) { high, low = stir(high, x), stir(x, low) }
	for i := range f.values {
		v := &f.values[i]
		add(f.plans[v.attribute].seed + uint64(v.verdict))
		add(f.hash(f.whole(v)))
		for at := range v.parts() {
			if c := v.part(at); !c.isEmpty() {
				add(f.hash(c) + uint64(at))
			}
		}
		for at := range v.others() {
			add(^f.hash(v.other(at)))
		}
	}
	binary.BigEndian.PutUint64(out[:8], stir(high, low))
	binary.BigEndian.PutUint64(out[8:], stir(low, high))
	return out
}
