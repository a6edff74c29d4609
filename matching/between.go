package matching

import "kartoteka/customer"

// Between is what the records of two groups say together: of each comparison the best that any pair of
// them says, summed up once. Records of two kinds are never compared; a group without records says
// nothing.
func Between(r Comparer, a, b []*Item) Weight {
	if len(a) == 0 {
		return 0
	}
	var best, ev Evidence
	for i := range best {
		best[i] = Missing
	}
	for _, x := range a {
		for _, y := range b {
			if x.Kind != y.Kind {
				return unrelated
			}
			r.Compare(x, y, &ev)
			for i := range ev {
				best[i] = max(best[i], ev[i])
			}
		}
	}
	return Sum(r.Prior(a[0].Kind), &best)
}

// unrelated is the weight of a person and an organization.
const unrelated = -1 << 20

// Comparer compares records and says how likely two of a kind are one customer before.
type Comparer interface {
	Compare(a, b *Item, ev *Evidence)
	Prior(kind customer.Kind) Weight
}
