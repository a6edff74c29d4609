package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule says when something is due next, after a moment.
type Schedule interface{ Next(time.Time) time.Time }

// The shortest and the longest time between two runs of a source.
const (
	minEvery = time.Second
	maxEvery = 366 * 24 * time.Hour
)

// Schedule gives the source's schedule in the time zone of the company, nil without one.
func (c *Config) Schedule(s *Source) (Schedule, error) {
	if s.Every == "" {
		return nil, nil
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("company.time_zone: %w", err)
	}
	return ParseSchedule(s.Every, zone)
}

// ParseSchedule reads a duration (5m, 12h) or a crontab line of five fields (or @hourly,
// @daily, ...) in a time zone; nil is UTC. A line that names a time zone of its own, or a day that never
// comes, is refused.
func ParseSchedule(every string, zone *time.Location) (Schedule, error) {
	if zone == nil {
		zone = time.UTC
	}
	every = strings.TrimSpace(every)
	if d, err := time.ParseDuration(every); err == nil {
		return everyDuration(d)
	}
	if strings.Contains(strings.ToUpper(every), "TZ=") {
		return nil, errors.New("names a time zone, which company.time_zone does")
	}
	if rest, ok := strings.CutPrefix(every, "@every "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(rest))
		if err != nil {
			return nil, errors.New("is no schedule")
		}
		return everyDuration(d)
	}
	return crontab(every, zone)
}

func everyDuration(d time.Duration) (Schedule, error) {
	if d < minEvery || d > maxEvery {
		return nil, errors.New("is a time between two runs out of bounds: 1s to 366 days")
	}
	return interval(d), nil
}

// interval is due that long after the last run.
type interval time.Duration

// Next implements [Schedule].
func (i interval) Next(t time.Time) time.Time { return t.Add(time.Duration(i)) }

// crontab guards cron's parser: it panics on some lines, and its Next gives the zero time
// for a day that never comes.
func crontab(line string, zone *time.Location) (s Schedule, err error) {
	defer func() {
		if recover() != nil {
			s, err = nil, errors.New("is no schedule")
		}
	}()
	spec, err := cron.ParseStandard(line)
	if err != nil {
		return nil, errors.New("is no schedule: " + clean(err.Error()))
	}
	if fields, ok := spec.(*cron.SpecSchedule); ok {
		fields.Location = zone
	}
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, zone)
	if spec.Next(start).IsZero() {
		return nil, errors.New("is a day that never comes")
	}
	return guarded{spec}, nil
}

// guarded is a crontab line whose next time is always there and always later: cron looks five years
// ahead, and the 29th of February is eight years away around 1900 and 2100.
type guarded struct{ cron.Schedule }

// Next implements [Schedule].
func (g guarded) Next(t time.Time) time.Time {
	for ahead := t; ; ahead = ahead.AddDate(4, 0, 0) {
		if next := g.Schedule.Next(ahead); next.After(t) {
			return next
		}
		if ahead.Sub(t) > 40*maxEvery {
			return t.Add(maxEvery) // a zone without that time; look again in a year
		}
	}
}

// clean makes one short line of another package's message.
func clean(s string) string {
	if r := []rune(strings.Join(strings.Fields(s), " ")); len(r) > 120 {
		return string(r[:120]) + "..."
	}
	return strings.Join(strings.Fields(s), " ")
}
