package desk

import (
	"context"
	"time"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// curveRecords is about how many records the curve of a hub that never planned is estimated on.
const curveRecords = 50_000

// estimated is what other thresholds are expected to give, by a sample of the records.
type estimated struct {
	points  []CurvePoint
	records int
}

// estimate adds the curve of the rules in force, which is worked out meanwhile where it is not known.
func (s *sight) estimate(out *Settings) error {
	d, rules := s.desk, s.rules
	e, _, known, err := d.curve.get(s.ctx, rules.Hash, 0, d.options.Now, func(ctx context.Context) (e estimated, err error) {
		err = d.options.Store.Snapshot(ctx, func(tx *store.Tx) error {
			e, err = estimateOn(ctx, tx, rules)
			return err
		})
		return e, err
	})
	out.Curve, out.CurveRecords, out.Estimating = e.points, e.records, !known && err == nil
	return nil // a curve that cannot be estimated is none
}

func estimateOn(ctx context.Context, tx *store.Tx, rules *Rules) (e estimated, err error) {
	population := resolve.NewColumns(rules.Portrait)
	every, err := tx.SampleEncoded(ctx, curveRecords, func(rec customer.Record, standard []byte) { population.Add(rec, standard, false) })
	if err != nil || population.Len() == 0 {
		return e, err
	}
	report, err := resolve.Weigh(ctx, rules.Resolve, population)
	if err != nil {
		return e, err
	}
	// A pair is in the sample if both of its records are.
	for i := range report.Bands {
		b := &report.Bands[i]
		b.Pairs, b.Expected = b.Pairs*every*every, b.Expected*float64(every*every)
	}
	return estimated{curveOf(report, linksOf(rules.Matcher)), population.Len()}, nil
}

// glance is how long a page waits for what takes long.
const glance = 700 * time.Millisecond
