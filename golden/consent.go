package golden

import (
	"cmp"
	"slices"

	"kartoteka/customer"
)

// Consent gives what the company may assume of statements that come from different
// records: the meet, in which a refusal wins. Each statement counts as a record of its own;
// [Build] lets the latest statement win within a record first. What nobody stated stays
// unknown, which is no consent. The result is sorted and has one entry per purpose,
// channel and address.
//
// A refusal for every channel ("") or for the whole person (no address) also refuses what
// lies below it; a consent never spreads, neither up nor down.
func Consent(said []customer.Consent) []customer.Consent {
	records := make([]statements, len(said))
	for i := range said {
		records[i].own = said[i : i+1]
	}
	return meet(records)
}

// statements are what one record says.
type statements struct {
	own     []customer.Consent
	granted []customer.Consent // later than whatever it says without a date
}

// meet joins the statements of records, refusal wins.
func meet(records []statements) []customer.Consent {
	said := make([]statements, len(records))
	var out []customer.Consent
	for i, record := range records {
		said[i] = statements{inForce(record), record.granted}
		out = append(out, said[i].own...)
	}
	slices.SortFunc(out, compareConsents)
	out = slices.CompactFunc(out, sameScope) // the latest refusal stands first in each scope
	for i := range out {
		if at, refused := refusedAbove(said, &out[i]); refused && out[i].Given {
			out[i].Given, out[i].At = false, at
		}
	}
	return out
}

// inForce is what one record says: for each scope the latest statement. A consent overrules
// a refusal only when both are dated and it is the later one.
func inForce(record statements) []customer.Consent {
	if len(record.own) < 2 && len(record.granted) == 0 {
		return record.own
	}
	sorted := slices.DeleteFunc(slices.Clone(record.own), func(c customer.Consent) bool {
		return !c.Given && c.At.IsZero() && slices.ContainsFunc(record.granted, func(g customer.Consent) bool { return sameScope(g, c) })
	})
	sorted = append(sorted, record.granted...)
	slices.SortFunc(sorted, compareConsents)
	var out []customer.Consent
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sameScope(sorted[i], sorted[j]) {
			j++
		}
		out = append(out, latestStatement(sorted[i:j]))
		i = j
	}
	return out
}

// latestStatement picks among statements of one scope, refusals first and each sort from the latest.
func latestStatement(scope []customer.Consent) customer.Consent {
	grant := slices.IndexFunc(scope, func(c customer.Consent) bool { return c.Given })
	if grant < 1 { // all refused, or none
		return scope[0]
	}
	undated := scope[grant-1].At.IsZero()
	if !undated && scope[grant].At.After(scope[0].At) {
		return scope[grant]
	}
	return scope[0]
}

// refusedAbove finds the latest refusal of a broader scope that a record did not itself
// overrule with a later consent for exactly c.
func refusedAbove(records []statements, c *customer.Consent) (at customer.Instant, refused bool) {
	for i := range records {
		record := &records[i]
		for j := range record.own {
			r := &record.own[j]
			if r.Given || sameScope(*r, *c) || !covers(r, c) || record.overrules(r, c) {
				continue
			}
			if !refused || r.At.After(at) {
				at, refused = r.At, true
			}
		}
	}
	return at, refused
}

func (s *statements) overrules(refusal, c *customer.Consent) bool {
	return slices.ContainsFunc(s.own, func(o customer.Consent) bool {
		return o.Given && sameScope(o, *c) && !refusal.At.IsZero() && o.At.After(refusal.At)
	}) || slices.ContainsFunc(s.granted, func(o customer.Consent) bool {
		return sameScope(o, *c) && o.At.After(refusal.At)
	})
}

// covers reports whether the scope of a contains the scope of b.
func covers(a, b *customer.Consent) bool {
	return a.Purpose == b.Purpose && (a.Channel == "" || a.Channel == b.Channel) && (a.Address == "" || a.Address == b.Address)
}

func sameScope(a, b customer.Consent) bool {
	return a.Purpose == b.Purpose && a.Channel == b.Channel && a.Address == b.Address
}

// compareConsents sorts by scope; within one refusals first, the latest first.
func compareConsents(a, b customer.Consent) int {
	if c := cmp.Or(cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Address, b.Address)); c != 0 {
		return c
	}
	return cmp.Or(trueFirst(!a.Given, !b.Given), b.At.Compare(a.At))
}
