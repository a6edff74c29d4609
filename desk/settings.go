package desk

import (
	"context"

	"kartoteka/access"
	"kartoteka/customer"
)

// Settings are the rules in force.
type Settings struct {
	Ruleset string   `json:"ruleset"` // hash; "" before the first load
	Links   []LinkAt `json:"links"`
	// FalseMerge and MissedMerge are the costs that the thresholds follow from, unless Pinned is one in bits.
	FalseMerge  float64  `json:"false_merge"`
	MissedMerge float64  `json:"missed_merge"`
	Pinned      *float64 `json:"link_bits,omitempty"`
	// ReadOnly says that program and configuration give another ruleset than the database has: nothing
	// is changed until a plan is applied.
	ReadOnly bool  `json:"read_only,omitempty"`
	Trained  int64 `json:"trained"` // records that the model was trained on; 0: it is the shipped one
	// Laid is what plans laid over the section matching of the configuration, as YAML.
	Laid    string `json:"laid,omitempty"`
	Pending string `json:"pending,omitempty"` // plan that is being applied
	// Curve is what other thresholds are expected to give, by the last plan that was worked out, or else
	// estimated on CurveRecords records; Estimating says that it is being estimated.
	Curve        []CurvePoint `json:"curve,omitempty"`
	CurveOf      int64        `json:"curve_of,omitempty"`
	CurveRecords int          `json:"curve_records,omitempty"`
	Estimating   bool         `json:"curve_estimating,omitempty"`
	// Versions are the last plans that came into force, Latest the last ones of all, the newest first.
	Versions []customer.PlanRow `json:"versions"`
	Latest   []customer.PlanRow `json:"latest"`
}

// Settings tells the rules in force, where they come from, and what other thresholds would give.
func (d *Desk) Settings(ctx context.Context) (*Settings, error) {
	out := &Settings{Versions: []customer.PlanRow{}, Latest: []customer.PlanRow{}}
	return out, d.look(ctx, access.ReadSettings, func(s *sight) error {
		if s.rules == nil {
			return nil
		}
		hash, err := s.tx.RulesetHash(ctx)
		if err != nil {
			return err
		}
		r := &s.rules.Resolve.Settings
		out.Ruleset, out.ReadOnly, out.Links = hash, hash != s.rules.Hash, linksOf(s.rules.Matcher)
		out.FalseMerge, out.MissedMerge, out.Pinned, out.Laid, out.Trained = r.FalseMerge, r.MissedMerge, r.LinkBits, s.rules.Laid, s.rules.Trained
		now, err := s.tx.Applying(ctx)
		if err != nil {
			return err
		}
		out.Pending = now.Plan
		if out.Versions, err = s.tx.Plans(ctx, true, 0, versionsShown); err != nil {
			return err
		}
		if out.Latest, err = s.tx.Plans(ctx, false, 0, plansShown); err != nil {
			return err
		}
		return s.curve(out)
	})
}

const versionsShown, plansShown = 10, 10

// curve is that of the last plan that has one, or an estimate.
func (s *sight) curve(out *Settings) error {
	for i := range out.Latest {
		id := out.Latest[i].ID
		if out.Latest[i].Name == "" {
			continue
		}
		row, err := s.tx.PlanAt(s.ctx, id, false)
		if err != nil {
			return err
		}
		if row.Document == "" {
			continue
		}
		p, err := readPlanText(row.Document)
		if err != nil {
			return err
		}
		if len(p.Curve) > 0 {
			out.Curve, out.CurveOf = p.Curve, id
			return nil
		}
	}
	return s.estimate(out)
}
