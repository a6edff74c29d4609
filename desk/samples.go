package desk

import (
	"context"
	"slices"

	"kartoteka/access"
	"kartoteka/customer"
)

// samplesShown is how many cells of a column are shown; they are looked for in sampleRecords records.
const samplesShown, sampleRecords = 3, 20

// sampled adds cells of some records to the columns of a source, for who may look at customers.
func (d *Desk) sampled(ctx context.Context, name customer.Source, columns []ReadColumn) error {
	if len(columns) == 0 || !d.policy.Can(access.From(ctx), access.ReadCustomer) {
		return nil
	}
	var codes []customer.Code
	err := d.look(ctx, access.ReadCustomer, func(s *sight) error {
		if !s.view.Shows(access.Members) {
			return nil
		}
		rows, err := s.tx.SomeOf(ctx, name, sampleRecords)
		if err != nil {
			return err
		}
		records, err := s.sourceRecords(rows)
		for i := range records {
			if code := records[i].Code; code != 0 && s.sees(code) == nil && addSamples(columns, records[i].Raw) {
				codes = append(codes, code)
			}
		}
		return err
	})
	if err != nil || len(codes) == 0 {
		return err
	}
	slices.Sort(codes)
	return d.Viewed(ctx, access.ReadCustomer, slices.Compact(codes)...)
}

// addSamples takes those cells of a record that columns still want, and reports whether there were any.
func addSamples(columns []ReadColumn, raw []Cell) (took bool) {
	for i := range columns {
		c := &columns[i]
		for _, cell := range raw {
			same := func(x Cell) bool { return x.Text == cell.Text }
			if cell.Column == c.Column && cell.Text != "" && len(c.Samples) < samplesShown && !slices.ContainsFunc(c.Samples, same) {
				c.Samples, took = append(c.Samples, cell), true
			}
		}
	}
	return took
}
