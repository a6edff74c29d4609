package resolve

import (
	"kartoteka/customer"
	"kartoteka/matching"
)

// groupTotal is the evidence of two groups for each other, comparison by comparison the best that a
// pair of their records shows.
func (r *Rules) groupTotal(a, b []*record) matching.Weight {
	return matching.Between(r.Matcher, distinct(a), distinct(b))
}

// maxCompared bounds how many different contents of a group are looked at, so that a heap of
// thousands does not stop the lane.
const maxCompared = 64

func distinct(records []*record) []*matching.Item {
	seen := map[[16]byte]bool{}
	var out []*matching.Item
	for _, rec := range records {
		if !seen[rec.item.Content] && len(out) < maxCompared {
			seen[rec.item.Content] = true
			out = append(out, rec.item)
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
