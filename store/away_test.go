package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"kartoteka/customer"
)

func TestAwayTellsALostConnection(t *testing.T) {
	t.Parallel()
	reset := &net.OpError{Op: "read", Net: "unix", Err: errors.New("connection reset by peer")}
	for _, tc := range []struct {
		name string
		err  error
		away bool
	}{
		{"CutOff", fmt.Errorf("unexpected EOF: %w", io.ErrUnexpectedEOF), true},
		{"Reset", fmt.Errorf("receive: %w", reset), true},
		{"ContextEnds", errors.Join(context.Canceled, reset), false},
		{"TimeIsUp", errors.Join(context.DeadlineExceeded, reset), false},
		{"Unknown", customer.ErrUnknown, false},
		{"Other", errors.New("cannot scan"), false},
	} {
		if got := away(tc.err); errors.Is(got, ErrAway) != tc.away || !errors.Is(got, tc.err) {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
	if away(nil) != nil {
		t.Error("nothing is away")
	}
}

// TestAwayWhileAStatementRuns loses the connection under a statement that the server is at.
func TestAwayWhileAStatementRuns(t *testing.T) {
	t.Parallel()
	s := openLane(t)
	conn, err := s.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	rows, err := conn.Query(t.Context(), `SELECT repeat('x', 100000), n, CASE WHEN n > 20 THEN pg_sleep(60) END FROM generate_series(1, 100) AS n`)
	if err != nil {
		t.Fatal(err)
	}
	rows.Next()
	if err := conn.Conn().PgConn().Conn().Close(); err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
	}
	if err := rows.Err(); err == nil || !errors.Is(away(err), ErrAway) || Temporary(err) {
		t.Error(err)
	}
}
