package resolve

import (
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// settle finds the holds that policy wants for what the outcome would do to codes that exist.
func (w *whole) settle(records []*record, persons, holds []customer.Decision) error {
	s := &settler{rules: w.Rules, records: records, persons: persons, holds: holds, closed: closedBy(matching.Limits{}, &w.result), result: &w.result}
	switch {
	case w.Given && len(holds) > 0:
		s.stand(nil)
		return nil
	case w.Given || len(holds) == 0 && !w.Rules.Policy.asksAnything(persons):
		return nil
	}
	var err error
	w.asked, err = s.settle(w.Operation, w.rows)
	w.foreseen = s.foreseen
	return err
}

func (w *whole) rows(codes []customer.Code) (map[customer.Code]*CodeRow, error) {
	var rows []CodeRow
	err := w.turn(w.ctx, func(base BulkBase) (err error) {
		rows, err = base.Codes(w.ctx, codes)
		return err
	})
	present := make(map[customer.Code]*CodeRow, len(rows))
	for i := range rows {
		present[rows[i].Code] = &rows[i]
	}
	return present, err
}

// maxQuestions bounds the questions that one bulk run raises beside those about holds; what is more
// is counted.
const maxQuestions = 5000

// wonder finds out about which records there are questions, and which ones are open.
func (w *whole) wonder() error {
	w.codes, w.stakes = map[customer.RecordID]customer.Code{}, map[customer.Code]float64{}
	if w.Given {
		return nil
	}
	if err := w.turn(w.ctx, func(base BulkBase) (err error) {
		w.open, err = base.OpenTasks(w.ctx, nil)
		return err
	}); err != nil {
		return err
	}
	about := func(ids ...customer.RecordID) {
		for _, id := range ids {
			w.codes[id] = 0
		}
	}
	for _, d := range w.doubtful() {
		about(d.a, d.b)
	}
	for i := range w.result.Weak {
		about(w.ids(w.result.Weak[i].Left)...)
		about(w.ids(w.result.Weak[i].Right)...)
	}
	for _, part := range w.result.Oversized {
		about(w.ids(part[:1])...)
	}
	for i := range w.open {
		about(w.open[i].Records...)
	}
	for i := range w.asked {
		about(slices.Concat(w.asked[i].parts...)...)
	}
	for _, d := range w.Decisions {
		about(slices.Concat(d.Left, d.Right)...)
	}
	return nil
}

func (w *whole) ids(places []int32) []customer.RecordID {
	out := make([]customer.RecordID, len(places))
	for i, at := range places {
		out[i] = w.records[at].ID
	}
	return out
}

func (w *whole) doubtful() (out []doubtful) {
	for _, d := range w.result.Doubtful[:min(len(w.result.Doubtful), maxQuestions)] {
		out = append(out, doubtful{w.records[d.A].ID, w.records[d.B].ID, d.Total, w.Rules.Matcher.Link(w.records[d.A].item.Kind)})
	}
	return out
}

// learn notes what became of the records in question that are in a chunk.
func (w *whole) learn(c *chunk) {
	codes := map[customer.Code]bool{}
	for id := range w.codes {
		if code, here := c.f.result[id]; here {
			w.codes[id], codes[code] = code, true
		}
	}
	if len(codes) == 0 {
		return
	}
	for _, rec := range c.records {
		if code := c.f.result[rec.ID]; codes[code] {
			w.stakes[code] += stakeOf(rec.Standard)
		}
	}
}

// ask compares the questions that the run raises with those that are open.
func (w *whole) ask() error {
	if w.Given {
		return nil
	}
	place := map[customer.RecordID]*record{}
	for i := range w.records {
		if _, asked := w.codes[w.records[i].ID]; asked {
			place[w.records[i].ID] = &w.records[i]
		}
	}
	a := &asker{rules: w.Rules, op: w.Operation, after: w.codes, stakes: w.stakes, scope: func(customer.Code) bool { return true },
		record: func(id customer.RecordID) *record { return place[id] }, open: w.open, outcome: &w.outcome}
	a.persons, a.holds = splitHolds(w.Decisions)
	var weak [][2][]customer.RecordID
	var weights []matching.Weight
	for i := range w.result.Weak {
		weak = append(weak, [2][]customer.RecordID{w.ids(w.result.Weak[i].Left), w.ids(w.result.Weak[i].Right)})
		weights = append(weights, w.result.Weak[i].Total)
	}
	var heaps [][]customer.RecordID
	for _, part := range w.result.Oversized {
		heaps = append(heaps, w.ids(part))
	}
	raised := a.raise(w.doubtful(), weak, weights, heaps)
	w.outcome.Unasked += w.result.MoreDoubtful + max(0, len(w.result.Doubtful)-maxQuestions) + max(0, len(raised)-maxQuestions)
	var e Effects
	a.compare(&e, w.asked, raised[:min(len(raised), maxQuestions)], nil)
	if len(e.Tasks)+len(e.Closed)+len(e.Holds) == 0 {
		return nil
	}
	return w.turn(w.ctx, func(base BulkBase) error { return base.Write(w.ctx, &e) })
}
