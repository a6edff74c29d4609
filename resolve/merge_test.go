package resolve

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

// A piece that does not come to rest in its rounds may ask twice about codes that join without being
// asked about: of what comes to ask the same one hold and one open task are left, and the older hold.
func TestQuestionsThatComeToAskTheSameAreAskedOnce(t *testing.T) {
	type ids = []customer.RecordID
	apart := func(old int64, left, right ids) question {
		return question{kind: customer.HoldApart, parts: []ids{left, right}, old: old}
	}
	for _, c := range []struct {
		name  string
		asked []question
		holds []customer.Decision // before it, each with an open task of the same number
		want  []customer.Decision
		gone  []int64 // tasks
	}{
		{name: "BothNew", asked: []question{apart(0, ids{1}, ids{5}), apart(0, ids{2}, ids{5})},
			want: []customer.Decision{{Kind: customer.HoldApart, Left: ids{1, 2}, Right: ids{5}}}},
		{name: "SidesTheOtherWayAround", asked: []question{apart(0, ids{1}, ids{5}), apart(0, ids{6}, ids{2})},
			want: []customer.Decision{{Kind: customer.HoldApart, Left: ids{1, 2}, Right: ids{5, 6}}}},
		{name: "OneIsOld", asked: []question{apart(0, ids{1}, ids{5}), apart(7, ids{2}, ids{6})},
			holds: []customer.Decision{{ID: 7, Kind: customer.HoldApart, Left: ids{2}, Right: ids{6}}},
			want:  []customer.Decision{{ID: 7, Kind: customer.HoldApart, Left: ids{1, 2}, Right: ids{5, 6}}}},
		{name: "BothAreOld", asked: []question{apart(7, ids{1}, ids{5}), apart(8, ids{2}, ids{6})},
			holds: []customer.Decision{{ID: 7, Kind: customer.HoldApart, Left: ids{1}, Right: ids{5}}, {ID: 8, Kind: customer.HoldApart, Left: ids{2}, Right: ids{6}}},
			want:  []customer.Decision{{ID: 7, Kind: customer.HoldApart, Left: ids{1, 2}, Right: ids{5, 6}}, {ID: 8}}, gone: []int64{8}},
		{name: "OtherCodesStayApart", asked: []question{apart(0, ids{1}, ids{5}), apart(0, ids{9}, ids{5})},
			want: []customer.Decision{{Kind: customer.HoldApart, Left: ids{1}, Right: ids{5}}, {Kind: customer.HoldApart, Left: ids{5}, Right: ids{9}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &asker{rules: &Rules{}, outcome: &Outcome{}, holds: c.holds, after: map[customer.RecordID]customer.Code{1: 10, 2: 10, 5: 20, 6: 20, 9: 30}}
			for _, h := range c.holds {
				a.open = append(a.open, Task{ID: h.ID, Kind: customer.TaskHeldJoin, State: customer.TaskOpen, Decision: h.ID})
			}
			e := &Effects{}
			a.compareHolds(e, c.asked)
			var got []customer.Decision
			about := map[taskKey]bool{}
			for _, h := range e.Holds {
				got = append(got, h.Decision)
				key := taskKey{kind: h.Task.Kind, code: h.Task.Code, other: h.Task.Other}
				if h.Kind != "" && about[key] {
					t.Errorf("asked twice: %+v", key)
				}
				about[key] = true
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			var gone []int64
			for _, closed := range e.Closed {
				gone = append(gone, closed.ID)
			}
			if !slices.Equal(gone, c.gone) {
				t.Errorf("closed %v, want %v", gone, c.gone)
			}
		})
	}
}
