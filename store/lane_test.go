package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/store/storetest"
)

func openLane(t *testing.T) *Store {
	t.Helper()
	number := func([]byte) (Numbering, error) { return nil, nil }
	s, err := open(t.Context(), storetest.New(t, func(ctx context.Context, url string) error {
		s, err := open(ctx, url, number, nil)
		if err == nil {
			s.Close()
		}
		return err
	}), number, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// waiters returns once n transactions wait for the lane or its door.
func waiters(t *testing.T, s *Store, n int) {
	t.Helper()
	for range 500 {
		var have int
		if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid IN ($1, $2)
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, int64(lane), int64(door)).Scan(&have); err != nil {
			t.Fatal(err)
		}
		if have == n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("not %d waiters", n)
}

func TestAPersonGoesBeforeBatchesThatWaitLonger(t *testing.T) {
	s, ctx := openLane(t), t.Context()
	order, leave := make(chan string, 8), make(chan struct{})
	ended := make(chan error, 8)
	run := func(name string, in func(context.Context, func(*Tx) error) error) {
		go func() {
			ended <- in(ctx, func(*Tx) error {
				order <- name
				if name == "turn" {
					<-leave
				}
				return nil
			})
		}()
	}
	run("turn", s.InTurn)
	if first := <-order; first != "turn" {
		t.Fatal(first)
	}
	for i := range 3 {
		run("batch", s.InTurn)
		waiters(t, s, i+1)
	}
	run("person", s.InLane)
	waiters(t, s, 4)
	close(leave)
	if next := <-order; next != "person" {
		t.Errorf("%s went first", next)
	}
	for range 5 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// A program that stops while the server sends to it is not idle in its transaction: the server
// waits until it reads on.
func TestAHolderThatStoppedInTheMiddleOfAStatementLosesTheLane(t *testing.T) {
	s, ctx := openLane(t), t.Context()
	s.patience = 2 * time.Second
	stopped, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer stopped.Close(context.WithoutCancel(ctx))
	tx, err := stopped.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(lane)); err != nil {
		t.Fatal(err)
	}
	rows, err := tx.Query(ctx, "SELECT repeat('x', 1000) FROM generate_series(1, 100000)")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := s.InTurn(ctx, func(*Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*s.patience {
		t.Errorf("the lane was free after %s", took)
	}
	for rows.Next() { // reads on
	}
	if rows.Err() == nil {
		t.Error("the stopped holder still has its connection")
	}
}

func TestAHolderThatDoesNothingLosesTheLane(t *testing.T) {
	s, ctx := openLane(t), t.Context()
	s.patience = time.Second
	taken, woken := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.InLane(ctx, func(tx *Tx) error {
			close(taken)
			<-woken
			_, err := tx.Exec(ctx, "UPDATE hub SET last_position = last_position + 1")
			return err
		})
	}()
	<-taken
	began := time.Now()
	if err := s.InTurn(ctx, func(*Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*s.patience {
		t.Errorf("the lane was free after %s", took)
	}
	close(woken)
	if err := <-ended; !errors.Is(err, ErrAway) {
		t.Errorf("the sleeper, woken, wrote: %v", err)
	}
	if h, err := s.Hub(ctx); err != nil || h.LastPosition != 0 {
		t.Errorf("%+v %v", h, err)
	}
}
