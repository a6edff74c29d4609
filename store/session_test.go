package store_test

import (
	"errors"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// two opens one database twice, as two processes do.
func two(t *testing.T) (a, b *store.Store) {
	t.Helper()
	url := storetest.New(t, migrateLease)
	open := func() *store.Store {
		s, err := store.Open(t.Context(), url, golden.NewPermutation)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, b = open(), open()
	t.Cleanup(b.Close)
	return a, b
}

func TestLeaseOfTheDeadIsFreeAtOnce(t *testing.T) {
	t.Parallel()
	a, b := two(t)
	ctx := t.Context()
	old, err := a.Take(ctx, "source.crm", "a", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Take(ctx, "source.crm", "b", time.Hour); !errors.Is(err, customer.ErrLeaseHeld) {
		t.Errorf("taken from the living: %v", err)
	}
	a.Close() // as if it had died: nothing was given back
	now := old
	for until := time.Now().Add(10 * time.Second); now.Token == old.Token && time.Now().Before(until); {
		if now, err = b.Take(ctx, "source.crm", "b", time.Hour); errors.Is(err, customer.ErrLeaseHeld) {
			now = old
			time.Sleep(5 * time.Millisecond) // the server notices the end of the connection
		}
	}
	if err != nil || now.Token != old.Token+1 || now.Clean {
		t.Fatalf("%v: %+v after %+v", err, now, old)
	}
	if err := b.Renew(ctx, now, time.Hour); err != nil {
		t.Error(err)
	}
}

// What may still be sent by a holder is waited for, even if its connection is gone.
func TestAcquiredLeaseOfTheDeadRunsOut(t *testing.T) {
	t.Parallel()
	a, b := two(t)
	if _, err := a.Acquire(t.Context(), "feed.kafka", "a", time.Hour); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if _, err := b.Acquire(t.Context(), "feed.kafka", "b", time.Hour); !errors.Is(err, customer.ErrLeaseHeld) {
		t.Error(err)
	}
}

// A holder that stood still while its lease ran out moves no position any more.
func TestPausedHolderIsFenced(t *testing.T) {
	t.Parallel()
	a, b := two(t)
	defer a.Close()
	ctx := t.Context()
	land := func(s *store.Store, l customer.Lease, cursor string) error {
		return s.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.Fence(ctx, l); err != nil {
				return err
			}
			run, err := tx.BeginRun(ctx, "crm", true, "")
			if err != nil {
				return err
			}
			return tx.SaveCursor(ctx, run, cursor)
		})
	}
	paused, err := a.Take(ctx, "source.crm", "a", 20*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if err := land(a, paused, "1"); err != nil {
		t.Fatal(err)
	}
	var now customer.Lease
	for { // until the pause is longer than the lease
		if now, err = b.Take(ctx, "source.crm", "b", time.Hour); !errors.Is(err, customer.ErrLeaseHeld) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := land(b, now, "2"); err != nil {
		t.Fatal(err)
	}
	if err := land(a, paused, "1"); !errors.Is(err, customer.ErrLeaseLost) {
		t.Errorf("the paused holder: %v", err)
	}
	var cursor string
	var runs, running int
	err = b.InTx(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT cursor, (SELECT count(*) FROM run), (SELECT count(*) FROM run WHERE state = 'running') FROM source`).Scan(&cursor, &runs, &running)
	})
	if err != nil || cursor != "2" || runs != 2 || running != 1 {
		t.Errorf("%v: position %q, %d runs of which %d are running", err, cursor, runs, running)
	}
}
