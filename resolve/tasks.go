package resolve

import (
	"cmp"
	"slices"

	"kartoteka/customer"
)

// asker compares the questions that an outcome raises with those that are open: each is asked once,
// brought up to date while it stands, and closed when it has disappeared.
type asker struct {
	rules   *Rules
	op      Operation
	after   map[customer.RecordID]customer.Code // codes after it, of all records in question
	stakes  map[customer.Code]float64           // records, products and consents of codes, after it; 1 where it is not known
	record  func(customer.RecordID) *record     // with its item; nil if it is not there
	scope   func(customer.Code) bool            // codes, before it, about which every question is raised again
	holds   []customer.Decision                 // before it
	persons []customer.Decision
	open    []Task
	outcome *Outcome
}

// taskKey identifies a question.
type taskKey struct {
	kind        customer.TaskKind
	code, other customer.Code
	decision    int64
}

func keyOf(t *Task) taskKey {
	switch t.Kind {
	case customer.TaskDisagreement, customer.TaskHeldJoin, customer.TaskHeldSplit:
		return taskKey{kind: t.Kind, decision: t.Decision}
	case customer.TaskConflict: // one question with a possible match: are they one customer?
		return taskKey{kind: customer.TaskPossibleMatch, code: t.Code, other: t.Other}
	}
	return taskKey{kind: t.Kind, code: t.Code, other: t.Other}
}

// compare writes what changes about holds and tasks. Fresh tasks tell of events, each of which is new.
func (a *asker) compare(e *Effects, asked []question, raised, fresh []Task) {
	taken := a.compareHolds(e, asked)
	open := map[taskKey]*Task{}
	for i := range a.open {
		now := a.open[i]
		if isHeld(now.Kind) {
			continue
		}
		now.Code, now.Other = a.codesNow(&now)
		if old := open[keyOf(&now)]; old == nil || old.State == customer.TaskDone {
			open[keyOf(&now)] = &a.open[i]
		}
	}
	kept, asks := map[int64]bool{}, map[taskKey]bool{}
	for _, t := range raised {
		old := open[keyOf(&t)]
		if taken[[2]customer.Code{t.Code, t.Other}] || old != nil && old.State == customer.TaskDone && answered(old, &t) {
			continue
		}
		asks[keyOf(&t)] = true
		if old != nil && old.State != customer.TaskDone {
			t.ID, kept[old.ID] = old.ID, true
			if same(old, &t) {
				continue
			}
		}
		a.add(e, t)
	}
	a.closeRest(e, kept, asks)
	for _, t := range fresh {
		a.add(e, t)
	}
}

// isMatch reports whether a task asks if two codes are one customer, and nothing waits for the answer.
func isMatch(kind customer.TaskKind) bool {
	return kind == customer.TaskPossibleMatch || kind == customer.TaskConflict
}

func isHeld(kind customer.TaskKind) bool {
	return kind == customer.TaskHeldJoin || kind == customer.TaskHeldSplit
}

func (a *asker) add(e *Effects, t Task) {
	if t.ID == 0 {
		a.outcome.Tasks++
	}
	e.Tasks = append(e.Tasks, t)
}

// codesNow are the codes that a task is about after the change.
func (a *asker) codesNow(t *Task) (code, other customer.Code) {
	at := func(i int, before customer.Code) customer.Code {
		if i < len(t.Records) && before != 0 {
			if now := a.after[t.Records[i]]; now != 0 {
				return now
			}
		}
		return before
	}
	switch t.Kind {
	case customer.TaskPossibleMatch, customer.TaskConflict:
		code, other = at(0, t.Code), at(1, t.Other)
		return min(code, other), max(code, other)
	case customer.TaskKeyReuse:
		return at(1, t.Code), 0
	case customer.TaskDisagreement:
		return at(0, t.Code), at(1, t.Other)
	default:
		return at(0, t.Code), 0
	}
}

// same reports whether a question is asked as it was.
func same(old, t *Task) bool {
	return old.Kind == t.Kind && old.Code == t.Code && old.Other == t.Other && old.Weight == t.Weight && old.Decision == t.Decision &&
		slices.Equal(old.Records, t.Records) && slices.Equal(old.Sides, t.Sides)
}

// moved is by how much the evidence must change before what a person answered is asked again: three bits.
const moved = 300

// answered reports whether a person answered the question on about the same evidence; who answers
// with a decision has seen the evidence, which is then not kept.
func answered(old, t *Task) bool {
	return old.Weight == 0 || max(old.Weight-t.Weight, t.Weight-old.Weight) < moved
}

// compareHolds writes what changes about holds, and gives the pairs of codes that they are about.
func (a *asker) compareHolds(e *Effects, asked []question) map[[2]customer.Code]bool {
	taken := map[[2]customer.Code]bool{}
	before := map[int64]*customer.Decision{}
	for i := range a.holds {
		before[a.holds[i].ID] = &a.holds[i]
	}
	tasks := map[int64]*Task{}
	for i := range a.open {
		if isHeld(a.open[i].Kind) {
			tasks[a.open[i].Decision] = &a.open[i]
		}
	}
	asked = a.merge(asked)
	for i := range asked {
		q := &asked[i]
		h := customer.Hold{Decision: q.hold(), Task: a.heldTask(q)}
		taken[[2]customer.Code{h.Task.Code, h.Task.Other}] = true
		old, task := before[q.old], tasks[q.old]
		delete(before, q.old)
		delete(tasks, q.old)
		switch {
		case old == nil:
			a.outcome.Held++
			a.outcome.Tasks++
		case task != nil:
			if h.Task.ID = task.ID; same(task, &h.Task) && slices.Equal(old.Left, h.Left) && slices.Equal(old.Right, h.Right) {
				continue
			}
		}
		e.Holds = append(e.Holds, h)
	}
	for _, h := range a.holds {
		if before[h.ID] != nil {
			e.Holds = append(e.Holds, customer.Hold{Decision: customer.Decision{ID: h.ID}})
		}
	}
	for i := range a.open {
		if t := &a.open[i]; isHeld(t.Kind) && tasks[t.Decision] == t {
			a.close(e, t)
		}
	}
	if len(e.Holds) > 0 && len(e.Operations) == 0 {
		e.Operations = append(e.Operations, a.op)
	}
	return taken
}

// merge makes one of the questions that are about the same codes after the change: codes that join
// without being asked about may each have been held apart from the same other one. It is rare, as
// questions are put again to the codes as they will be, but two open tasks about one thing are none
// that a base takes.
func (a *asker) merge(asked []question) []question {
	type about struct {
		kind  customer.DecisionKind
		codes [2]customer.Code
	}
	at := map[about]int{}
	var out []question
	for _, q := range asked {
		key := about{kind: q.kind, codes: [2]customer.Code{a.after[q.parts[0][0]]}}
		if q.kind == customer.HoldApart {
			if key.codes[1] = a.after[q.parts[1][0]]; key.codes[0] > key.codes[1] {
				key.codes[0], key.codes[1] = key.codes[1], key.codes[0]
				q.parts[0], q.parts[1] = q.parts[1], q.parts[0]
			}
		}
		i, known := at[key]
		if !known {
			at[key] = len(out)
			out = append(out, q)
			continue
		}
		same := &out[i]
		same.old, same.weight = cmp.Or(same.old, q.old), max(same.weight, q.weight)
		for side, part := range q.parts {
			if side >= len(same.parts) {
				same.parts = append(same.parts, part)
				continue
			}
			same.parts[side] = append(slices.Clone(same.parts[side]), part...)
			slices.Sort(same.parts[side])
			same.parts[side] = slices.Compact(same.parts[side]) // the other one may be the same
		}
	}
	return out
}

func (a *asker) heldTask(q *question) Task {
	t := Task{Kind: customer.TaskHeldJoin, Decision: q.old, Weight: q.weight}
	if q.kind == customer.HoldTogether {
		t.Kind = customer.TaskHeldSplit
	}
	for side, part := range q.parts {
		for _, id := range part {
			t.Records, t.Sides = append(t.Records, id), append(t.Sides, int32(side))
		}
	}
	t.Code = a.after[q.parts[0][0]]
	if t.Kind == customer.TaskHeldJoin {
		t.Other = a.after[q.parts[1][0]]
		t.Code, t.Other = min(t.Code, t.Other), max(t.Code, t.Other)
	}
	t.Loss = a.loss(&t)
	return t
}

// closeRest closes the questions that were to be raised again and were not, and keeps the others
// with the codes that their records have now, if nothing asks the same.
func (a *asker) closeRest(e *Effects, kept map[int64]bool, asks map[taskKey]bool) {
	apart := a.decidedApart()
	for i := range a.open {
		t := &a.open[i]
		if isHeld(t.Kind) || kept[t.ID] || t.State == customer.TaskDone {
			continue
		}
		now := *t
		now.Code, now.Other = a.codesNow(t)
		event := a.event(&now)
		known := a.scope(t.Code) && (t.Other == 0 || a.scope(t.Other))
		decided := isMatch(t.Kind) && apart[[2]customer.Code{now.Code, now.Other}]
		if known && !event || now.Code == now.Other || asks[keyOf(&now)] && !event || decided {
			a.close(e, t)
			continue
		}
		asks[keyOf(&now)] = true
		if !same(t, &now) {
			e.Tasks = append(e.Tasks, now)
		}
	}
}

// event reports whether a task tells of something that happened, which does not unhappen while the
// record that it happened to is there.
func (a *asker) event(t *Task) bool {
	return t.Kind == customer.TaskKeyReuse && len(t.Records) == 2 && a.after[t.Records[1]] != 0
}

func (a *asker) close(e *Effects, t *Task) {
	a.outcome.Settled++
	closed := customer.ClosedTask{ID: t.ID, State: customer.TaskObsolete, Reason: "question.gone"}
	if byPerson(a.op) {
		closed.State, closed.Reason = customer.TaskDone, "decided"
	}
	e.Closed = append(e.Closed, closed)
}
