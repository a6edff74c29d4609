package desk

import (
	"slices"

	"kartoteka/access"
	"kartoteka/customer"
)

// RowState says how the sides of a question compare in one attribute.
type RowState string

// The states.
const (
	Agree     RowState = "agree"      // the same on every side
	AgreeGap  RowState = "agree_gap"  // the same where it is known
	DifferGap RowState = "differ_gap" // different, and unknown on a side
	Differ    RowState = "differ"     // different
)

// AttributeRow is one attribute across the sides of a question.
type AttributeRow struct {
	Attribute string                     `json:"attribute"`
	Type      customer.TypeName          `json:"type"`
	State     RowState                   `json:"state"`
	Masked    bool                       `json:"masked,omitempty"`
	Sides     [][]customer.DocumentValue `json:"sides"` // the values of each, golden ones where there are
}

// rows compares the sides attribute by attribute, in the order of the portrait; what no side knows,
// or the subject does not see, is left out.
func (s *sight) rows(sides []side) []AttributeRow {
	out := []AttributeRow{}
	if len(sides) == 0 {
		return out
	}
	kind := sides[0].kind()
	for _, a := range s.portrait().Of(kind) {
		sight := s.view.Of(kind, a.Name)
		if a.Type.IsFact() || sight == access.Absent {
			continue
		}
		row := AttributeRow{Attribute: a.Name, Type: a.Type, Masked: sight == access.Hint}
		var standards [][]string
		for i := range sides {
			values := sides[i].values(&a)
			standards = append(standards, standardsOf(values))
			row.Sides = append(row.Sides, s.shownValues(kind, &a, values))
		}
		if row.State = stateOf(standards); row.State != "" {
			out = append(out, row)
		}
	}
	return out
}

// values are the golden ones of a side, or those of its records where it has no golden record of its own.
func (x *side) values(a *customer.Attribute) []customer.DocumentValue {
	if x.document != nil && x.document.State == customer.CodeActive {
		return x.document.Attributes[a.Name]
	}
	var out []customer.DocumentValue
	for i := range x.members {
		m := &x.members[i]
		for _, v := range m.Standard.Of(a.ID) {
			known := slices.ContainsFunc(out, func(o customer.DocumentValue) bool { return o.Value == v.Standard })
			if !v.Verdict.Usable() || known {
				continue
			}
			out = append(out, customer.DocumentValue{Value: v.Standard, Kind: v.Kind, Verdict: v.Verdict, Source: m.Ref.Source, Record: m.ID, Revision: m.Revision, Observed: v.Observed})
		}
	}
	return out
}

func standardsOf(values []customer.DocumentValue) (out []string) {
	for i := range values {
		out = append(out, values[i].Value)
	}
	return out
}

func (s *sight) shownValues(kind customer.Kind, a *customer.Attribute, values []customer.DocumentValue) []customer.DocumentValue {
	out := append([]customer.DocumentValue{}, values...)
	for i := range out {
		v := &out[i]
		if s.view.Of(kind, a.Name) != access.Whole {
			v.Parts, v.RunnersUp = nil, nil
		}
		v.Value, _ = clip(s.view.Text(s.portrait(), kind, a.Name, v.Value))
	}
	return out
}

// stateOf compares the sides: they agree if those that know the attribute share a value; "" if none does.
func stateOf(sides [][]string) RowState {
	var known [][]string
	for _, values := range sides {
		if len(values) > 0 {
			known = append(known, values)
		}
	}
	if len(known) == 0 {
		return ""
	}
	gap := len(known) < len(sides)
	common := slices.ContainsFunc(known[0], func(v string) bool {
		return !slices.ContainsFunc(known[1:], func(other []string) bool { return !slices.Contains(other, v) })
	})
	switch {
	case common && gap:
		return AgreeGap
	case common:
		return Agree
	case gap:
		return DifferGap
	}
	return Differ
}
