package golden

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"kartoteka/customer"
)

// criterion compares two candidates; negative when a is better.
type criterion func(a, b *candidate) int

// order is criteria, the most important first; the last ones make it total.
type order []criterion

func (o order) compare(a, b *candidate) int {
	for _, by := range o {
		if c := by(a, b); c != 0 {
			return c
		}
	}
	return 0
}

// orders holds the complete order of each rule. A person's name that is whole goes before
// one with initials whatever the rule, but where the rule asks for the latest or longest.
// Of dates that do not contradict each other the one that says most goes first whatever the rule.
var orders, nameOrders, dateOrders = ordersWith(nil), ordersWith(byWhole, customer.KeepLatest, customer.KeepLongest), ordersWith(byPrecise)

func ordersWith(gate criterion, but ...customer.Keep) map[customer.Keep]order {
	heads := map[customer.Keep]order{
		customer.KeepTrusted:      {byTrust},
		customer.KeepLatest:       {byLatest},
		customer.KeepMostAgreed:   {byAgreement},
		customer.KeepMostComplete: {byComplete, byLength},
		customer.KeepLongest:      {byLength},
	}
	tail := order{byVerdict, byTrust, byScript, byComplete, byAgreement, byLatest, byStandard, byRecord, byPlace}
	out := map[customer.Keep]order{}
	for keep, head := range heads {
		o := order{byPin}
		if gate != nil && !slices.Contains(but, keep) {
			o = append(o, gate)
		}
		out[keep] = append(append(o, head...), tail...)
	}
	return out
}

// ranking is the order of an attribute's candidates: its rule, or for several kept values
// the one that says which stands first.
func ranking(a *customer.Attribute) order {
	keep := keepOf(a)
	if keep == customer.KeepAll {
		keep = cmp.Or(a.First, customer.KeepMostAgreed)
	}
	if keep == customer.KeepAll {
		keep = customer.KeepMostAgreed
	}
	switch a.Type {
	case customer.TypePersonName:
		return nameOrders[keep]
	case customer.TypeDate:
		return dateOrders[keep]
	}
	return orders[keep]
}

func byPin(a, b *candidate) int {
	if a.pin != nil && b.pin != nil {
		return cmp.Compare(b.pin.operation, a.pin.operation)
	}
	return b.pinned() - a.pinned()
}

func byTrust(a, b *candidate) int     { return a.trust - b.trust }
func byAgreement(a, b *candidate) int { return b.support - a.support }
func byComplete(a, b *candidate) int  { return b.complete - a.complete }
func byVerdict(a, b *candidate) int   { return int(b.value.Verdict) - int(a.value.Verdict) }
func byWhole(a, b *candidate) int     { return trueFirst(a.whole, b.whole) }
func byPrecise(a, b *candidate) int   { return trueFirst(b.vague, a.vague) }
func byLatest(a, b *candidate) int    { return b.observed().Compare(a.observed()) }
func byStandard(a, b *candidate) int  { return strings.Compare(a.value.Standard, b.value.Standard) }
func byPlace(a, b *candidate) int     { return a.place - b.place }

// byScript prefers the Cyrillic original to its transliteration.
func byScript(a, b *candidate) int { return trueFirst(a.cyrillic, b.cyrillic) }

func byLength(a, b *candidate) int {
	return utf8.RuneCountInString(b.value.Standard) - utf8.RuneCountInString(a.value.Standard)
}

func byRecord(a, b *candidate) int {
	if a.member == nil || b.member == nil {
		return 0
	}
	return compareMembers(a.member, b.member)
}

func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
