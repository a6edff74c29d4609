package store_test

import (
	"testing"

	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

func TestARunWithoutRowsSaysSo(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := store.Open(ctx, storetest.New(t, migrateLease), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for _, c := range []struct {
		name, cursor string
		read         int64
		want         string
	}{{"header", "", 0, "run.empty"}, {"rows", "", 2, ""}, {"nothing_new", "17", 0, ""}} {
		err := s.InTx(ctx, func(tx *store.Tx) error {
			r, err := tx.BeginRun(ctx, customer.Source(c.name), true, c.name)
			if err == nil && c.cursor != "" { // the next reading begins where this one ended
				if err = tx.SaveCursor(ctx, r, c.cursor); err == nil {
					r, err = tx.BeginRun(ctx, customer.Source(c.name), true, c.name)
				}
			}
			if err == nil {
				err = tx.SaveCounts(ctx, r, customer.Counts{Read: c.read, Accepted: c.read})
			}
			if err == nil {
				err = tx.EndRun(ctx, r, "done")
			}
			if err != nil {
				return err
			}
			runs, err := tx.Runs(ctx, customer.Source(c.name), 0, 1)
			if err == nil && runs[0].Notice != c.want {
				t.Errorf("%s: %q", c.name, runs[0].Notice)
			}
			return err
		})
		if err != nil {
			t.Fatal(c.name, err)
		}
	}
}
