package mapping

import (
	"slices"

	"kartoteka/customer"
)

// kind finds the rule that tells persons from organizations; without one each row decides for itself.
func (f *inference) kind() {
	if f.kinded {
		return
	}
	for _, c := range f.of("-kind") {
		if rule := f.kindColumn(c); rule != nil && f.out.Mapping.Kind == nil {
			f.out.Mapping.Kind = rule
			continue
		}
		f.left(c, "does not tell persons from organizations")
	}
	if f.out.Mapping.Kind != nil {
		return
	}
	if always := f.always(); always != "" {
		f.out.Mapping.Kind = &customer.KindRule{Always: always}
	}
}

// kindColumn learns which values mean what.
func (f *inference) kindColumn(c *column) *customer.KindRule {
	rule := &customer.KindRule{Column: f.table.Columns[c.index]}
	known, all := 0, 0
	for v, n := range c.distinct {
		all += n
		switch kindOf(v) {
		case customer.Person:
			rule.Person = append(rule.Person, v)
		case customer.Organization:
			rule.Organization = append(rule.Organization, v)
		default:
			continue
		}
		known += n
	}
	if known == 0 || known*10 < all*8 {
		return nil
	}
	slices.Sort(rule.Person)
	slices.Sort(rule.Organization)
	return rule
}

// always is the one kind of all rows, if the columns or the names leave no doubt.
func (f *inference) always() customer.Kind {
	whole := slices.Concat(f.of("full"), f.of("name"), f.of("org"))
	whole = slices.DeleteFunc(whole, func(c *column) bool { return f.at(c).concept.part != "" })
	parted := len(f.part("last"))+len(f.part("first")) > 0
	told := len(f.of("person")) > 0 || len(whole) == 0 && parted || f.mostlyParted()
	if told && f.noneOf("kpp", "ogrn", "edrpou", "-inn+kpp", "org") && f.hardlyOrganizations(append(whole, f.of("person")...)) {
		return customer.Person
	}
	if len(whole) > 0 && !parted && len(f.of("person")) == 0 && !f.personal() && businesses(whole[0], f.at(whole[0]).concept.attribute == "org") {
		return customer.Organization
	}
	return ""
}

// mostlyParted reports surnames in most rows, whatever other columns of names there are.
func (f *inference) mostlyParted() bool {
	last := f.part("last")
	return len(last) > 0 && last[0].fill() > 0.5
}

// hardlyOrganizations reports columns of whole names with next to no organization among them.
func (f *inference) hardlyOrganizations(whole []*column) bool {
	for _, c := range whole {
		if c.share(shapeOrg) > 0.02 {
			return false
		}
	}
	return true
}

func (f *inference) noneOf(attributes ...string) bool {
	for _, a := range attributes {
		if len(f.of(a)) > 0 {
			return false
		}
	}
	return true
}

// businesses reports names that are mostly organizations'; when the heading says so, few of them need to show it.
func businesses(c *column, said bool) bool {
	persons := 0
	for _, v := range c.values {
		if !organizational(v) && looksLike(customer.TypePersonName, v) {
			persons++
		}
	}
	n := float64(max(1, len(c.values)))
	org, person := c.share(shapeOrg), float64(persons)/n
	if said {
		return person < 0.3 && (org >= 0.1 || person < 0.05)
	}
	return org >= 0.25 && person < 0.15 && person < org/2
}
