package main

import (
	"context"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// factsAtOnce is how many records' facts are compared together.
const factsAtOnce = 1000

// consents checks I14: what hangs on the records is what they say, and no golden record assumes a
// consent that one of its records refuses.
func (v *verifier) consents(ctx context.Context, tx *store.Tx, c *customer.Check) error {
	c.Of = "records"
	codes, err := v.codes(ctx, tx, c)
	if err != nil {
		return err
	}
	var records []customer.Record
	compare := func() error {
		err := tx.VerifyFacts(ctx, records, c)
		c.Checked += int64(len(records))
		records = records[:0]
		v.meter.show("verify I14", c.Checked, 0)
		return err
	}
	err = tx.GoldenSets(ctx, codes, func(s *customer.GoldenSet) error {
		if err := resolve.ConsentFaults(s, c.Add); err != nil {
			return err
		}
		if records = append(records, s.Members...); len(records) >= factsAtOnce {
			return compare()
		}
		return nil
	})
	if err == nil {
		err = compare()
	}
	if err == nil {
		err = tx.StrayFacts(ctx, c)
	}
	return err
}
