package matching

import (
	"cmp"
	"math"
	"slices"
)

// A blocking rule that suits thousands of records may bring millions of strangers together. How
// many, is estimated from a sample; a rule that would bring too many for the population that the
// ruleset stands for is left out if a finer rule looks at the same values and more.

const (
	sampleMeetings = 1 << 15   // records of which meetings of strangers are counted
	strangerPairs  = 2_000_000 // of one rule, from which it may be too broad,
	strangersLeast = 2         // if they are more than so many for each record
)

// meeting is a blocking key of a record of the sample.
type meeting struct {
	key  uint64
	rule uint8
}

// meet notes the keys of one record.
func (o *folded) meet(f *folding) {
	o.met++
	for _, key := range f.keys() {
		o.meetings = append(o.meetings, meeting{key.Hash, key.Rule})
	}
}

// chances are, by the names of rules, how likely each brings two records together.
func (o *folded) chances(rules []rule) map[string]float64 {
	if o.met < 2 {
		return nil
	}
	slices.SortFunc(o.meetings, func(x, y meeting) int { return cmp.Or(cmp.Compare(x.rule, y.rule), cmp.Compare(x.key, y.key)) })
	out := map[string]float64{}
	pairs := float64(o.met) * float64(o.met-1) / 2
	for at := 0; at < len(o.meetings); {
		end := at + 1
		for end < len(o.meetings) && o.meetings[end] == o.meetings[at] {
			end++
		}
		if n := float64(end - at); n > 1 {
			out[rules[o.meetings[at].rule].name] += n * (n - 1) / 2
		}
		at = end
	}
	for name, n := range out {
		out[name] = round3(n / pairs)
	}
	return out
}

// dropBroad leaves out rules that bring too many strangers together and have a finer sibling.
func (k *kindRules) dropBroad(m *KindModel, population int64) {
	n := float64(population)
	tooMany := max(strangersLeast*n, strangerPairs)
	kept := make([]rule, 0, len(k.rules))
	for i := range k.rules {
		r := &k.rules[i]
		if m.Meet[r.name]*n*(n-1)/2 > tooMany && slices.ContainsFunc(k.rules, r.hasFiner) {
			continue
		}
		kept = append(kept, *r)
	}
	k.rules = kept
}

// hasFiner reports whether another rule asks for all that this one does, and for more.
func (r *rule) hasFiner(other rule) bool {
	if len(other.parts) <= len(r.parts) {
		return false
	}
	for i := range r.parts {
		if !slices.ContainsFunc(other.parts, func(p rulePart) bool {
			return p.attribute == r.parts[i].attribute && p.derived == r.parts[i].derived
		}) {
			return false
		}
	}
	return true
}

// round3 keeps three digits: a model file is read by people.
func round3(x float64) float64 {
	scale := math.Pow(10, 2-math.Floor(math.Log10(x)))
	return math.Round(x*scale) / scale
}
