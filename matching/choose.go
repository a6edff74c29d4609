package matching

import (
	"fmt"
	"strings"

	"kartoteka/customer"
)

// role is how an attribute's values are folded.
type role uint8

const (
	roleNone role = iota
	roleName
	roleGender
	roleOrg
	rolePlace
	roleDate
	roleID
	roleBranch
	rolePhone
	roleEmail
	roleText
	roleCategory
)

// plan says what becomes of the values of one attribute.
type plan struct {
	role     role
	slot     uint8 // of the comparison; for roles that make atoms
	compared bool
	seed     uint64
	above    int32 // distinct signatures that make a value generic; 0: never
	firm     bool  // a valid value can veto
	name     string
	family   string   // its type, as in the model
	levels   []string // names of its levels in the model
	terms    *rarities
	parts    [len(placeParts)]*placePart
	local    *rarities // of an e-mail's local part
}

func roleOf(a *customer.Attribute) role {
	switch a.Type {
	case customer.TypePersonName:
		return roleName
	case customer.TypeGender:
		return roleGender
	case customer.TypeOrgName:
		return roleOrg
	case customer.TypeAddress:
		return rolePlace
	case customer.TypeDate:
		return roleDate
	case customer.TypePhone:
		return rolePhone
	case customer.TypeEmail:
		return roleEmail
	case customer.TypeCategory:
		return roleCategory
	case customer.TypeText:
		if a.SharedBy > 0 {
			return roleID
		}
		return roleText
	case customer.TypeSet:
		return roleNone
	}
	if a.Type.IsFact() {
		return roleNone
	}
	return roleID
}

// chooseComparisons lists the comparisons of a kind: each attribute by itself, but gender with
// the name and the branch code with the tax number.
func chooseComparisons(attributes []customer.Attribute) [][]string {
	var out [][]string
	name, inn := -1, -1
	for i := range attributes {
		a := &attributes[i]
		switch {
		case roleOf(a) == roleNone, a.Type == customer.TypeKPP, a.Type == customer.TypeGender:
			continue
		case name < 0 && a.Type == customer.TypePersonName:
			name = len(out)
		case inn < 0 && a.Type == customer.TypeINN:
			inn = len(out)
		case name >= 0 && a.Type == customer.TypePersonName:
			out[name] = append(out[name], a.Name)
			continue
		}
		out = append(out, []string{a.Name})
	}
	for i := range attributes {
		a := &attributes[i]
		switch {
		case a.Type == customer.TypeGender && name >= 0:
			out[name] = append(out[name], a.Name)
		case a.Type == customer.TypeKPP && inn >= 0:
			out[inn] = append(out[inn], a.Name)
		}
	}
	return out[:min(len(out), maxCompared)]
}

// compileComparisons makes the comparators and the plans of their attributes.
func (k *kindRules) compileComparisons(p *customer.Portrait, s Settings, m *KindModel) error {
	k.nameFrequencies("name", m)
	for i := range p.Attributes {
		if a := &p.Attributes[i]; a.Kind == k.kind {
			k.plans[i] = k.planOf(a, s, m)
		}
	}
	lines := s.Kinds[k.kind].Compare
	if lines == nil {
		lines = chooseComparisons(p.Of(k.kind))
	}
	if len(lines) > maxCompared {
		return fmt.Errorf("compare: %d comparisons; %d at most, so leave some out", len(lines), maxCompared)
	}
	for i, line := range lines {
		c, err := k.compileComparison(p, line, uint8(i), s, m)
		if err != nil {
			return fmt.Errorf("compare[%d]: %w", i, err)
		}
		if name, ok := c.(*nameComparison); ok && k.name == nil {
			k.name, k.nameAt = name, i
		}
		k.comparisons = append(k.comparisons, comparison{c, strings.Join(line, " + ")})
	}
	return nil
}

// nameFrequencies reads what is known about the words of names.
func (k *kindRules) nameFrequencies(attribute string, m *KindModel) {
	k.lastNames = newRarities(m.frequencies(attribute+".last", "person_name.last"))
	k.firstNames = newRarities(m.frequencies(attribute+".first", "person_name.first"))
	k.patronymics = newRarities(m.frequencies(attribute+".patronymic", "person_name.patronymic"))
	k.coreTokens = newAbsolute(m.frequencies(attribute+".core", "organization_name.core"))
}

func (k *kindRules) planOf(a *customer.Attribute, s Settings, m *KindModel) plan {
	pl := plan{role: roleOf(a), seed: hashText(k.seed, a.Name), name: a.Name, family: string(a.Type), levels: levelNames(a)}
	if a.SharedBy > 0 {
		pl.above = int32(3*a.SharedBy + 3)
		if s.GenericAbove > 0 {
			pl.above = int32(s.GenericAbove)
		}
	}
	pl.firm = pl.role == roleID && a.Holds == customer.One && (a.Type != customer.TypeKPP || s.BranchesApart) && isIdentity(a.Type)
	pl.terms = newRarities(m.frequencies(frequencyNames(a)...))
	switch pl.role {
	case roleName, roleOrg:
		if k.named == "" {
			k.named = a.Name
			k.nameFrequencies(a.Name, m)
		}
	case rolePlace:
		for i, part := range placeParts {
			pl.parts[i] = newPlacePart(i, newRarities(m.frequencies(a.Name+"."+part, "address."+part)))
		}
	case roleEmail:
		pl.local = newRarities(m.frequencies(a.Name+".local", "email.local"))
	case roleDate:
		if k.birth < 0 || a.Name == "birth_date" {
			k.birth = int(a.ID)
		}
	}
	return pl
}

var placeParts = [...]string{"city", "street", "house", "flat", "postcode"}

// frequencyNames are the names under which a model may know the values of an attribute.
func frequencyNames(a *customer.Attribute) []string {
	switch roleOf(a) {
	case roleID, roleBranch:
		if a.Type == customer.TypeText {
			return []string{a.Name, "id"}
		}
		return []string{a.Name, string(a.Type), "id"}
	case roleCategory:
		return []string{a.Name, "category"}
	}
	return []string{a.Name, string(a.Type)}
}

// levelNames are the names under which a model may know the levels of an attribute.
func levelNames(a *customer.Attribute) []string {
	family := "id"
	if a.Holds == customer.Many {
		family = "id.many"
	}
	switch {
	case roleOf(a) == roleID && a.Type == customer.TypeText:
		return []string{a.Name, family}
	case roleOf(a) == roleID:
		return []string{a.Name, string(a.Type), family}
	}
	return []string{a.Name, string(a.Type)}
}

func (k *kindRules) compileComparison(p *customer.Portrait, line []string, slot uint8, s Settings, m *KindModel) (comparator, error) {
	attributes, err := k.lookUp(p, line)
	if err != nil {
		return nil, err
	}
	first := attributes[0]
	for _, a := range attributes {
		k.plans[a.ID].slot, k.plans[a.ID].compared = slot, true
	}
	switch k.plans[first.ID].role {
	case roleName:
		return newNameComparison(m, first.Name, "gender")
	case roleOrg:
		return newOrgComparison(m, first.Name)
	case rolePlace:
		return newPlaceComparison(m, first.Name)
	}
	return k.compileAtoms(attributes, slot, s, m)
}

// atomKeys are the levels of the comparisons whose values are atoms.
var atomKeys = map[role][]string{roleDate: dateKeys, roleID: idKeys, rolePhone: phoneKeys, roleEmail: emailKeys,
	roleText: textKeys, roleCategory: categoryKeys}

func (k *kindRules) compileAtoms(attributes []*customer.Attribute, slot uint8, s Settings, m *KindModel) (comparator, error) {
	first := attributes[0]
	levels, err := m.table(atomKeys[k.plans[first.ID].role], levelNames(first)...)
	if err != nil {
		return nil, err
	}
	switch k.plans[first.ID].role {
	case roleDate:
		return &dateComparison{slot, levels}, nil
	case rolePhone:
		return &phoneComparison{slot, levels}, nil
	case roleEmail:
		return &emailComparison{slot, levels}, nil
	case roleText:
		return &textComparison{slot, levels}, nil
	case roleCategory, roleGender:
		return &categoryComparison{slot, levels}, nil
	}
	c := &idComparison{slot: slot, levels: levels, apart: s.BranchesApart}
	if len(attributes) > 1 {
		k.plans[attributes[1].ID].role = roleBranch
		c.branch, err = m.table(branchKeys, attributes[1].Name, "id.branch")
	}
	return c, err
}

// lookUp finds the attributes of a line of compare; what may stand together is checked here.
func (k *kindRules) lookUp(p *customer.Portrait, line []string) ([]*customer.Attribute, error) {
	if len(line) == 0 {
		return nil, fmt.Errorf("empty; name an attribute")
	}
	var out []*customer.Attribute
	for _, name := range line {
		id, ok := p.Lookup(k.kind, name)
		if !ok {
			return nil, fmt.Errorf("the portrait has no attribute %q of kind %s", name, k.kind)
		}
		if k.plans[id].role == roleNone {
			return nil, fmt.Errorf("attribute %q is a fact that cannot be compared; leave it out", name)
		}
		out = append(out, p.Attribute(id))
	}
	if k.plans[out[0].ID].role == roleGender && len(line) == 1 {
		k.plans[out[0].ID].role = roleCategory
	}
	for _, a := range out[1:] {
		if !k.goTogether(k.plans[out[0].ID].role, k.plans[a.ID].role) {
			return nil, fmt.Errorf("%q and %q cannot be one comparison; give each a line", out[0].Name, a.Name)
		}
	}
	return out, nil
}

// goTogether tells which attributes may be compared as one: names with gender, a number with a branch code, several of one sort.
func (k *kindRules) goTogether(first, other role) bool {
	switch first {
	case roleName:
		return other == roleName || other == roleGender
	case roleID:
		return other == roleID || other == roleBranch
	case roleGender:
		return false
	}
	return first == other
}
