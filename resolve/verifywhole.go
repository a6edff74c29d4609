package resolve

import (
	"context"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Evaluation is what f over everything is computed from.
type Evaluation struct {
	Rules      *Rules
	Population Population
	Decisions  []customer.Decision
	Closed     []uint64 // keys that are closed, and values that are generic, in the base
	Generic    []uint64
}

// VerifyWhole evaluates f over all live records in memory and tells where the present membership
// differs (I8).
func VerifyWhole(ctx context.Context, e Evaluation, found func(customer.Violation)) error {
	w := &whole{Bulk: Bulk{Rules: e.Rules, Population: e.Population, Progress: func(string, int, int) {}}, ctx: ctx}
	if err := w.read(); err != nil {
		return err
	}
	closed, generic := setOf(e.Closed), setOf(e.Generic)
	pointers := make([]*record, len(w.records))
	for i := range w.records {
		pointers[i] = &w.records[i]
		matching.MarkGeneric(pointers[i].item, func(k uint64) bool { return generic[k] })
	}
	limits := e.Rules.limits()
	limits.Closed = func(key uint64) bool { return closed[key] }
	persons, _ := splitHolds(e.Decisions)
	entries, _ := e.Rules.entries(pointers, persons)
	result := e.Rules.partition(pointers, e.Decisions, limits)
	w.compareNodes(entries, found)
	w.compareClusters(&result, found)
	return ctx.Err()
}

func setOf(keys []uint64) map[uint64]bool {
	set := make(map[uint64]bool, len(keys))
	for _, k := range keys {
		set[k] = true
	}
	return set
}

func (w *whole) compareNodes(entries []matching.Entry, found func(customer.Violation)) {
	for i := range w.records {
		if rec := &w.records[i]; rec.Node != w.Rules.nodeOf(rec, entries[i].Apart) {
			found(customer.Violation{Records: []customer.RecordID{rec.ID}, What: "stands in another node than its content gives, so it is not found", Cure: cureRepair, Mend: customer.MendRecords})
		}
	}
}

// compareClusters holds clusters against codes both ways.
func (w *whole) compareClusters(result *matching.Result, found func(customer.Violation)) {
	codeOf, clusterOf := map[int32]int{}, map[customer.Code]int{}
	for i := range w.records {
		code, cluster := w.records[i].Code, result.Cluster[i]
		if code == 0 {
			continue // that is I1
		}
		if first, seen := codeOf[cluster]; !seen {
			codeOf[cluster] = i
		} else if other := w.records[first]; other.Code != code {
			codes := []customer.Code{other.Code, code}
			slices.Sort(codes)
			found(customer.Violation{Codes: codes, Records: []customer.RecordID{other.ID, w.records[i].ID},
				What: "computed again, these records of two codes are one customer", Cure: cureRepair, Mend: customer.MendRecords})
		}
		if first, seen := clusterOf[code]; !seen {
			clusterOf[code] = i
		} else if result.Cluster[first] != cluster {
			found(customer.Violation{Codes: []customer.Code{code}, Records: []customer.RecordID{w.records[first].ID, w.records[i].ID},
				What: "computed again, these records of the code are two customers", Cure: cureRepair, Mend: customer.MendRecords})
		}
	}
}
