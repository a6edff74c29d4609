package matching

import (
	"slices"

	"kartoteka/customer"
)

// Flip is a change of one thing that is compared after which the verdict on a pair would be the
// other one.
type Flip struct {
	Comparison string `json:"comparison"`
	Part       string `json:"part,omitempty"` // "" when all of it changes
	Level      string `json:"level"`          // exact, close, typo, differs, or missing: not known of both
	Change     Weight `json:"change"`
	Total      Weight `json:"total"`
	Vetoed     bool   `json:"vetoed,omitempty"`  // a veto decides, whatever the total
	Unknown    bool   `json:"unknown,omitempty"` // neither has anything of it now
}

// Flips lists, for each comparison and each part of one, the smallest change that would turn the
// verdict on a pair, in the order of comparisons. A value that agrees is taken to be one that a or b
// has, with its frequency; where neither has one, an average value.
func (r *Ruleset) Flips(a, b *Item) []Flip {
	f := flipper{Ruleset: r, k: r.of(a.Kind), a: a, b: b}
	r.Compare(a, b, &f.ev)
	f.total = r.Total(a.Kind, &f.ev)
	f.vetoed = r.vetoes(a, b)
	f.same = f.total >= f.k.link && len(f.vetoed) == 0
	for place := range f.k.comparisons {
		f.comparison(place)
	}
	return f.out
}

// flipper looks for the changes that turn one pair.
type flipper struct {
	*Ruleset
	k      *kindRules
	a, b   *Item
	ev     Evidence
	total  Weight
	vetoed []string
	same   bool
	out    []Flip
}

// comparison tries what one comparison could have found.
func (f *flipper) comparison(place int) {
	c := &f.k.comparisons[place]
	var t trace
	c.compare(f.a, f.b, &t)
	best := map[string]Flip{}
	for _, level := range [...]string{"exact", "missing"} {
		x, y := f.with(place, level)
		if x == nil || level == "missing" && f.k.isName(place) {
			continue // nobody imagines a customer without a name
		}
		var ev Evidence
		f.Compare(x, y, &ev)
		f.try(best, Flip{Comparison: c.name, Level: level}, &ev, f.vetoes(x, y))
	}
	parts := partsOf(c.comparator)
	for _, p := range parts {
		f.part(place, p, &t, best)
	}
	for _, p := range append([]partLevels{{}}, parts...) {
		if flip, found := best[p.name]; found {
			flip.Unknown = !f.known(place)
			f.out = append(f.out, flip)
			delete(best, p.name)
		}
	}
}

// part tries the levels of one part of a comparison, other parts as they are.
func (f *flipper) part(place int, p partLevels, t *trace, best map[string]Flip) {
	at := slices.IndexFunc(t.steps, func(s Step) bool { return s.Part == p.name })
	if at < 0 && p.within {
		return // a house says nothing where streets differ
	}
	var now Step
	if at >= 0 {
		now = t.steps[at]
	}
	known, evidence := f.known(place), place
	if p.name == "patronymic" && f.k.name != nil && place == f.k.nameAt {
		evidence = patronymicPlace
	}
	for i := range p.levels {
		l := &p.levels[i]
		if l.key == now.Level || !slices.Contains(plainLevels[:], l.key) || !known && l.key != "exact" && l.key != "differs" {
			continue // a slip of what nobody knows is nothing to imagine
		}
		if l.key == "exact" && p.name == "" && known {
			continue // tried with the value itself
		}
		found, ev := f.finding(l, p.name), f.ev
		shift(&ev, evidence, found.weight-now.Weight)
		shift(&ev, MaxComparisons+evidence, found.kin-now.Household)
		if l.key == "differs" && p.chain {
			for _, below := range t.steps[at+1:] {
				shift(&ev, evidence, -below.Weight)
				shift(&ev, MaxComparisons+evidence, -below.Household)
			}
		}
		f.try(best, Flip{Comparison: f.k.comparisons[place].name, Part: p.name, Level: l.key}, &ev, f.vetoedAt(place, l.key))
	}
}

// finding is that of a level for the names that b has, else a; of other values it is that of an average one.
func (f *flipper) finding(l *level, part string) finding {
	for _, it := range [...]*Item{f.b, f.a} {
		for i := range it.nameList() {
			n := &it.nameList()[i]
			switch {
			case part == "last" && n.last != none:
				return l.at(n.lastRarity, n.lastRarity)
			case part == "first" && n.first != none:
				return l.at(n.firstRarity, n.firstRarity)
			case part == "patronymic" && n.patronymic != none:
				return l.at(n.patronymicRarity, n.patronymicRarity)
			}
		}
	}
	return l.at(0, 0)
}

// plainLevels are those that anybody can imagine of any value.
var plainLevels = [...]string{"exact", "close", "typo", "differs"}

// shift adds to a place of the evidence.
func shift(ev *Evidence, place int, by Weight) {
	if ev[place] == Missing {
		ev[place] = 0
	}
	ev[place] = int16(bound(Weight(ev[place]) + by))
}

// vetoedAt tells which attributes would veto if a comparison had found a level: a number that
// agrees or is a slip of the other does not, another one does.
func (f *flipper) vetoedAt(place int, level string) []string {
	var out []string
	for i := range f.portrait.Attributes {
		at := &f.portrait.Attributes[i]
		if pl := &f.k.plans[i]; at.Kind == f.k.kind && pl.compared && int(pl.slot) == place && pl.firm {
			if level == "differs" && pl.role != roleBranch {
				out = append(out, at.Name)
			}
			continue
		}
		if slices.Contains(f.vetoed, at.Name) {
			out = append(out, at.Name)
		}
	}
	return out
}

// try keeps a change if it turns the verdict and is the smallest of its part.
func (f *flipper) try(best map[string]Flip, flip Flip, ev *Evidence, vetoed []string) {
	flip.Total = f.Total(f.k.kind, ev)
	flip.Change = flip.Total - f.total
	if (flip.Total >= f.k.link && len(vetoed) == 0) == f.same {
		return
	}
	flip.Vetoed = f.same && len(vetoed) > 0 && flip.Total >= f.k.link
	if old, found := best[flip.Part]; !found || size(flip.Change) < size(old.Change) {
		best[flip.Part] = flip
	}
}

func size(w Weight) Weight { return max(w, -w) }

// with gives the pair with one comparison at a level: exact, both have what one of them has, or
// missing; nil if neither has anything.
func (f *flipper) with(place int, level string) (x, y *Item) {
	from := f.b
	if !f.k.has(f.b, place) {
		from = f.a
	}
	if !f.k.has(from, place) {
		return nil, nil
	}
	if level == "missing" {
		from = &Item{listed: noLists}
	}
	return f.k.replaced(f.a, from, place), f.k.replaced(f.b, from, place)
}

// known reports whether one of the two has something to compare at a place.
func (f *flipper) known(place int) bool { return f.k.has(f.a, place) || f.k.has(f.b, place) }

// isName reports whether a comparison is of names.
func (k *kindRules) isName(place int) bool {
	switch k.comparisons[place].comparator.(type) {
	case *nameComparison, *orgComparison:
		return true
	}
	return false
}

// has reports whether an item has something to compare at a place.
func (k *kindRules) has(it *Item, place int) bool {
	switch k.comparisons[place].comparator.(type) {
	case *nameComparison:
		return len(it.nameList()) > 0
	case *orgComparison:
		return len(it.orgs) > 0
	case *placeComparison:
		return slices.ContainsFunc(it.placeList(), func(p address) bool { return !p.silent(it.Generic) })
	}
	return slices.ContainsFunc(it.of(uint8(place)), func(a atom) bool { return !a.silent(it.Generic) })
}

// address is a place, where that word means the place of a comparison.
type address = place

// replaced is an item whose features and firm values of one comparison are those of another item.
func (k *kindRules) replaced(it, from *Item, place int) *Item {
	out := *it
	lists := *it.listed
	out.listed = &lists
	switch k.comparisons[place].comparator.(type) {
	case *nameComparison:
		out.names, out.nameCount, out.gender = from.names, from.nameCount, from.gender
	case *orgComparison:
		out.orgs = from.orgs
	case *placeComparison:
		var places []address
		for _, p := range from.placeList() {
			if !p.silent(from.Generic) {
				p.shared = -1 // its bit is one of the other item
				places = append(places, p)
			}
		}
		out.setPlaces(places)
	default:
		out.replace(uint8(place), loud(from, uint8(place)))
	}
	out.Firm = k.firmWithout(it, place)
	for _, f := range from.Firm {
		if k.isAt(f.Attribute, place) {
			out.Firm = append(out.Firm, f)
		}
	}
	return &out
}

// loud lists the atoms of a comparison that are not generic.
func loud(it *Item, slot uint8) []atom {
	var out []atom
	for _, a := range it.of(slot) {
		if !a.silent(it.Generic) {
			a.shared = -1
			out = append(out, a)
		}
	}
	return out
}

// replace puts other atoms into one comparison.
func (it *Item) replace(slot uint8, atoms []atom) {
	all := append(slices.DeleteFunc(slices.Clone(it.atomList()), func(a atom) bool { return a.slot == slot }), atoms...)
	slices.SortStableFunc(all, compareSlots)
	it.setAtoms(all)
}

func (k *kindRules) isAt(id customer.AttributeID, place int) bool {
	return k.plans[id].compared && int(k.plans[id].slot) == place
}

func (k *kindRules) firmWithout(it *Item, place int) []Firm {
	return slices.DeleteFunc(slices.Clone(it.Firm), func(f Firm) bool { return k.isAt(f.Attribute, place) })
}

// partLevels are the levels of one part of a comparison.
type partLevels struct {
	name   string
	levels []level
	within bool // counts only where the parts above it agree
	chain  bool // the parts below it count only where it agrees
}

// partsOf lists the parts of a comparison whose levels can be imagined one by one.
func partsOf(c comparator) []partLevels {
	switch c := c.(type) {
	case *nameComparison:
		return []partLevels{{name: "last", levels: c.last}, {name: "first", levels: c.first}, {name: "patronymic", levels: c.patronymic}, {name: "suffix", levels: c.suffix, within: true}}
	case *orgComparison:
		return []partLevels{{name: "core", levels: c.core, chain: true}, {name: "form", levels: c.form, within: true}}
	case *placeComparison:
		return []partLevels{{name: "city", levels: c.city, within: true, chain: true}, {name: "street", levels: c.street, within: true, chain: true},
			{name: "house", levels: c.house, within: true, chain: true}, {name: "flat", levels: c.flat, within: true}}
	case *dateComparison:
		return []partLevels{{levels: c.levels}}
	case *idComparison:
		return []partLevels{{levels: c.levels}}
	case *phoneComparison:
		return []partLevels{{levels: c.levels}}
	case *emailComparison:
		return []partLevels{{levels: c.levels}}
	case *textComparison:
		return []partLevels{{levels: c.levels}}
	case *categoryComparison:
		return []partLevels{{levels: c.levels}}
	}
	return nil
}
