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
	form      int   // place in the forms of the kind
	from      []int // parts of a value as it is written; nil: the whole value
}

// form is an attribute, or a derived form of it, that rules name.
type form struct {
	attribute customer.AttributeID
	derived   string
	gather    gather
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
	emails                  []string
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
		c.emails = append(c.emails, a.Name)
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
	if len(lines) > mostRules {
		return fmt.Errorf("candidates: %d rules; %d at most", len(lines), mostRules)
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
		r.parts = append(r.parts, rulePart{id, derived, k.formOf(id, derived, g), writtenParts[k.plans[id].role][derived]})
	}
	if len(r.parts) == 0 {
		return r, fmt.Errorf("empty; name an attribute")
	}
	r.strict = r.teaches(k.plans)
	return r, nil
}

// formOf gives the place of a form, which several rules may name.
func (k *kindRules) formOf(id customer.AttributeID, derived string, g gather) int {
	for i := range k.forms {
		if k.forms[i].attribute == id && k.forms[i].derived == derived {
			return i
		}
	}
	k.forms = append(k.forms, form{id, derived, g})
	return len(k.forms) - 1
}

// keys makes the blocking keys of a record: for every rule each combination of the values of its parts.
func (f *folding) keys() []Key {
	for i := range f.forms {
		x := &f.forms[i]
		f.formed[i].n = 0
		x.gather(f, &f.plans[x.attribute], &f.formed[i])
	}
	keys := f.listed.Keys[:0]
	for i := range f.rules {
		keys = f.rules[i].keys(f.formed, uint8(i), keys)
	}
	f.listed.Keys = keys
	return keys
}

func (r *rule) keys(formed []partValues, place uint8, out []Key) []Key {
	begin := len(out)
	out = append(out, Key{Hash: r.seed, Rule: place})
	for i := range r.parts {
		values := &formed[r.parts[i].form]
		switch values.n {
		case 0:
			return out[:begin]
		case 1:
			for at := begin; at < len(out); at++ {
				out[at].Hash, out[at].Uses = mix(out[at].Hash, values.list[0].hash), out[at].Uses|values.list[0].uses
			}
		default:
			out = values.combine(out, begin)
		}
	}
	return out
}

// combine goes on with each key of a rule by each value; more than a part may have are left out.
func (p *partValues) combine(keys []Key, begin int) []Key {
	var have [maxValues]Key
	n := copy(have[:], keys[begin:])
	keys = keys[:begin]
	for _, x := range have[:n] {
		for _, y := range p.list[:p.n] {
			if len(keys)-begin < maxValues {
				keys = append(keys, Key{Hash: mix(x.Hash, y.hash), Uses: x.Uses | y.uses, Rule: x.Rule})
			}
		}
	}
	return keys
}
