package resolve

import (
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// reachAsked reaches the codes of open questions about the changed records, so that whether they
// still stand is found out over all records of both.
func (t *turn) reachAsked() error {
	codes := map[customer.Code]bool{}
	for _, list := range []map[customer.RecordID]*record{t.fresh, t.gone} {
		for _, rec := range list {
			codes[rec.Code] = true
		}
	}
	delete(codes, 0)
	if len(codes) == 0 {
		return nil
	}
	open, err := t.base.OpenTasks(t.ctx, slices.Sorted(maps.Keys(codes)))
	if err != nil {
		return err
	}
	reached := map[customer.Code]bool{}
	for i := range open {
		touched := slices.ContainsFunc(open[i].Records, func(id customer.RecordID) bool { return t.fresh[id] != nil || t.gone[id] != nil })
		if touched && open[i].State != customer.TaskDone {
			reached[open[i].Code], reached[open[i].Other] = true, true
		}
	}
	delete(reached, 0)
	return t.reachCodes(slices.Sorted(maps.Keys(reached)))
}

// ask compares the questions that the turn raises with those that are open.
func (t *turn) ask(e *Effects, after map[customer.RecordID]customer.Code, result matching.Result, decisions []customer.Decision) error {
	scope := map[customer.Code]bool{}
	stakes := map[customer.Code]float64{}
	for id, rec := range t.all {
		scope[rec.Code] = true
		stakes[after[id]] += stakeOf(rec.Standard)
	}
	for _, rec := range t.gone {
		scope[rec.Code] = true
	}
	delete(scope, 0)
	a := &asker{rules: t.rules, op: t.op, after: after, stakes: stakes, scope: func(c customer.Code) bool { return scope[c] },
		record: func(id customer.RecordID) *record { return t.all[id] }, outcome: &t.outcome}
	a.persons, a.holds = splitHolds(decisions)
	var err error
	if len(scope) > 0 {
		if a.open, err = t.base.OpenTasks(t.ctx, slices.Sorted(maps.Keys(scope))); err != nil {
			return err
		}
	}
	if err := t.weighParted(after, a.persons); err != nil {
		return err
	}
	if err := t.learnElsewhere(after, a.persons); err != nil {
		return err
	}
	records := make([]*record, 0, len(t.all))
	for _, id := range sortedIDs(t.all) {
		records = append(records, t.all[id])
	}
	list := append(slices.Clone(t.doubtful), doubtfulOf(t.rules, records, result.Doubtful)...)
	weak, weights := weakOf(records, result.Weak)
	a.compare(e, t.asked, a.raise(list, weak, weights, heapsOf(records, result.Oversized)), a.reused(t.reused))
	return nil
}

// learnElsewhere adds the codes of records that the turn does not reach: candidates, and those that
// decisions hold apart from records that it does.
func (t *turn) learnElsewhere(after map[customer.RecordID]customer.Code, persons []customer.Decision) error {
	for id, code := range t.elsewhere {
		if _, here := after[id]; !here {
			after[id] = code
		}
	}
	var partners []customer.RecordID
	for _, d := range persons {
		for _, id := range slices.Concat(d.Left, d.Right) {
			if _, here := after[id]; !here && d.Kind == customer.Different && t.gone[id] == nil {
				partners = append(partners, id)
			}
		}
	}
	if len(partners) == 0 {
		return nil
	}
	records, err := t.base.Records(t.ctx, partners)
	for i := range records {
		after[records[i].ID] = records[i].Code
	}
	return err
}

// reused tells of keys that a source gave to somebody else.
func (a *asker) reused(list [][2]customer.RecordID) (out []Task) {
	for _, pair := range list {
		if code := a.after[pair[1]]; code != 0 {
			t := Task{Kind: customer.TaskKeyReuse, Code: code, Records: pair[:]}
			t.Loss = a.loss(&t)
			out = append(out, t)
		}
	}
	return out
}

func doubtfulOf(rules *Rules, records []*record, list []matching.Doubtful) []doubtful {
	out := make([]doubtful, len(list))
	for i, d := range list {
		out[i] = doubtful{records[d.A].ID, records[d.B].ID, d.Total, rules.Matcher.Link(records[d.A].item.Kind)}
	}
	return out
}

func weakOf(records []*record, list []matching.Weak) (sides [][2][]customer.RecordID, weights []matching.Weight) {
	for i := range list {
		sides = append(sides, [2][]customer.RecordID{idsAt(records, list[i].Left), idsAt(records, list[i].Right)})
		weights = append(weights, list[i].Total)
	}
	return sides, weights
}

func heapsOf(records []*record, list [][]int32) (out [][]customer.RecordID) {
	for _, part := range list {
		out = append(out, idsAt(records, part))
	}
	return out
}

func idsAt(records []*record, places []int32) []customer.RecordID {
	out := make([]customer.RecordID, len(places))
	for i, at := range places {
		out[i] = records[at].ID
	}
	return out
}
