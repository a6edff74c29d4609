package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
)

// Change says how a ruleset differs from what the program and its configuration give by themselves.
type Change struct {
	// Settings is laid over the section matching of the configuration; nil leaves what was laid over it
	// before, an empty one takes that off.
	Settings *string
	Model    string // path of a model file
	Train    bool   // a new model on the records of the hub
}

// Rulemaker makes rulesets of the program and the configuration at hand. Population are all records,
// for training; without it nothing is trained, and only what is wrong with the change is found out.
type Rulemaker func(h store.Hub, c Change, population *resolve.Columns) (*Rules, error)

// PlanOrder is what a plan is made of.
type PlanOrder struct {
	Change
	Actor, Reason string
	// Measure compares the models on labeled files; nil for none.
	Measure  func(before, after string) ([]LabeledResult, error)
	Progress func(stage string, done, total int)
	// Curve has the thresholds around the own one estimated too.
	Curve bool
}

// MakePlan computes over one state of the database what a change of the ruleset would do, and writes
// nothing. It asks no policy: its callers do.
func (d *Desk) MakePlan(ctx context.Context, o PlanOrder) (*Plan, error) {
	p := &Plan{Version: PlanVersion, Made: d.options.Now().UTC().Truncate(time.Second), Actor: o.Actor, Reason: o.Reason}
	err := d.options.Store.Snapshot(ctx, func(tx *store.Tx) error {
		row, population, err := d.livePopulation(ctx, tx)
		if err != nil {
			return err
		}
		rules, err := d.options.Rulemaker(row, o.Change, population)
		if err != nil {
			return err
		}
		if o.Measure != nil {
			if p.Labeled, err = o.Measure(row.Model, rules.Stored.Model); err != nil {
				return err
			}
		}
		p.Before, p.After, p.Position, p.Records, p.Ruleset = row.RulesetHash, rules.Hash, row.LastPosition, population.Len(), rules.Stored
		p.Links = linksOf(rules.Matcher)
		return p.foresee(ctx, tx, rules, population, o)
	})
	if err != nil {
		return nil, err
	}
	if p.Waiting, err = d.options.Store.CountWaiting(ctx); err != nil {
		return nil, err
	}
	p.ID, err = p.Identify()
	return p, err
}

// linksOf are the thresholds of a ruleset.
func linksOf(m *matching.Ruleset) (out []LinkAt) {
	for _, kind := range customer.Kinds() {
		out = append(out, LinkAt{kind, float64(m.Link(kind)) / 100})
	}
	return out
}

// livePopulation reads all live records as they are resolved.
func (d *Desk) livePopulation(ctx context.Context, tx *store.Tx) (store.Hub, *resolve.Columns, error) {
	row, err := tx.Hub(ctx)
	if err != nil {
		return row, nil, err
	}
	rules, err := d.rulesOf(ctx, tx)
	if err != nil {
		return row, nil, err
	}
	if rules == nil {
		return row, nil, ErrEmpty
	}
	population := resolve.NewColumns(rules.Portrait)
	err = tx.LiveRecordsEncoded(ctx, func(rec customer.Record, standard []byte) { population.Add(rec, standard, false) })
	return row, population, err
}

// foresee evaluates f and counts what would change.
func (p *Plan) foresee(ctx context.Context, tx *store.Tx, rules *Rules, population *resolve.Columns, o PlanOrder) error {
	b, err := p.bulk(ctx, tx, rules, population, p.Actor, "", o.Progress)
	if err != nil {
		return err
	}
	b.Weigh = o.Curve
	f, err := resolve.Foresee(ctx, tx, b)
	if err != nil {
		return err
	}
	p.Tally, p.Tasks, p.Risky, p.Parted, p.Agreed, p.Decided = f.Tally, f.Tasks, f.Risky, f.Parted, f.Agreed, f.Decided
	if f.Weights != nil {
		p.Curve = curveOf(f.Weights, p.Links)
	}
	p.Codes, err = tx.CountCodes(ctx)
	return err
}

// The curve reaches at least from curveFrom to curveTo bits, and so far beyond the thresholds.
const curveFrom, curveTo, curveBeyond = -6, 24, 8

// curveOf tells what each threshold near the own ones gives.
func curveOf(r *matching.WeightReport, links []LinkAt) (out []CurvePoint) {
	low, high := float64(curveFrom), float64(curveTo)
	for _, l := range links {
		low, high = min(low, l.Bits-curveBeyond), max(high, l.Bits+curveBeyond)
	}
	wrong, missed := 0.0, 0.0
	for _, b := range r.Bands {
		wrong += float64(b.Pairs) - b.Expected
	}
	points := r.Expected()
	for i, b := range r.Bands {
		p := points[i]
		if p.Threshold >= low && p.Threshold <= high {
			out = append(out, CurvePoint{p.Threshold, p.Precision, p.Recall, max(0, wrong), missed})
		}
		wrong, missed = wrong-(float64(b.Pairs)-b.Expected), missed+b.Expected
	}
	return out
}

// bulk is the order for evaluating everything under the plan's ruleset.
func (p *Plan) bulk(ctx context.Context, tx *store.Tx, rules *Rules, population *resolve.Columns, actor, why string, progress func(string, int, int)) (resolve.Bulk, error) {
	decisions, err := tx.AllDecisions(ctx)
	reason := strings.TrimSpace("plan " + p.ID + " " + p.Reason)
	if why = strings.TrimSpace(why); why != "" {
		reason += "; " + why
	}
	return resolve.Bulk{Rules: rules.Resolve, Population: population, Decisions: decisions, Rebuild: true,
		Operation: resolve.Operation{Kind: "apply", Actor: actor, Reason: reason}, Progress: progress}, err
}

// Refusal is an [ErrPlan] with the reason as a word: ruleset, drift, brake, worse, program, begun or person.
type Refusal struct{ Fault, Text string }

// Error implements error.
func (r *Refusal) Error() string { return ErrPlan.Error() + ": " + r.Text }

// Unwrap makes it an ErrPlan.
func (r *Refusal) Unwrap() error { return ErrPlan }

func refused(fault, format string, args ...any) error {
	return &Refusal{fault, fmt.Sprintf(format, args...)}
}
