package resolve

import (
	"kartoteka/customer"
	"kartoteka/matching"
)

// groupTotal is the evidence of two groups for each other, comparison by comparison the best that a
// pair of their records shows.
func (r *Rules) groupTotal(a, b []*record) matching.Weight {
	if a[0].item.Kind != b[0].item.Kind {
		return -1 << 20 // kinds are never compared
	}
	var best, ev matching.Evidence
	for i := range best {
		best[i] = matching.Missing
	}
	right := distinct(b)
	for _, x := range distinct(a) {
		for _, y := range right {
			r.Matcher.Compare(x.item, y.item, &ev)
			for i := range ev {
				best[i] = max(best[i], ev[i])
			}
		}
	}
	return matching.Sum(r.Matcher.Prior(a[0].item.Kind), &best)
}

// maxCompared bounds how many different contents of a group are looked at, so that a heap of
// thousands does not stop the lane.
const maxCompared = 64

func distinct(records []*record) []*record {
	seen := map[[16]byte]bool{}
	var out []*record
	for _, rec := range records {
		if !seen[rec.item.Content] && len(out) < maxCompared {
			seen[rec.item.Content] = true
			out = append(out, rec)
		}
	}
	return out
}

func recordIDs(records []*record) []customer.RecordID {
	out := make([]customer.RecordID, len(records))
	for i, rec := range records {
		out[i] = rec.ID
	}
	return out
}
