package golden

import (
	"slices"

	"kartoteka/customer"
)

// valid gives the grants whose records are all members still.
func (b *builder) valid(grants []customer.Grant) []customer.Grant {
	if len(grants) == 0 || b.granted != nil {
		return b.granted
	}
	here := make(map[customer.RecordID]bool, len(b.members))
	for _, m := range b.members {
		here[m.ID] = true
	}
	b.granted = slices.DeleteFunc(slices.Clone(grants), func(g customer.Grant) bool {
		return !g.Given || len(g.Records) == 0 || slices.ContainsFunc(g.Records, func(id customer.RecordID) bool { return !here[id] })
	})
	return b.granted
}

// statementsOf gives what a member says, and what its customer granted since. A record that came
// later is bound by no grant, and a later revision only by date.
func statementsOf(m *customer.Member, grants []customer.Grant) statements {
	out := statements{own: m.Standard.Consents}
	for i := range grants {
		g := &grants[i]
		at := slices.Index(g.Records, m.ID)
		switch {
		case at < 0:
		case at < len(g.Revisions) && g.Revisions[at] == m.Revision:
			out.granted = append(out.granted, g.Consent)
		default:
			out.own = append(slices.Clone(out.own), g.Consent)
		}
	}
	return out
}
