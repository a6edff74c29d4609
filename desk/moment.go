package desk

import (
	"strings"
	"time"
)

// ParseMoment reads a time as a person writes it: 2026-11-22, 2026-11-22 17:05, 2026-11-22T17:05:00Z. Without a
// zone it is UTC; a day alone is its end, so that what happened on it is in.
func ParseMoment(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t.Add(24*time.Hour - time.Microsecond), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999", "2006-01-02 15:04", "2006-01-02T15:04:05.999999", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, invalid("a time is 2026-11-22, 2026-11-22 17:05 or 2026-11-22T17:05:00Z; without a zone it is UTC")
}
