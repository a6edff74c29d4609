package resolve

import (
	"cmp"
	"context"
	"slices"

	"kartoteka/customer"
)

// firstHold is where the ids of holds start, beyond those that callers give to decisions.
const firstHold = 1 << 40

// OpenTasks implements [Base].
func (m *Memory) OpenTasks(_ context.Context, codes []customer.Code) ([]Task, error) {
	var out []Task
	for _, t := range m.Tasks {
		settled := t.State == customer.TaskDone && (t.Kind == customer.TaskDisagreement || t.Kind == customer.TaskOversized)
		about := codes == nil || slices.Contains(codes, t.Code) || slices.Contains(codes, t.Other)
		if about && (t.State == customer.TaskOpen || settled) {
			out = append(out, t)
		}
	}
	return out, nil
}

// HeldRecords implements [Maintainable].
func (m *Memory) HeldRecords(context.Context) (out []customer.RecordID, err error) {
	for _, d := range m.AllDecisions() {
		if d.Kind.IsHold() {
			out = append(append(out, d.Left...), d.Right...)
		}
	}
	return out, nil
}

// writeTasks closes tasks, changes holds, then opens tasks.
func (m *Memory) writeTasks(e *Effects) {
	for _, c := range e.Closed {
		m.Tasks[c.ID-1].State = c.State
	}
	for i := range e.Holds {
		h := &e.Holds[i]
		if h.Kind == "" {
			delete(m.decisions, h.ID)
			continue
		}
		h.ID = cmp.Or(h.ID, m.nextHold())
		h.Task.Decision = h.ID
		m.decisions[h.ID] = h.Decision
		m.writeTask(h.Task)
	}
	for _, t := range e.Tasks {
		if t.Decision < 0 {
			t.Decision = m.desk.lastJudged - int64(len(e.Judged.Decisions)) - t.Decision
		}
		m.writeTask(t)
	}
}

func (m *Memory) nextHold() int64 {
	m.lastHold++
	return firstHold + m.lastHold
}

func (m *Memory) writeTask(t Task) {
	t.State = customer.TaskOpen
	if t.ID > 0 {
		m.Tasks[t.ID-1] = t
		return
	}
	t.ID = int64(len(m.Tasks) + 1)
	m.Tasks = append(m.Tasks, t)
}
