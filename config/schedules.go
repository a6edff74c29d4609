package config

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Timed is when the hub does something by itself.
type Timed struct {
	Every string // a duration or a crontab line; "" is never
	Skip  bool   // what was missed because nobody served is not caught up
}

// Schedules are what serve does by itself besides reading sources.
type Schedules struct {
	Maintain   Timed // counts closed keys and shared values again
	Verify     Timed // checks the hub's promises, by sample
	Checkpoint Timed // signs where the audit chain ends
	Backup     Timed
	BackupTo   string // directory of the backups
	BackupKeep int    // how many backups are kept; 0: all
}

func defaultSchedules() Schedules {
	return Schedules{Maintain: Timed{Every: "17 3 * * *"}, Verify: Timed{Every: "43 3 * * *", Skip: true}, Checkpoint: Timed{Every: "1h"}}
}

const (
	off     = "off"
	runOnce = "run"
	skip    = "skip"
)

const timedDoc = "off, a duration like 12h, or a crontab line in quotes"

func schedulesKeys() keys[Schedules] {
	return keys[Schedules]{
		timed("maintain", "count closed keys and shared values again", func(s *Schedules) *Timed { return &s.Maintain }),
		timed("verify", "check the hub's promises, on a large base by sample", func(s *Schedules) *Timed { return &s.Verify }),
		timed("checkpoint", "sign where the audit chain ends", func(s *Schedules) *Timed { return &s.Checkpoint }),
		{"backup", "write backups", backupKeys().object(), func(r *reader, path string, n *yaml.Node, s *Schedules) {
			backupKeys().read(r, path, n, s)
			if s.Backup.Every != "" && s.BackupTo == "" {
				r.fault(n, path, "names no directory", "write {every: \"7 2 * * *\", to: /srv/backup}")
			}
		}},
	}
}

func backupKeys() keys[Schedules] {
	return keys[Schedules]{
		everyKey(func(s *Schedules) *Timed { return &s.Backup }),
		missedKey(func(s *Schedules) *Timed { return &s.Backup }),
		text("to", "directory; each backup is a directory in it", func(s *Schedules) *string { return &s.BackupTo }),
		whole("keep", "how many are kept; 0: all", 0, 10_000, func(s *Schedules, n int64) { s.BackupKeep = int(n) }),
	}
}

func timed(name, doc string, field func(*Schedules) *Timed) key[Schedules] {
	same := func(t *Timed) *Timed { return t }
	inner := keys[Timed]{everyKey(same), missedKey(same)}
	return key[Schedules]{name, doc + ": " + timedDoc, eitherShape(textShape, inner.object()), func(r *reader, path string, n *yaml.Node, s *Schedules) {
		if n.Kind == yaml.ScalarNode {
			readEvery(r, path, n, field(s))
			return
		}
		inner.read(r, path, n, field(s))
	}}
}

func everyKey[T any](field func(*T) *Timed) key[T] {
	return key[T]{"every", timedDoc, textShape, func(r *reader, path string, n *yaml.Node, into *T) { readEvery(r, path, n, field(into)) }}
}

func missedKey[T any](field func(*T) *Timed) key[T] {
	return choice("missed", "what becomes of a time at which nobody served: run once as soon as somebody does, or skip", func(into *T, w string) { field(into).Skip = w == skip }, runOnce, skip)
}

func readEvery(r *reader, path string, n *yaml.Node, t *Timed) {
	every, ok := r.text(path, n)
	if !ok {
		return
	}
	if t.Every = every; every == off {
		t.Every = ""
		return
	}
	if _, err := ParseSchedule(every, nil); err != nil {
		r.fault(n, path, err.Error(), `write a duration like 5m, or minute hour day month weekday in quotes like "0 * * * *"`)
	}
}

// Zone is the company's time zone.
func (c *Config) Zone() (*time.Location, error) {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("company.time_zone: %w", err)
	}
	return zone, nil
}

func (p *printer) schedules(s *Schedules) *yaml.Node {
	n := p.mapping()
	for _, x := range []struct {
		name string
		t    *Timed
	}{{"maintain", &s.Maintain}, {"verify", &s.Verify}, {"checkpoint", &s.Checkpoint}} {
		if x.t.Every == "" {
			p.text(n, "schedules", x.name, off)
			continue
		}
		p.add(n, "schedules", x.name, p.timed(x.t))
	}
	if s.Backup.Every != "" {
		b := p.timed(&s.Backup)
		p.text(b, "", "to", s.BackupTo)
		p.number(b, "", "keep", float64(s.BackupKeep))
		p.add(n, "schedules", "backup", b)
	}
	return n
}

func (p *printer) timed(t *Timed) *yaml.Node {
	n := p.flow()
	p.text(n, "", "every", t.Every)
	missed := runOnce
	if t.Skip {
		missed = skip
	}
	p.text(n, "", "missed", missed)
	return n
}
