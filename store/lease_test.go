package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

func migrateLease(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url, golden.NewPermutation)
	if err == nil {
		s.Close()
	}
	return err
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.New(t, migrateLease), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestLeases(t *testing.T) {
	feedtest.Leases(t, func(t *testing.T) feed.Leases { return openStore(t) })
}

func TestFenceHoldsTheLeaseUntilTheTransactionEnds(t *testing.T) {
	s, ctx := openStore(t), t.Context()
	lease, err := s.Acquire(ctx, "source.crm", "a", time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	taken := make(chan error, 1)
	err = s.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.Fence(ctx, lease); err != nil {
			return err
		}
		time.Sleep(2 * time.Millisecond) // the lease runs out within the transaction
		go func() {
			_, err := s.Acquire(ctx, "source.crm", "b", time.Minute)
			taken <- err
		}()
		select {
		case err := <-taken:
			t.Errorf("taken while the holder writes: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		return nil
	})
	if err := errors.Join(err, <-taken); err != nil {
		t.Fatal(err)
	}
	if err := s.InTx(ctx, func(tx *store.Tx) error { return tx.Fence(ctx, lease) }); !errors.Is(err, customer.ErrLeaseLost) {
		t.Errorf("the old holder goes on: %v", err)
	}
}

func TestAwaitHearsOfCommits(t *testing.T) {
	s, ctx := openStore(t), t.Context()
	next := s.Committed()
	for heard := false; !heard; { // the listener has begun
		select {
		case <-next:
			heard = true
		case <-time.After(10 * time.Second):
			t.Fatal("nobody listens")
		}
	}
	next = s.Committed()
	if err := s.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `SELECT pg_notify('kartoteka_change', '')`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-next:
	case <-time.After(10 * time.Second):
		t.Error("a commit was not heard of")
	}
}
