package desk

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestNobodyWaitsForWhatTakesLong asks while an answer is being found: nobody waits but who has patience, the
// old answer is good until the new one is there, and a failure is told and tried again.
func TestNobodyWaitsForWhatTakesLong(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	var l lasting[int]
	gate, finds := make(chan struct{}), 0
	slow := func(n int, err error) func(context.Context) (int, error) {
		return func(context.Context) (int, error) {
			<-gate
			finds++ // one at a time
			return n, err
		}
	}
	ask := func(of string, patience time.Duration, n int, err error) (int, bool, error) {
		value, _, ok, wrong := l.get(t.Context(), of, patience, now, slow(n, err))
		return value, ok, wrong
	}
	if _, ok, err := ask("a", 0, 1, nil); ok || err != nil {
		t.Fatal("there was an answer before it was found")
	}
	if _, ok, err := ask("a", 0, 2, nil); ok || err != nil {
		t.Fatal("there was an answer before it was found")
	}
	gate <- struct{}{}
	if n, ok, err := ask("a", time.Hour, 3, nil); !ok || n != 1 || err != nil || finds != 1 {
		t.Fatalf("%d %v %v after %d", n, ok, err, finds)
	}
	at = at.Add(time.Hour)
	if n, ok, _ := ask("a", 0, 4, nil); !ok || n != 1 {
		t.Fatal("the old answer is not good until there is a new one")
	}
	if _, ok, _ := ask("b", 0, 5, nil); ok {
		t.Fatal("an answer to something else")
	}
	gate <- struct{}{}
	for n := 1; n == 1; { // found, and not yet known for a moment
		n, _, _ = ask("a", 0, 6, nil)
	}
	bad := errors.New("no")
	go func() { gate <- struct{}{} }()
	if _, ok, err := ask("b", time.Hour, 7, bad); ok || !errors.Is(err, bad) {
		t.Fatalf("%v %v", ok, err)
	}
	go func() { gate <- struct{}{} }()
	if n, ok, err := ask("b", time.Hour, 8, nil); n != 8 || !ok || err != nil {
		t.Fatalf("%d %v %v", n, ok, err)
	}
}
