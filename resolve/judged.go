package resolve

import (
	"kartoteka/customer"
	"kartoteka/golden"
)

// confirmedRecords are those that a person checked to be one customer, each counted once.
func confirmedRecords(decisions []customer.Decision) map[customer.RecordID]int {
	var out map[customer.RecordID]int
	for _, d := range decisions {
		if d.Kind != customer.Confirmed {
			continue
		}
		if out == nil {
			out = map[customer.RecordID]int{}
		}
		for _, id := range d.Left {
			out[id] = 1
		}
	}
	return out
}

// grants are the consents granted since, by the first record that they name.
type grants map[customer.RecordID][]customer.Grant

func grantsOf(decisions []customer.Decision) grants {
	var out grants
	for _, d := range decisions {
		if d.Kind != customer.Granted || d.Grant == nil || len(d.Left) == 0 {
			continue
		}
		if out == nil {
			out = grants{}
		}
		out[d.Left[0]] = append(out[d.Left[0]], *d.Grant)
	}
	return out
}

// decided gives what people fixed about a cluster with its code's row; nil for nothing.
func (w *writer) decided(c *cluster, row *CodeRow) *golden.Decided {
	var granted []customer.Grant
	if len(w.grants) > 0 {
		for _, rec := range c.members {
			granted = append(granted, w.grants[rec.ID]...)
		}
	}
	if len(granted)+len(row.Pins) == 0 {
		return nil
	}
	return &golden.Decided{Pins: row.Pins, Grants: granted}
}

// grant gives the codes that the operation asks for: an active one to the cluster that holds most of
// the records, a retired one if it led here.
func (f *follower) grant(clusters []cluster, claims []claim, taken map[customer.Code]bool) {
	if len(f.wishes) == 0 {
		return
	}
	present := map[customer.Code]bool{}
	for _, c := range claims {
		present[c.code] = true
	}
	for _, w := range f.wishes {
		row := f.codes[w.code]
		if row == nil || taken[w.code] {
			continue
		}
		at := holderOf(clusters, w.records)
		active := row.State == customer.CodeActive
		if at < 0 || clusters[at].code != 0 || active && !present[w.code] || !active && !f.ledHere(row, present) {
			continue
		}
		clusters[at].code, taken[w.code] = w.code, true
		if !active {
			clusters[at].kind = customer.Restored
		}
	}
}

// holderOf finds the cluster with most of the records, the first of equals; -1 if none has any.
func holderOf(clusters []cluster, records []customer.RecordID) int {
	wanted := make(map[customer.RecordID]bool, len(records))
	for _, id := range records {
		wanted[id] = true
	}
	best, most := -1, 0
	for i := range clusters {
		n := 0
		for _, rec := range clusters[i].members {
			if wanted[rec.ID] {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}
