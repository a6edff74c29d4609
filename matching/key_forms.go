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
	list [8]partValue
}

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

func (p *partValues) word(s string) {
	if s != "" {
		p.add(hashText(0, s), 0)
	}
}

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
		"patronymic.initial": byPatronymicInitial, "both": byBoth, "sounds": bySounds, "heads": byHeads},
	roleOrg:      {"core": byCore, "token": byToken, "initial": byOrgInitial},
	rolePlace:    {"city": byCity, "street": byStreet, "house": byHouse, "flat": byFlat, "postcode": byPostcode},
	roleDate:     {"": byDate, "year": byYear, "day": byDay},
	roleID:       {"": byExact, "head": byHead, "tail": byTail},
	roleBranch:   {"": byExact},
	rolePhone:    {"": byExact, "last7": byNear, "tail": byTail},
	roleEmail:    {"": byExact, "local": byNear},
	roleText:     {"": byExact},
	roleCategory: {"": byExact},
}

func byLast(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		into.word(f.it.features.names[i].stem)
	}
}

func bySound(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		if sound := f.it.features.names[i].sound; sound != 0 {
			into.add(sound, 0)
		}
	}
}

// byFirst gives the full names that a given name may stand for; an initial stands for none.
func byFirst(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		for _, form := range f.it.features.names[i].forms {
			into.word(form)
		}
	}
}

func byInitial(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		n := &f.it.features.names[i]
		if s := n.first; s != "" && n.firstMarks&firstInitial != 0 {
			into.word(s[:1])
		}
		for _, form := range n.forms {
			if s := form; s != "" {
				into.word(s[:1])
			}
		}
	}
}

func byPatronymic(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		if n := &f.it.features.names[i]; n.patronymicMarks&patronymicInitial == 0 {
			into.word(n.patronymic)
		}
	}
}

func byPatronymicInitial(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		if s := f.it.features.names[i].patronymic; s != "" {
			into.word(s[:1])
		}
	}
}

// byBoth joins surname and given name whatever their order.
func byBoth(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		n := &f.it.features.names[i]
		last := n.stem
		for _, form := range n.forms {
			if first := form; first != "" && last != "" {
				a, b := ordered(last, first)
				into.word(a + " " + b)
			}
		}
	}
}

// bySounds joins the sounds of surname and given name whatever their order.
func bySounds(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		if n := &f.it.features.names[i]; n.sound != 0 && n.firstSound != 0 {
			into.add(mix(min(n.sound, n.firstSound), max(n.sound, n.firstSound)), 0)
		}
	}
}

// byHeads joins the first letters of surname and given name.
func byHeads(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.names {
		n := &f.it.features.names[i]
		if n.stem == none || n.first == none || n.firstMarks&firstInitial != 0 {
			continue
		}
		into.add(mix(hashText(0, n.stem[:min(3, len(n.stem))]), hashText(0, n.forms[0][:min(3, len(n.forms[0]))])), 0)
	}
}

func byCore(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.orgs {
		into.word(f.it.features.orgs[i].sorted)
	}
}

// byToken gives the two rarest words of each name.
func byToken(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.orgs {
		tokens := slices.Clone(f.it.features.orgs[i].tokens)
		slices.SortStableFunc(tokens, func(x, y orgToken) int { return int(y.rarity) - int(x.rarity) })
		for _, t := range tokens[:min(2, len(tokens))] {
			into.word(t.text)
		}
	}
}

func byOrgInitial(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.orgs {
		if s := f.it.features.orgs[i].joined; len(s) > 1 {
			into.word(s[:2])
		}
	}
}

func byCity(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.places {
		into.word(f.it.features.places[i].city)
	}
}

func byStreet(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.places {
		into.word(f.it.features.places[i].street)
	}
}

// byHouse gives street and house; the city may be missing in one of two records.
func byHouse(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.places {
		if p := &f.it.features.places[i]; p.street != none && p.house != none {
			into.add(mix(hashText(0, p.street), hashText(0, p.house)), uses(p.shared))
		}
	}
}

// byFlat gives street, house and flat, or street and house where there are no flats.
func byFlat(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.places {
		if p := &f.it.features.places[i]; p.street != none && p.house != none {
			into.add(mix(hashText(0, p.street), hashText(hashText(0, p.house), p.flat)), uses(p.shared))
		}
	}
}

func byPostcode(f *folding, _ *plan, into *partValues) {
	for i := range f.it.features.places {
		into.word(f.it.features.places[i].postcode)
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
	return f.it.features.of(pl.slot)
}
