package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
)

// PlanWish is what somebody wants of the rules.
type PlanWish struct {
	// Settings is laid over the section matching of the configuration, as YAML; nil leaves what was laid
	// over it before, an empty one takes that off.
	Settings *string
	Train    bool
	Reason   string
	Request  string // "" or an id of the caller's: what is sent twice is done once
}

// ShownPlan is a change of the rules with what it would do.
type ShownPlan struct {
	customer.PlanRow
	Would *Plan    `json:"would,omitempty"` // from when it is ready
	Did   *Applied `json:"did,omitempty"`
	// Churn is the share of the codes that it joins, splits or removes; Braked says that this is more
	// than is allowed unless somebody says so.
	Churn  float64 `json:"churn"`
	Braked bool    `json:"braked,omitempty"`
	// Another says that another person has to apply it.
	Another bool `json:"needs_another_person,omitempty"`
}

// Plans is a page of plans, the newest first.
type Plans struct {
	Plans []customer.PlanRow `json:"plans"`
	Next  string             `json:"next,omitempty"`
}

// maxSettings bounds what is laid over the configuration, in bytes.
const maxSettings = 1 << 16

// AskPlan notes that somebody wants the rules changed; serve computes what that would do. What cannot be
// understood is refused at once.
func (d *Desk) AskPlan(ctx context.Context, w PlanWish) (*ShownPlan, error) {
	if d.options.Rulemaker == nil {
		return nil, fmt.Errorf("plans: %w", ErrUnknown)
	}
	w.Reason = strings.TrimSpace(w.Reason)
	if w.Settings != nil && len(*w.Settings) > maxSettings {
		return nil, invalid("the settings are larger than 64 KiB")
	}
	if err := storable(w.Reason, w.Request); err != nil {
		return nil, err
	}
	who := access.From(ctx)
	p := customer.PlanRow{State: customer.PlanAsked, By: Actor(who), Person: who.Person(), Reason: w.Reason, Request: w.Request, Settings: w.Settings, Train: w.Train}
	err := d.inTx(ctx, access.Plan, func(s *sight) error {
		if s.rules == nil {
			return ErrEmpty
		}
		if w.Request != "" {
			known, err := s.tx.PlanOf(ctx, w.Request)
			if err == nil && !sameWish(&known, &p) {
				return resolve.ErrRequest
			}
			if err == nil || !errors.Is(err, ErrUnknown) {
				p = known
				return err
			}
		}
		if err := s.understood(Change{Settings: w.Settings, Train: w.Train}); err != nil {
			return err
		}
		return s.tx.AddPlan(ctx, &p)
	})
	if err != nil {
		return nil, err
	}
	if err := d.changed(ctx, access.Plan, p.ID, w.Reason); err != nil {
		return nil, err
	}
	return d.Plan(ctx, p.ID)
}

func sameWish(a, b *customer.PlanRow) bool {
	same := a.Settings == nil && b.Settings == nil || a.Settings != nil && b.Settings != nil && *a.Settings == *b.Settings
	return same && a.Train == b.Train && a.Reason == b.Reason && a.By == b.By
}

// understood refuses what no ruleset can be made of.
func (s *sight) understood(c Change) error {
	row, err := s.tx.Hub(s.ctx)
	if err != nil {
		return err
	}
	if _, err := s.desk.options.Rulemaker(row, c, nil); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

// changed lets the auditor hear of a change of the rules.
func (d *Desk) changed(ctx context.Context, act access.Act, id int64, reason string) error {
	if d.options.Audit == nil {
		return nil
	}
	return d.options.Audit.Changed(ctx, access.From(ctx), act, strings.TrimSpace("plan "+strconv.FormatInt(id, 10)+" "+reason))
}

// Plans lists plans, the newest first; the cursor is the Next of the page before.
func (d *Desk) Plans(ctx context.Context, applied bool, cursor string, limit int) (*Plans, error) {
	before, limit, err := page(cursor, limit)
	if err != nil {
		return nil, err
	}
	out := &Plans{Plans: []customer.PlanRow{}}
	return out, d.look(ctx, access.ReadSettings, func(s *sight) error {
		rows, err := s.tx.Plans(ctx, applied, before, limit)
		out.Plans = append(out.Plans, rows...)
		if len(rows) == limit {
			out.Next = strconv.FormatInt(rows[limit-1].ID, 10)
		}
		return err
	})
}

// Plan shows a plan.
func (d *Desk) Plan(ctx context.Context, id int64) (out *ShownPlan, err error) {
	return out, d.look(ctx, access.ReadSettings, func(s *sight) error {
		row, err := s.tx.PlanAt(ctx, id, false)
		if err == nil {
			out, err = s.shownPlan(row)
		}
		return err
	})
}

func (s *sight) shownPlan(row customer.PlanRow) (*ShownPlan, error) {
	out := &ShownPlan{PlanRow: row}
	if row.Document != "" {
		p, err := readPlanText(row.Document)
		if err != nil {
			return nil, err
		}
		out.Would = p.Told()
		out.Churn, out.Braked = p.Churn(), 100*p.Churn() > DefaultBrake
		if err := s.withoutUnseen(out.Would); err != nil {
			return nil, err
		}
	}
	if row.Result != "" {
		if err := json.Unmarshal([]byte(row.Result), &out.Did); err != nil {
			return nil, fmt.Errorf("plan %d: %w", row.ID, err)
		}
	}
	out.Another = s.desk.options.Review.Rules && row.State == customer.PlanReady && row.Person == s.who.Person()
	return out, nil
}

// withoutUnseen leaves out examples of customers whom the subject does not see.
func (s *sight) withoutUnseen(p *Plan) error {
	if !s.bounded() {
		return nil
	}
	var codes []customer.Code
	for _, j := range p.Risky {
		codes = append(codes, j.Code, j.Successor)
	}
	for _, x := range p.Parted {
		codes = append(codes, x.Code)
	}
	seen, err := s.visible(codes)
	p.Risky = slices.DeleteFunc(slices.Clone(p.Risky), func(j resolve.Join) bool { return !seen[j.Code] || !seen[j.Successor] })
	p.Parted = slices.DeleteFunc(slices.Clone(p.Parted), func(x resolve.Parting) bool { return !seen[x.Code] })
	return err
}

func readPlanText(text string) (*Plan, error) {
	p := &Plan{}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	return p, nil
}

// PlanConsent is that somebody wants a plan carried out.
type PlanConsent struct {
	Reason string
	// Brake is how many percent of the codes it may join, split or remove; 0 is the default.
	Brake float64
}

// ApprovePlan lets serve carry a plan out. One that nobody could carry out now is refused at once, with
// [ErrPlan]. It may be called again: what is being carried out or done already is shown.
func (d *Desk) ApprovePlan(ctx context.Context, id int64, c PlanConsent) (*ShownPlan, error) {
	who := access.From(ctx)
	c.Reason = strings.TrimSpace(c.Reason)
	if err := storable(c.Reason); err != nil {
		return nil, err
	}
	if c.Brake < 0 || c.Brake > 100 {
		return nil, invalid("brake is from 0 to 100 percent")
	}
	if c.Brake == 0 {
		c.Brake = DefaultBrake
	}
	fresh := false
	err := d.inTx(ctx, access.Apply, func(s *sight) error {
		p, err := s.tx.PlanAt(ctx, id, true)
		if err != nil || p.State == customer.PlanApproved || p.State == customer.PlanApplied {
			return err
		}
		if err := s.approvable(&p, c); err != nil {
			return err
		}
		at := d.options.Now().UTC()
		p.State, p.Approver, p.Approved, p.Why, p.Brake, fresh = customer.PlanApproved, Actor(who), &at, c.Reason, c.Brake, true
		return s.tx.SavePlan(ctx, &p)
	})
	if err != nil {
		return nil, err
	}
	if fresh {
		if err := d.changed(ctx, access.Apply, id, c.Reason); err != nil {
			return nil, err
		}
	}
	return d.Plan(ctx, id)
}

// approvable refuses what cannot be carried out.
func (s *sight) approvable(p *customer.PlanRow, c PlanConsent) error {
	if p.State != customer.PlanReady {
		return refused("state", "plan %d is %s; only one that is ready is applied", p.ID, p.State)
	}
	if s.desk.options.Review.Rules && p.Person == s.who.Person() {
		return refused("person", "another person than the one who planned it has to apply it")
	}
	plan, err := readPlanText(p.Document)
	if err != nil {
		return err
	}
	a := applying{Desk: s.desk, plan: plan, terms: Terms{Brake: c.Brake, Drift: DefaultDrift}}
	_, err = a.allowed(s.ctx, s.tx)
	return err
}

// DropPlan gives a plan up that was not carried out.
func (d *Desk) DropPlan(ctx context.Context, id int64) (*ShownPlan, error) {
	err := d.inTx(ctx, access.Plan, func(s *sight) error {
		p, err := s.tx.PlanAt(ctx, id, true)
		if err != nil {
			return err
		}
		switch p.State {
		case customer.PlanAsked, customer.PlanReady, customer.PlanFailed:
		case customer.PlanDropped:
			return nil
		default:
			return refused("state", "plan %d is %s and cannot be given up", p.ID, p.State)
		}
		at := d.options.Now().UTC()
		p.State, p.Document, p.Finished = customer.PlanDropped, "", &at
		return s.tx.SavePlan(ctx, &p)
	})
	if err != nil {
		return nil, err
	}
	return d.Plan(ctx, id)
}
