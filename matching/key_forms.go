package matching

import (
	"slices"
	"strings"
)

// gather appends the values that a record has for a part; none blocks nothing.
type gather func(f *folding, pl *plan, into *partValues)

// partValue is one value of one part, with the shared values that it is made of.
type partValue struct {
	hash uint64
	uses uint32
}

// partValues holds the values of a part; more than it can hold are left out.
type partValues struct {
	n    int
	list [maxValues]partValue
}

const maxValues = 8

func (p *partValues) add(hash uint64, uses uint32) {
	for _, v := range p.list[:p.n] {
		if v.hash == hash {
			return
		}
	}
	if p.n < len(p.list) {
		p.list[p.n] = partValue{hash, uses}
		p.n++
	}
}

// word adds a word by its hash, unless it is none.
func (p *partValues) word(w word, hash uint64) {
	if w != none {
		p.add(hash, 0)
	}
}

// initial adds the first letter of a word.
func (p *partValues) initial(w word) {
	if w != none {
		p.add(letterHashes[w[0]], 0)
	}
}

// letterHashes are those of words of one letter.
var letterHashes = func() (hashes [256]uint64) {
	for c := range hashes {
		hashes[c] = hashText(0, string([]byte{byte(c)}))
	}
	return hashes
}()

func namesOf(forms map[string]gather, attribute string) string {
	var names []string
	for derived := range forms {
		names = append(names, strings.TrimSuffix(attribute+"."+derived, "."))
	}
	slices.Sort(names)
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// derivedForms are the forms of an attribute that rules may name.
var derivedForms = map[role]map[string]gather{
	roleName: {"last": byLast, "last.sound": bySound, "first": byFirst, "first.initial": byInitial, "patronymic": byPatronymic,
		"patronymic.initial": byPatronymicInitial, "both": byBoth, "sounds": bySounds, "heads": byHeads,
		"last.head": byLastHead, "first.head": byFirstHead, "word": byWord, "word.head": byWordHead},
	roleOrg: {"core": byCore, "token": byToken, "initial": byOrgInitial},
	rolePlace: {"city": byCity, "street": byStreet, "house": byHouse, "flat": byFlat, "postcode": byPostcode,
		"city.head": byCityHead, "area": byArea},
	roleDate:     {"": byDate, "year": byYear, "month": byMonth, "day": byDay, "year.day": byYearDay},
	roleID:       {"": byExact, "head": byHead, "tail": byTail},
	roleBranch:   {"": byExact},
	rolePhone:    {"": byExact, "last7": byNear, "tail": byTail},
	roleEmail:    {"": byExact, "local": byNear, "head": byLocalHead, "tail": byLocalTail, "host": byHost},
	roleText:     {"": byExact},
	roleCategory: {"": byExact},
}

func byLast(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		n := &f.it.nameList()[i]
		into.word(n.stem, n.stemHash)
	}
}

func bySound(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		if sound := f.it.nameList()[i].sound; sound != 0 {
			into.add(sound, 0)
		}
	}
}

// byFirst gives the full names that a given name may stand for; an initial stands for none.
func byFirst(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		n := f.it.nameList()[i].givenName
		for at, form := range n.forms {
			into.word(form, n.formHashes[at])
		}
	}
}

func byInitial(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		n := f.it.nameList()[i].givenName
		if n.firstMarks&firstInitial != 0 {
			into.initial(n.first)
		}
		for _, form := range n.forms {
			into.initial(form)
		}
	}
}

func byPatronymic(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		if n := f.it.nameList()[i].patronymicName; n.patronymicMarks&patronymicInitial == 0 {
			into.word(n.patronymic, n.patronymicHash)
		}
	}
}

func byPatronymicInitial(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		into.initial(f.it.nameList()[i].patronymic)
	}
}

// byBoth joins surname and given name whatever their order.
func byBoth(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		n := &f.it.nameList()[i]
		for at, form := range n.forms {
			if form != none && n.stem != none {
				into.add(mixed(n.stemHash, n.formHashes[at]), 0)
			}
		}
	}
}

// mixed joins two hashes whatever their order.
func mixed(a, b uint64) uint64 { return mix(min(a, b), max(a, b)) }

// bySounds joins the sounds of surname and given name whatever their order.
func bySounds(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		if n := &f.it.nameList()[i]; n.sound != 0 && n.firstSound != 0 {
			into.add(mixed(n.sound, n.firstSound), 0)
		}
	}
}

// byHeads joins the first letters of surname and given name.
func byHeads(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		n := &f.it.nameList()[i]
		if n.stem != none && n.first != none && n.firstMarks&firstInitial == 0 {
			into.add(mix(n.lastHead, n.firstHead), 0)
		}
	}
}

func byCore(f *folding, _ *plan, into *partValues) {
	for i := range f.it.orgs {
		if sorted := f.it.orgs[i].sorted; sorted != none {
			into.add(hashText(0, sorted), 0)
		}
	}
}

// byToken gives the two rarest words of each name.
func byToken(f *folding, _ *plan, into *partValues) {
	for i := range f.it.orgs {
		tokens := slices.Clone(f.it.orgs[i].tokens)
		slices.SortStableFunc(tokens, func(x, y orgToken) int { return int(y.rarity) - int(x.rarity) })
		for _, t := range tokens[:min(2, len(tokens))] {
			into.add(t.hash, 0)
		}
	}
}

func byOrgInitial(f *folding, _ *plan, into *partValues) {
	for i := range f.it.orgs {
		if s := f.it.orgs[i].joined; len(s) > 1 {
			into.add(hashText(0, s[:2]), 0)
		}
	}
}

func byCity(f *folding, _ *plan, into *partValues) {
	for i := range f.it.placeList() {
		w := f.it.placeList()[i].city
		into.word(w.text, w.hash)
	}
}

func byStreet(f *folding, _ *plan, into *partValues) {
	for i := range f.it.placeList() {
		w := f.it.placeList()[i].street
		into.word(w.text, w.hash)
	}
}

// byHouse gives street and house; the city may be missing in one of two records.
func byHouse(f *folding, _ *plan, into *partValues) {
	for i := range f.it.placeList() {
		if p := &f.it.placeList()[i]; p.street.text != none && p.house.text != none {
			into.add(mix(p.street.hash, p.house.hash), uses(p.shared))
		}
	}
}

// byFlat gives street, house and flat, or street and house where there are no flats.
func byFlat(f *folding, _ *plan, into *partValues) {
	for i := range f.it.placeList() {
		if p := &f.it.placeList()[i]; p.street.text != none && p.house.text != none {
			into.add(mix(p.street.hash, mix(p.house.hash, p.flat.raw)), uses(p.shared))
		}
	}
}

func byPostcode(f *folding, _ *plan, into *partValues) {
	for i := range f.it.placeList() {
		w := f.it.placeList()[i].postcode
		into.word(w.text, w.hash)
	}
}

func uses(shared int8) uint32 {
	if shared < 0 {
		return 0
	}
	return 1 << shared
}

func byExact(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if a := &f.atomsOf(pl)[i]; (a.marks&markBranch != 0) == (pl.role == roleBranch) {
			into.add(a.exact, uses(a.shared))
		}
	}
}

// byHead gives the first half of a number; a slip of the pen spares one half.
func byHead(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if a := &f.atomsOf(pl)[i]; len(a.text) >= halved && a.marks&markBranch == 0 {
			into.add(hashText(3, a.text[:(len(a.text)+1)/2]), 0)
		}
	}
}

// byTail gives the second half, of a phone the last four digits.
func byTail(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		a := &f.atomsOf(pl)[i]
		if len(a.text) < halved || a.marks&markBranch != 0 {
			continue
		}
		at := len(a.text) / 2
		if pl.role == rolePhone {
			at = len(a.text) - 4
		}
		into.add(hashText(4, a.text[at:]), 0)
	}
}

// halved is how long a number must be to be blocked by its halves.
const halved = 6

func byNear(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		a := &f.atomsOf(pl)[i]
		into.add(mix(1, a.near), uses(a.shared))
	}
}

func byDate(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if a := &f.atomsOf(pl)[i]; a.marks&markPart == 0 {
			into.add(a.exact, 0)
		}
	}
}

// byDay gives month and day.
func byDay(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if a := &f.atomsOf(pl)[i]; a.marks&markPart == 0 {
			into.add(mix(2, a.exact%10000), 0)
		}
	}
}

func byYear(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		into.add(f.atomsOf(pl)[i].near, 0)
	}
}

func (f *folding) atomsOf(pl *plan) []atom {
	if !pl.compared {
		return nil
	}
	return f.it.of(pl.slot)
}
