package resolve

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// raise lists the questions that an outcome raises, but for those about holds.
func (a *asker) raise(list []doubtful, weak [][2][]customer.RecordID, weights []matching.Weight, heaps [][]customer.RecordID) []Task {
	out := a.pairs(list)
	out = append(out, a.overMerges(weak, weights)...)
	out = append(out, a.heaps(heaps)...)
	out = append(out, a.disagreements()...)
	for i := range out {
		out[i].Loss = a.loss(&out[i])
	}
	slices.SortStableFunc(out, func(x, y Task) int { return cmp.Compare(y.Loss, x.Loss) })
	return out
}

// pairs turns doubtful pairs whose records are of different codes into questions, one a pair of codes.
func (a *asker) pairs(list []doubtful) []Task {
	best := map[[2]customer.Code]Task{}
	apart := a.decidedApart()
	for _, d := range list {
		x, y := a.after[d.a], a.after[d.b]
		if x == 0 || y == 0 || x == y {
			continue
		}
		if x > y {
			x, y, d.a, d.b = y, x, d.b, d.a
		}
		pair := [2]customer.Code{x, y}
		if apart[pair] {
			continue
		}
		t := Task{Kind: customer.TaskPossibleMatch, Code: x, Other: y, Records: []customer.RecordID{d.a, d.b}, Weight: d.weight}
		if d.weight >= d.link {
			t.Kind = customer.TaskConflict
		}
		if old, known := best[pair]; !known || cmp.Or(cmp.Compare(t.Weight, old.Weight), slices.Compare(old.Records, t.Records)) > 0 {
			best[pair] = t
		}
	}
	out := slices.Collect(maps.Values(best))
	slices.SortFunc(out, func(x, y Task) int {
		return cmp.Or(cmp.Compare(y.Weight, x.Weight), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Other, y.Other))
	})
	return out
}

// decidedApart lists the pairs of codes that persons hold to be different customers.
func (a *asker) decidedApart() map[[2]customer.Code]bool {
	out := map[[2]customer.Code]bool{}
	for _, d := range a.persons {
		if d.Kind != customer.Different {
			continue
		}
		right := a.codesAfter(d.Right)
		for x := range a.codesAfter(d.Left) {
			for y := range right {
				out[[2]customer.Code{min(x, y), max(x, y)}] = true
			}
		}
	}
	return out
}

func (a *asker) codesAfter(ids []customer.RecordID) map[customer.Code]bool {
	out := map[customer.Code]bool{}
	for _, id := range ids {
		if code := a.after[id]; code != 0 {
			out[code] = true
		}
	}
	return out
}

// overMerges turns weak joins whose groups are one code into questions, the weakest of each code.
func (a *asker) overMerges(weak [][2][]customer.RecordID, weights []matching.Weight) []Task {
	best := map[customer.Code]Task{}
	for i, sides := range weak {
		code := a.after[sides[0][0]]
		if code == 0 || code != a.after[sides[1][0]] || a.confirmedBoth(sides) {
			continue
		}
		t := Task{Kind: customer.TaskOverMerge, Code: code, Weight: weights[i]}
		for side, list := range sides {
			for _, id := range list {
				t.Records, t.Sides = append(t.Records, id), append(t.Sides, int32(side))
			}
		}
		if old, known := best[code]; !known || cmp.Or(cmp.Compare(old.Weight, t.Weight), slices.Compare(old.Records, t.Records)) > 0 {
			best[code] = t
		}
	}
	return sortedTasks(best)
}

func sortedTasks(best map[customer.Code]Task) []Task {
	out := make([]Task, 0, len(best))
	for _, code := range slices.Sorted(maps.Keys(best)) {
		out = append(out, best[code])
	}
	return out
}

// confirmedBoth reports whether a person confirmed records of both sides as one customer.
func (a *asker) confirmedBoth(sides [2][]customer.RecordID) bool {
	return slices.ContainsFunc(a.persons, func(d customer.Decision) bool {
		return d.Kind == customer.Confirmed && shareID(d.Left, sides[0]) && shareID(d.Left, sides[1])
	})
}

func shareID(x, y []customer.RecordID) bool {
	return slices.ContainsFunc(x, func(id customer.RecordID) bool { return slices.Contains(y, id) })
}

// heapNamed bounds the records that a task about a heap names.
const heapNamed = 50

// heaps asks about parts that could not be told apart, one question a code.
func (a *asker) heaps(heaps [][]customer.RecordID) []Task {
	best := map[customer.Code]Task{}
	for _, heap := range heaps {
		code := a.after[heap[0]]
		if _, known := best[code]; !known && code != 0 {
			best[code] = Task{Kind: customer.TaskOversized, Code: code, Records: heap[:min(len(heap), heapNamed)], Weight: matching.Weight(len(heap))}
		}
	}
	return sortedTasks(best)
}

// disagreements asks about decisions that the evidence is strongly against; they stand.
func (a *asker) disagreements() []Task {
	var out []Task
	for _, d := range a.persons {
		if d.Kind != customer.Same && d.Kind != customer.Different {
			continue
		}
		left, right := a.known(d.Left), a.known(d.Right)
		if len(left) == 0 || len(right) == 0 || left[0].item.Kind != right[0].item.Kind {
			continue
		}
		if weight, against := a.rules.against(d.Kind, left, right); against {
			t := Task{Kind: customer.TaskDisagreement, Code: a.after[left[0].ID], Decision: d.ID, Weight: weight, Records: []customer.RecordID{left[0].ID, right[0].ID}, Sides: []int32{0, 1}}
			if other := a.after[right[0].ID]; other != t.Code {
				t.Other = other
			}
			out = append(out, t)
		}
	}
	return out
}

func (a *asker) known(ids []customer.RecordID) (out []*record) {
	for _, id := range ids {
		if rec := a.record(id); rec != nil && a.after[id] != 0 {
			out = append(out, rec)
		}
	}
	return out
}

// against reports whether the evidence of the sides for each other is strongly against a decision:
// for Different, that it would link them with six bits to spare; for Same, that what was compared
// speaks against it by six bits, or that each side has a strong identifier of its own.
func (r *Rules) against(kind customer.DecisionKind, left, right []*record) (matching.Weight, bool) {
	total, of := r.groupTotal(left, right), left[0].item.Kind
	vetoed := matching.Vetoed(firmOf(left), firmOf(right))
	if kind == customer.Different {
		return total, !vetoed && total >= r.Matcher.Link(of)+matching.StrongVeto
	}
	return total, vetoed || total <= r.Matcher.Prior(of)-matching.StrongVeto
}

// firmOf collects the strong identifiers of a group, sorted.
func firmOf(records []*record) []matching.Firm {
	var out []matching.Firm
	for _, rec := range records {
		out = append(out, rec.item.Firm...)
	}
	slices.SortFunc(out, func(x, y matching.Firm) int {
		return cmp.Or(cmp.Compare(x.Attribute, y.Attribute), cmp.Compare(x.Value, y.Value))
	})
	return slices.Compact(out)
}

// loss is what a question is expected to cost if nobody answers it: the chance that what stands now
// is wrong, times what that error costs, times what is at stake: the records, products and consents
// of the codes. Bits are turned into a chance as the model means them.
func (a *asker) loss(t *Task) float64 {
	one := 1 / (1 + math.Exp2(-float64(t.Weight)/100))
	missed, false1 := a.rules.Settings.MissedMerge, a.rules.Settings.FalseMerge
	stake := a.stake(t.Code)
	if t.Other != 0 && t.Other != t.Code {
		stake += a.stake(t.Other)
	}
	switch t.Kind {
	case customer.TaskPossibleMatch, customer.TaskHeldJoin:
		return one * missed * stake
	case customer.TaskOverMerge, customer.TaskHeldSplit:
		return (1 - one) * false1 * stake
	case customer.TaskConflict:
		return missed * stake / 2 // the identifiers say one thing, all the rest another
	case customer.TaskKeyReuse:
		return false1 * stake / 10
	default:
		return false1 * stake / 2
	}
}

func (a *asker) stake(code customer.Code) float64 {
	if v, known := a.stakes[code]; known {
		return v
	}
	return 1
}

// stakeOf is what a record adds to what is at stake.
func stakeOf(s *customer.Standard) float64 {
	if s == nil {
		return 1
	}
	return float64(1 + len(s.Products) + len(s.Consents))
}
