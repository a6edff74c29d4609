package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/api"
	"kartoteka/feed"
	"kartoteka/store"
)

func TestFeedTail(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	var changes []api.Change
	d.json(exitOK, nil, &changes, "feed", "tail", "--after", "2")
	if len(changes) == 0 || changes[0].Position != 3 || changes[0].Version != 1 || changes[0].Kind != "created" || len(changes[0].Moved) == 0 {
		t.Errorf("%+v", changes)
	}
	text := d.ok("feed", "tail", "--after", "0", "-q")
	if n := strings.Count(text, "\n"); n != len(changes)+2 || !strings.Contains(text, changes[0].Code.String()) {
		t.Errorf("%d lines for %d changes:\n%s", n, len(changes)+2, text)
	}
}

func TestFeedTailFollows(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	p := d.spawn(nil, "feed", "tail", "--after", "0", "--follow", "--output", "json")
	p.says("configuration")
	d.ok("decide", "different", "crm/1", "billing/b-1", "--reason", "test")
	s := d.store()
	last, err := s.Last(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if n := strings.Count(p.out.String(), "\n"); n < int(last) {
			return fmt.Errorf("%d of %d changes are printed", n, last)
		}
		return nil
	})
	p.signal(syscall.SIGTERM)
	if code := p.wait(); code != exitOK {
		t.Errorf("exit %d\n%s", code, &p.err)
	}
}

func TestFeedStatus(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	s := d.store()
	changes, err := s.Changes(t.Context(), 0, 1)
	if err != nil || len(changes) != 1 {
		t.Fatal(changes, err)
	}
	lease, err := s.Acquire(t.Context(), feed.Role, "a", leaseTime)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(t.Context(), lease, 2); err != nil {
		t.Fatal(err)
	}
	if err := s.Park(t.Context(), feed.Role, changes[0].Code, "too_large"); err != nil {
		t.Fatal(err)
	}
	var got store.FeedStatus
	d.json(exitOK, nil, &got, "feed", "status")
	if got.Published != 2 || got.Lag != got.Last-2 || got.Lag == 0 || got.Holder != "a" || got.Behind <= 0 || got.LastAt.IsZero() {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]store.Parked{{Code: changes[0].Code, Topic: "golden", Position: 1, Reason: "too_large"}}, got.Parked); diff != "" {
		t.Error(diff)
	}
	if text := d.ok("feed", "status"); !strings.Contains(text, "published  2, ") || !strings.Contains(text, "too_large") {
		t.Error(text)
	}
}
