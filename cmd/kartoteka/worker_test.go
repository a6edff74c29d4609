package main

import (
	"testing"
	"time"

	"kartoteka/config"
)

func TestWhenAJobIsDue(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, every string
		atOnce      bool
		begun       time.Time
		want        time.Time
	}{
		{"NeverDoneWithAnInterval", "5m", true, time.Time{}, now},
		{"NeverDoneAtNight", "17 3 * * *", false, time.Time{}, time.Date(2026, 3, 5, 3, 17, 0, 0, time.UTC)},
		{"DoneAMinuteAgo", "5m", true, now.Add(-time.Minute), now.Add(4 * time.Minute)},
		{"MissedWhileNobodyServed", "17 3 * * *", false, now.Add(-48 * time.Hour), time.Date(2026, 3, 3, 3, 17, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			schedule, err := config.ParseSchedule(c.every, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			position := int64(0)
			if !c.begun.IsZero() {
				position = c.begun.UnixMilli()
			}
			if got := (&job{schedule: schedule, atOnce: c.atOnce}).next(position, now); !got.Equal(c.want) {
				t.Errorf("due %s, want %s", got, c.want)
			}
		})
	}
}
