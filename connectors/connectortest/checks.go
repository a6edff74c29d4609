package connectortest

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"kartoteka/connectors"
)

func readsEverythingInOrder(t *testing.T, h Harness) {
	rows := Rows(Read(t, h.New(t), "", 1000))
	if len(rows) != Records {
		t.Fatalf("%d rows, want %d", len(rows), Records)
	}
	for i := 1; i < len(rows); i++ {
		if rows[i].Place.Row < rows[i-1].Place.Row {
			t.Errorf("row %d stands before row %d", i, i-1)
		}
	}
	same(t, facts(rows), facts(Rows(Read(t, h.New(t), "", 3))))
}

func keepsToMax(t *testing.T, h Harness) {
	for _, b := range Read(t, h.New(t), "", 3) {
		if n := len(b.Rows) + len(b.Rejects); n > 3 || n == 0 && len(b.Filtered) == 0 {
			t.Errorf("%d records in a batch of at most 3", n)
		}
	}
}

// resumesAtEveryCursor reads ten, keeps n, opens anew and must get the other 10−n.
func resumesAtEveryCursor(t *testing.T, h Harness) {
	for size := 1; size <= 5; size += 2 {
		batches := Read(t, h.New(t), "", size)
		all := facts(Rows(batches))
		kept := 0
		for _, b := range batches {
			kept += len(b.Rows)
			if b.Cursor == "" && kept == len(all) && h.Restarts {
				continue
			}
			rest := facts(Rows(Read(t, h.New(t), b.Cursor, 4)))
			same(t, all[kept:], rest)
		}
	}
}

func rereadGivesTheSameRows(t *testing.T, h Harness) {
	c := h.New(t)
	same(t, facts(Rows(Read(t, c, "", 4))), facts(Rows(Read(t, c, "", 4))))
}

func rowsStayValid(t *testing.T, h Harness) {
	c := h.New(t)
	if err := c.Open(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	first, err := c.Read(context.Background(), 2)
	if err != nil {
		t.Fatal(err)
	}
	before := facts(first.Rows)
	for err == nil {
		_, err = c.Read(context.Background(), 2)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	same(t, before, facts(first.Rows))
}

func endsAgainAtTheEnd(t *testing.T, h Harness) {
	c := h.New(t)
	if err := c.Open(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	var err error
	for err == nil {
		_, err = c.Read(context.Background(), 100)
	}
	for range 2 {
		if _, err = c.Read(context.Background(), 100); !errors.Is(err, io.EOF) {
			t.Errorf("after the end: %v, want io.EOF", err)
		}
	}
}

// foreignCursorSkipsNothing: refusing it is right, starting over is right, skipping is not.
func foreignCursorSkipsNothing(t *testing.T, h Harness) {
	batches, err := TryRead(h.New(t), "7@some-other-source", 100)
	if err == nil && len(Rows(batches)) != Records {
		t.Errorf("%d rows after a foreign cursor, want all %d", len(Rows(batches)), Records)
	}
}

func stopsWhenTheContextEnds(t *testing.T, h Harness) {
	c := h.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	if err := c.Open(ctx, ""); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	cancel()
	done := make(chan error, 1)
	go func() {
		var err error
		for n := 0; err == nil && n < 2*Records; n++ {
			_, err = c.Read(ctx, 1)
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil {
			t.Error("goes on after the context ended")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("hangs after the context ended")
	}
}

func closesTwice(t *testing.T, h Harness) {
	c := h.New(t)
	for range 2 {
		if err := c.Close(); err != nil {
			t.Errorf("without Open: %v", err)
		}
	}
	if err := c.Open(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Errorf("after Open: %v", err)
		}
	}
}

func reportsDenialAtOpen(t *testing.T, h Harness) {
	if h.Denied == nil {
		t.Skip("nothing can deny access to this source")
	}
	c := h.Denied(t)
	defer func() { _ = c.Close() }()
	err := c.Open(context.Background(), "")
	if !errors.Is(err, connectors.ErrInput) && !errors.Is(err, connectors.ErrSurroundings) {
		t.Errorf("%v, want ErrInput or ErrSurroundings", err)
	}
}

func saysWhichRecordFailed(t *testing.T, h Harness) {
	if h.Broken == nil {
		t.Skip("no record of this source can be bad")
	}
	batches := Read(t, h.Broken(t), "", 100)
	rejects := Rejects(batches)
	if len(rejects) != 1 {
		t.Fatalf("%d rejects, want 1", len(rejects))
	}
	r := rejects[0]
	if r.Place.File == "" || r.Place.Row == 0 || r.Code == "" || r.Reason == "" {
		t.Errorf("reject without place, code or reason: %+v", r)
	}
	if n := len(Rows(batches)); n < 3 {
		t.Errorf("only %d good rows around the bad one", n)
	}
}
