package feedtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"kartoteka/feed"
)

// Leases checks an implementation of [feed.Leases]; make gives a fresh one.
func Leases(t *testing.T, make func(t *testing.T) feed.Leases) {
	t.Run("OneHolderAtATime", func(t *testing.T) { oneHolder(t, make(t)) })
	t.Run("TokensFence", func(t *testing.T) { tokensFence(t, make(t)) })
	t.Run("PositionOnlyMovesForward", func(t *testing.T) { positionForward(t, make(t)) })
	t.Run("CleanIsSaidOnce", func(t *testing.T) { cleanOnce(t, make(t)) })
}

func oneHolder(t *testing.T, leases feed.Leases) {
	ctx := context.Background()
	l := acquire(t, leases, "a", time.Minute)
	if !l.Clean || l.Position != 0 {
		t.Errorf("a new role: %+v", l)
	}
	if _, err := leases.Acquire(ctx, "role", "b", time.Minute); !errors.Is(err, feed.ErrLeaseHeld) {
		t.Errorf("second holder: %v", err)
	}
	if _, err := leases.Acquire(ctx, "other role", "b", time.Minute); err != nil {
		t.Errorf("another role: %v", err)
	}
	check(t, leases.Release(ctx, l, true))
	acquire(t, leases, "b", time.Minute)
}

func tokensFence(t *testing.T, leases feed.Leases) {
	ctx := context.Background()
	old := acquire(t, leases, "a", time.Millisecond)
	now := waitFor(t, leases, "b")
	if now.Token <= old.Token || now.Clean {
		t.Errorf("after an abandoned lease: %+v, then %+v", old, now)
	}
	for what, err := range map[string]error{"renew": leases.Renew(ctx, old, time.Minute), "advance": leases.Advance(ctx, old, 9),
		"release": leases.Release(ctx, old, true)} {
		if !errors.Is(err, feed.ErrLeaseLost) {
			t.Errorf("%s with an old token: %v", what, err)
		}
	}
	check(t, leases.Renew(ctx, now, time.Minute))
}

func positionForward(t *testing.T, leases feed.Leases) {
	ctx := context.Background()
	l := acquire(t, leases, "a", time.Minute)
	check(t, leases.Advance(ctx, l, 5))
	check(t, leases.Advance(ctx, l, 3))
	check(t, leases.Release(ctx, l, true))
	if l = acquire(t, leases, "a", time.Minute); l.Position != 5 {
		t.Errorf("position %d", l.Position)
	}
}

func cleanOnce(t *testing.T, leases feed.Leases) {
	ctx := context.Background()
	check(t, leases.Release(ctx, acquire(t, leases, "a", time.Minute), true))
	l := acquire(t, leases, "b", time.Minute)
	if !l.Clean {
		t.Error("released clean, taken unclean")
	}
	check(t, leases.Release(ctx, l, false))
	if acquire(t, leases, "c", time.Minute).Clean {
		t.Error("released unclean, taken clean")
	}
	if acquire(t, leases, "c", time.Minute).Clean { // the holder itself starts again after a crash
		t.Error("never released, taken clean")
	}
}

func acquire(t *testing.T, leases feed.Leases, holder string, ttl time.Duration) feed.Lease {
	t.Helper()
	l, err := leases.Acquire(context.Background(), "role", holder, ttl)
	check(t, err)
	return l
}

// waitFor acquires as soon as the holder's time has run out.
func waitFor(t *testing.T, leases feed.Leases, holder string) feed.Lease {
	t.Helper()
	for {
		l, err := leases.Acquire(context.Background(), "role", holder, time.Minute)
		if !errors.Is(err, feed.ErrLeaseHeld) {
			check(t, err)
			return l
		}
		time.Sleep(time.Millisecond)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
