package main

import (
	"cmp"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/phrases"
)

// hopeless is how far below zero a total must be for rivals not to be discussed.
const hopeless = -1000

// rivals tells which other explanation of the pair was the stronger one, and why.
func (t *whyText) rivals() {
	if t.why.Household == nil || t.why.Total < hopeless {
		return
	}
	household, chance := t.bits(*t.why.Household), t.bits(t.why.Chance)
	switch {
	case t.why.Kinship == 0 && t.why.Kind == customer.Organization:
	case t.why.Kinship == 0:
		t.rival("why.rival.chance", chance, household)
	case t.why.Kind == customer.Organization:
		t.rival("why.rival.owner", household, chance)
		t.listed("why.rival.owner.shared", t.parts().shared())
	default:
		t.rival("why.rival.household", household, chance)
		parts := t.parts()
		t.listed("why.rival.shared", parts.shared())
		if against := parts.against(); len(against) > 0 {
			t.listed("why.rival.against", against)
			return
		}
		t.line("why.rival.nothing")
	}
}

// rival names the strongest other explanation. Evidence below zero is none: the rival is the better one.
func (t *whyText) rival(key string, best, other phrases.Phrase) {
	if t.why.Total < 0 {
		t.line(key+".better", t.bits(-t.why.Total))
		return
	}
	t.line(key, best, other)
}

func (t *whyText) listed(key string, list []string) {
	if len(list) > 0 {
		t.line(key, list)
	}
}

// evidencePart is something that was compared, with its evidence against either rival.
type evidencePart struct {
	name              string
	weight, household matching.Weight
}

type evidenceParts []evidencePart

const (
	// noticed is the least evidence worth mention, one bit.
	noticed = 100
	// namedAgainst is how many reasons against a household are named.
	namedAgainst = 3
)

// parts lists what was compared: names part by part, everything else as a whole.
func (t *whyText) parts() (out evidenceParts) {
	for i := range t.why.Comparisons {
		c := &t.why.Comparisons[i]
		switch customer.TypeName(t.family(c.Name)) {
		case customer.TypePersonName, customer.TypeOrgName:
			for _, s := range c.Steps {
				if s.Part != "" {
					out = append(out, evidencePart{t.lang.Sentence("part." + s.Part), s.Weight, s.Household})
				}
			}
		default:
			out = append(out, evidencePart{t.names(c.Name), c.Weight, c.Household})
		}
	}
	return out
}

// common reports whether a household has this in common as a rule: against it most of the evidence is lost.
func (x *evidencePart) common() bool { return x.weight >= noticed && 2*x.household < x.weight }

// shared names what a household has in common as a rule.
func (p evidenceParts) shared() (names []string) {
	for _, x := range p {
		if x.common() {
			names = append(names, x.name)
		}
	}
	return names
}

// against names what speaks most against a household.
func (p evidenceParts) against() (names []string) {
	p = slices.Clone(p)
	slices.SortStableFunc(p, func(x, y evidencePart) int { return cmp.Compare(y.household, x.household) })
	for _, x := range p {
		if len(names) < namedAgainst && x.household >= noticed && !x.common() {
			names = append(names, x.name)
		}
	}
	return names
}
