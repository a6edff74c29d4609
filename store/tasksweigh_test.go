package store_test

import (
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/store"
)

// What changed since it was weighed is found from the change log, and what somebody holds is not forgotten.
func TestUnweighedFollowsTheChangeLog(t *testing.T) {
	t.Parallel()
	s := openTasks(t, 3)
	e := customer.Effects{Operations: []customer.Operation{{Kind: "resolve"}}}
	for i := range 3 {
		for _, code := range []customer.Code{customer.Code(10 + i), customer.Code(10_000 + i)} {
			e.Codes = append(e.Codes, customer.CodeRow{Code: code, Serial: int64(code), Kind: customer.Person, State: customer.CodeActive, Version: 1, Document: []byte("{}")})
			e.Changes = append(e.Changes, customer.LoggedChange{Change: customer.Change{Code: code, Version: 1, Kind: customer.Created}})
		}
	}
	inLane(t, s, func(tx *store.Tx) error { return tx.Write(t.Context(), &e) })

	since, list := unweighed(t, s, 0, 2)
	if len(list) != 2 || since != 0 || list[0].Codes[0] != 12 || list[0].Versions != "1:1" {
		t.Fatalf("at first %+v, up to %d", list, since)
	}
	if since, list = unweighed(t, s, since, 2); len(list) != 1 || since != 6 {
		t.Fatalf("then %+v, up to %d", list, since)
	}
	if since, list = unweighed(t, s, since, 2); len(list) != 0 || since != 6 {
		t.Fatalf("nothing changed: %+v, up to %d", list, since)
	}

	again := customer.Effects{Operations: e.Operations, Codes: []customer.CodeRow{e.Codes[3]}, Changes: []customer.LoggedChange{{Change: customer.Change{Code: e.Codes[3].Code, Version: 2, Kind: customer.Updated}}}}
	again.Codes[0].Version = 2
	inLane(t, s, func(tx *store.Tx) error { return tx.Write(t.Context(), &again) })
	inTx(t, s, func(tx *store.Tx) error { // somebody holds the question
		if _, err := tx.ClaimOne(t.Context(), 2, "anna", time.Hour); err != nil {
			return err
		}
		if held, list := unweighed(t, s, since, 2); len(list) != 0 || held != since {
			t.Errorf("held by another: %+v, up to %d", list, held)
		}
		return nil
	})
	for _, from := range []int64{since, 0, 99} { // 99: the database is an older state than it was
		if to, list := unweighedOnly(t, s, from); len(list) != 1 || list[0].ID != 2 || list[0].Versions != "1:2" || to != 7 {
			t.Errorf("from %d: %+v, up to %d", from, list, to)
		}
	}
}

func inTx(t *testing.T, s *store.Store, f func(*store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// unweighed weighs what is listed.
func unweighed(t *testing.T, s *store.Store, since int64, limit int) (to int64, list []store.Unweighed) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) (err error) {
		if list, to, err = tx.Unweighed(t.Context(), since, limit); err != nil {
			return err
		}
		return tx.Weighed(t.Context(), list, make([]int32, len(list)), make([]float64, len(list)))
	})
	return to, list
}

func unweighedOnly(t *testing.T, s *store.Store, since int64) (to int64, list []store.Unweighed) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) (err error) {
		list, to, err = tx.Unweighed(t.Context(), since, 10)
		return err
	})
	return to, list
}
