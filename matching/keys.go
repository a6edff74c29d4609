package matching

import (
	"fmt"
	"slices"
	"strings"

	"kartoteka/customer"
)

// rule is a blocking rule: two records that agree on every part of it are compared.
type rule struct {
	name  string
	seed  uint64
	parts []rulePart
	// strict rules bring mostly pairs worth learning from.
	strict bool
	// common rules are those of any data, trained on or not.
	common bool
}

// rulePart is an attribute, or a derived form of it.
type rulePart struct {
	attribute customer.AttributeID
	derived   string
	gather    gather
	from      []int // parts of a value as it is written; nil: the whole value
}

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

// chooseRules lists the blocking rules of a kind, from the attributes that it has.
func chooseRules(kind customer.Kind, attributes []customer.Attribute) [][]string {
	c := chooser{kind: kind}
	for i := range attributes {
		c.meet(&attributes[i])
	}
	if kind == customer.Organization {
		return c.organization()
	}
	return c.person()
}

// chooser knows which attributes there are to block by.
type chooser struct {
	kind                    customer.Kind
	name, org, birth, place string
	texts, phones, numbers  []string
	out                     [][]string
}

func (c *chooser) meet(a *customer.Attribute) {
	switch roleOf(a) {
	case roleName:
		c.name = firstOf(c.name, a.Name)
	case roleOrg:
		c.org = firstOf(c.org, a.Name)
	case roleDate:
		if c.birth == "" || a.Name == "birth_date" {
			c.birth = a.Name
		}
	case rolePlace:
		c.place = firstOf(c.place, a.Name)
	case roleID:
		if a.Type != customer.TypeKPP {
			c.rule(a.Name)
			c.numbers = append(c.numbers, a.Name)
		}
	case rolePhone:
		c.rule(a.Name)
		c.phones = append(c.phones, a.Name)
	case roleText:
		c.texts = append(c.texts, a.Name)
	case roleEmail:
		c.rule(a.Name)
		c.rule(a.Name + ".local")
	}
}

func firstOf(have, other string) string {
	if have == "" {
		return other
	}
	return have
}

// rule adds a rule if all of its attributes exist.
func (c *chooser) rule(parts ...string) {
	for _, p := range parts {
		if p == "" || p[0] == '.' {
			return
		}
	}
	if !slices.ContainsFunc(c.out, func(other []string) bool { return slices.Equal(other, parts) }) {
		c.out = append(c.out, parts)
	}
}

func (c *chooser) person() [][]string {
	name, birth, place := c.name, c.birth, c.place
	c.rule(name+".last.sound", birth)
	c.rule(name+".first", birth)
	c.rule(name + ".both")
	c.rule(name+".both", name+".patronymic")
	c.rule(name+".last.sound", name+".first.initial")
	c.rule(name+".last.sound", name+".first.initial", name+".patronymic.initial")
	if place != "" {
		c.rule(name+".both", place+".city")
		c.rule(name+".last.sound", place+".house")
		c.rule(name+".first", place+".flat")
		c.rule(name+".first", name+".patronymic", place+".house")
	}
	if birth != "" {
		c.rule(name+".last.sound", name+".first.initial", birth+".year")
	}
	return c.out
}

func (c *chooser) organization() [][]string {
	org, place := c.org, c.place
	c.rule(org + ".core")
	c.rule(org + ".token")
	if place != "" {
		c.rule(org+".token", place+".city")
		c.rule(org+".initial", place+".house")
	}
	c.rule(c.name+".last.sound", c.name+".first.initial")
	return c.out
}

// compileRules makes the blocking rules that the settings give, or chooses them.
func (k *kindRules) compileRules(p *customer.Portrait, s Settings, m *KindModel) error {
	lines, common := s.Kinds[k.kind].Candidates, chooseRules(k.kind, p.Of(k.kind))
	switch {
	case lines != nil:
	case m.Rules != nil:
		lines = k.known(p, m.Rules)
	default:
		lines = common
	}
	if len(lines) > 255 {
		return fmt.Errorf("candidates: %d rules; 255 at most", len(lines))
	}
	for i, line := range lines {
		r, err := k.compileRule(p, line)
		if err != nil {
			return fmt.Errorf("candidates[%d]: %w", i, err)
		}
		r.common = slices.ContainsFunc(common, func(other []string) bool { return slices.Equal(line, other) })
		k.rules = append(k.rules, r)
	}
	return nil
}

// known leaves out what a model says of attributes that the portrait does not have.
func (k *kindRules) known(p *customer.Portrait, lines [][]string) [][]string {
	var out [][]string
	for _, line := range lines {
		if _, err := k.compileRule(p, line); err == nil {
			out = append(out, line)
		}
	}
	return out
}

func (k *kindRules) compileRule(p *customer.Portrait, line []string) (rule, error) {
	r := rule{name: strings.Join(line, " + ")}
	r.seed = hashText(k.seed, r.name)
	for _, written := range line {
		name, derived, _ := strings.Cut(written, ".")
		id, ok := p.Lookup(k.kind, name)
		if !ok { // an attribute may have a dot in its name: x.loyalty_no
			name, derived = written, ""
			id, ok = p.Lookup(k.kind, name)
		}
		if at := strings.LastIndexByte(written, '.'); !ok && at > 0 {
			name, derived = written[:at], written[at+1:]
			id, ok = p.Lookup(k.kind, name)
		}
		if !ok {
			return r, fmt.Errorf("the portrait has no attribute %q of kind %s", name, k.kind)
		}
		forms := derivedForms[k.plans[id].role]
		g, ok := forms[derived]
		if !ok {
			return r, fmt.Errorf("%q is no form of attribute %q; it has %s", derived, name, namesOf(forms, name))
		}
		r.parts = append(r.parts, rulePart{id, derived, g, writtenParts[k.plans[id].role][derived]})
	}
	if len(r.parts) == 0 {
		return r, fmt.Errorf("empty; name an attribute")
	}
	r.strict = r.teaches(k.plans)
	return r, nil
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

// keys makes the blocking keys of a record: for every rule each combination of the values of its parts.
func (f *folding) keys() []Key {
	f.keyed = f.keyed[:0]
	for i := range f.rules {
		f.keyed = f.rules[i].keys(f, uint8(i), f.keyed)
	}
	return f.keyed
}

func (r *rule) keys(f *folding, place uint8, out []Key) []Key {
	have := partValues{n: 1}
	have.list[0] = partValue{hash: r.seed}
	for i := range r.parts {
		p := &r.parts[i]
		var next partValues
		f.scratch.n = 0
		p.gather(f, &f.plans[p.attribute], &f.scratch)
		for _, x := range have.list[:have.n] {
			for _, y := range f.scratch.list[:f.scratch.n] {
				next.add(mix(x.hash, y.hash), x.uses|y.uses)
			}
		}
		have = next
	}
	for _, v := range have.list[:have.n] {
		out = append(out, Key{Hash: v.hash, Rule: place, Uses: v.uses})
	}
	return out
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
