package stewardtest

import (
	"context"
	"strings"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
)

// The plans of a test: one of each state that looks different.
const (
	PlanAsked = iota + 1
	PlanReady
	PlanApproved
	PlanApplied
	PlanFailed
)

func links(bits float64) []desk.LinkAt {
	return []desk.LinkAt{{Kind: customer.Person, Bits: bits}, {Kind: customer.Organization, Bits: bits}}
}

// Curve is what thresholds around 14 bits would give.
func Curve() (out []desk.CurvePoint) {
	for i := range 20 {
		x := float64(i)
		out = append(out, desk.CurvePoint{Threshold: x, Precision: 1 - 0.3/(x+1), Recall: 1 - x/100, Wrong: 900 / (x + 1), Missed: 12 * x})
	}
	return out
}

// Settings implements steward.Rulekeeper.
func (d *Desk) Settings(context.Context) (*desk.Settings, error) {
	s := &desk.Settings{Ruleset: "d463245afd7503b30a34b668e3a3070c", Links: links(1.58), FalseMerge: 3, MissedMerge: 1, Trained: 8321, Laid: "costs: {false_merge: 3, missed_merge: 1}\n", Curve: Curve(), CurveOf: PlanApplied}
	for _, id := range []int64{PlanFailed, PlanApplied, PlanApproved, PlanReady, PlanAsked} {
		s.Latest = append(s.Latest, planRow(id))
	}
	s.Versions = []customer.PlanRow{planRow(PlanApplied)}
	return s, d.Err
}

func planRow(id int64) customer.PlanRow {
	costs := "costs: {false_merge: 20, missed_merge: 1}\n"
	state := []customer.PlanState{"", customer.PlanAsked, customer.PlanReady, customer.PlanApproved, customer.PlanApplied, customer.PlanFailed}[id]
	p := customer.PlanRow{ID: id, State: state, By: "local:anna", Asked: Moment, Reason: "меньше ложных объединений", Settings: &costs}
	switch state {
	case customer.PlanAsked:
		p.Stage, p.Done, p.Total = "match", 400, 1000
	case customer.PlanApproved, customer.PlanApplied:
		p.Stage, p.Approver, p.Approved, p.Why, p.Name = "write", "local:oleg", &Moment, "посмотрел примеры", "0f7a7583cbca"
	case customer.PlanFailed:
		p.Settings, p.Train, p.Fault, p.Detail = nil, true, "drift", "the plan is refused"
	}
	if state == customer.PlanApplied {
		p.Finished = &Moment
	}
	return p
}

// Plan implements steward.Rulekeeper.
func (d *Desk) Plan(_ context.Context, id int64) (*desk.ShownPlan, error) {
	if id < PlanAsked || id > PlanFailed {
		return nil, desk.ErrUnknown
	}
	p := &desk.ShownPlan{PlanRow: planRow(id)}
	if id == PlanReady || id == PlanApplied {
		tally := customer.Tally{Joined: 3, Split: 41, Created: 44, Values: 60, Moved: 47, Events: 90}
		p.Would = &desk.Plan{ID: "0f7a7583cbca", Records: 8321, Codes: 5120, Tally: tally, Tasks: 4, Agreed: 9, Decided: 12, Links: links(4.32), Curve: Curve(),
			Risky: []resolve.Join{{Code: Anna, Successor: Anya, Records: 2, Weight: 470}}, Parted: []resolve.Parting{{Code: Anna, Records: 1}}}
		p.Churn, p.Braked = 0.086, true
		if id == PlanApplied {
			p.Did = &desk.Applied{Codes: 5160, Changes: tally, Planned: tally}
		}
	}
	return p, d.Err
}

// AskPlan implements steward.Rulekeeper.
func (d *Desk) AskPlan(ctx context.Context, w desk.PlanWish) (*desk.ShownPlan, error) {
	if w.Settings != nil && strings.Contains(*w.Settings, "wrong") {
		return nil, desk.ErrInvalid
	}
	d.Wishes = append(d.Wishes, w)
	return d.Plan(ctx, PlanAsked)
}

// ApprovePlan implements steward.Rulekeeper.
func (d *Desk) ApprovePlan(ctx context.Context, id int64, c desk.PlanConsent) (*desk.ShownPlan, error) {
	if c.Brake == 0 {
		return nil, &desk.Refusal{Fault: "brake", Text: "the brake holds"}
	}
	d.Consents = append(d.Consents, c)
	return d.Plan(ctx, id)
}

// DropPlan implements steward.Rulekeeper.
func (d *Desk) DropPlan(ctx context.Context, id int64) (*desk.ShownPlan, error) {
	return d.Plan(ctx, id)
}
