package main

import (
	"strings"

	"kartoteka/customer"
	"kartoteka/matching"
)

// hopeless is how far below zero a total must be for rivals not to be discussed.
const hopeless = -1000

// rivals tells which other explanation of the pair was the stronger one, and why.
func (t *whyText) rivals() {
	if t.why.Household == nil || t.why.Total < hopeless {
		return
	}
	household, chance := t.bits(*t.why.Household), t.bits(t.why.Chance)
	shared := strings.Join(t.parts(func(weight, household matching.Weight) bool { return weight >= noticed && weight-household >= noticed }), ", ")
	switch {
	case t.why.Kind == customer.Organization:
		if t.why.Kinship != 0 {
			t.line("why.rival.owner", household, chance)
			t.sharedBy("why.rival.owner.shared", shared)
		}
	case t.why.Kinship == 0:
		t.line("why.rival.chance", chance, household)
	default:
		t.line("why.rival.household", household, chance)
		t.sharedBy("why.rival.shared", shared)
		against := t.parts(func(_, household matching.Weight) bool { return household >= noticed })
		if len(against) == 0 {
			t.line("why.rival.nothing")
			return
		}
		t.line("why.rival.against", strings.Join(against, ", "))
	}
}

// noticed is the least evidence worth mention, one bit.
const noticed = 100

func (t *whyText) sharedBy(key, list string) {
	if list != "" {
		t.line(key, list)
	}
}

// parts names what was compared and is wanted: names part by part, everything else as a whole.
func (t *whyText) parts(wanted func(weight, household matching.Weight) bool) []string {
	var out []string
	for i := range t.why.Comparisons {
		c := &t.why.Comparisons[i]
		switch customer.TypeName(t.family(c.Name)) {
		case customer.TypePersonName, customer.TypeOrgName:
			for _, s := range c.Steps {
				if s.Part != "" && wanted(s.Weight, s.Household) {
					out = append(out, t.lang.Sentence("part."+s.Part))
				}
			}
		default:
			if wanted(c.Weight, c.Household) {
				out = append(out, t.names(c.Name))
			}
		}
	}
	return out
}
