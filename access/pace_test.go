package access_test

import (
	"fmt"
	"testing"
	"time"

	"kartoteka/access"
)

func TestPace(t *testing.T) {
	p, now := access.NewPace(3), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 {
		if wait := p.Take("anna", now); wait != 0 {
			t.Errorf("try %d waits %v", i, wait)
		}
	}
	if wait := p.Take("anna", now); wait <= 19*time.Second || wait > 20*time.Second {
		t.Errorf("the fourth try waits %v", wait)
	}
	if p.Take("boris", now) != 0 {
		t.Error("one person's tries count for another")
	}
	if p.Take("anna", now.Add(20*time.Second)) != 0 || p.Take("anna", now.Add(20*time.Second)) == 0 {
		t.Error("a third of a minute gives one more of three a minute")
	}
	var none *access.Pace
	if access.NewPace(0) != nil || none.Take("x", now) != 0 {
		t.Error("no limit")
	}
}

func TestPaceForgets(t *testing.T) {
	p, now := access.NewPace(1), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p.Take("anna", now)
	for i := range 49_999 {
		p.Take(fmt.Sprint(i), now.Add(-time.Hour))
	}
	p.Take("one more", now)
	if p.Take("anna", now) == 0 {
		t.Error("who has to wait is not forgotten")
	}
}
