// Package feedtest is a change log in memory, and what every implementation of feed's interfaces must pass.
package feedtest

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
)

// Log is a change log, its present state and its leases in memory. It is safe for concurrent use.
type Log struct {
	mu      sync.Mutex
	changes []customer.Change
	states  map[customer.Code]feed.State
	records map[customer.RecordID]feed.Record
	roles   map[string]*role
	resends []customer.Resend
	topics  map[string]string // settings
	asked   int64             // requests so far
	epoch   int64
	Wake    chan struct{} // told of each commit
}

type role struct {
	feed.Lease
	until time.Time
	held  bool
}

// New makes an empty log.
func New() *Log {
	return &Log{states: map[customer.Code]feed.State{}, records: map[customer.RecordID]feed.Record{}, roles: map[string]*role{}, topics: map[string]string{},
		Wake: make(chan struct{}, 1)}
}

// Record adds or moves a source record.
func (l *Log) Record(id customer.RecordID, r feed.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records[id] = r
}

// Commit appends one operation: position, version and time of each change are filled in, and
// the state of its code becomes the document given for it, in order. A document's State
// decides what the code is; a nil one is an erased code.
func (l *Log) Commit(changes []customer.Change, documents []*customer.Document) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, c := range changes {
		old := l.states[c.Code]
		c.Position, c.Version, c.Epoch, c.At = int64(len(l.changes)+1), old.Version+1, max(1, l.epoch, old.Epoch), time.Now()
		l.states[c.Code] = stateOf(&c, documents[i])
		for _, m := range c.Moved {
			r := l.records[m.Record]
			r.Code = m.To
			l.records[m.Record] = r
		}
		l.changes = append(l.changes, c)
	}
	select {
	case l.Wake <- struct{}{}:
	default:
	}
}

// Copy is the log as it is now: a backup.
func (l *Log) Copy() *Log {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := New()
	c.changes, c.states, c.records, c.epoch = slices.Clone(l.changes), maps.Clone(l.states), maps.Clone(l.records), l.epoch
	return c
}

// Restore makes the log what a backup of it says, as a restored hub does: under a new epoch it tells
// each code again, and takes back the codes that the backup does not know.
func (l *Log) Restore(backup *Log) {
	lost := l.All()
	copied := backup.Copy()
	l.mu.Lock()
	l.changes, l.states, l.records = copied.changes, copied.states, copied.records
	l.epoch = max(1, l.epoch) + 1
	l.mu.Unlock()
	var changes []customer.Change
	var documents []*customer.Document
	for _, code := range slices.Sorted(maps.Keys(lost)) {
		c, d := customer.Change{Code: code, Kind: customer.Withdrawn}, (*customer.Document)(nil)
		if s, known := copied.states[code]; known {
			c.Kind, c.Successor = customer.Reissued, s.Successor
			if s.State != customer.CodeErased {
				d = &customer.Document{}
				if err := json.Unmarshal(s.Document, d); err != nil {
					panic(err) // it was written here
				}
			}
		}
		changes, documents = append(changes, c), append(documents, d)
	}
	l.Commit(changes, documents)
}

func stateOf(c *customer.Change, d *customer.Document) feed.State {
	s := feed.State{Code: c.Code, State: customer.CodeErased, Epoch: c.Epoch, Version: c.Version, Successor: c.Successor}
	if d == nil {
		return s
	}
	copied := *d
	copied.Code, copied.Epoch, copied.Version, copied.Successor = c.Code, c.Epoch, c.Version, c.Successor
	s.State = copied.State
	s.Document, _ = json.Marshal(&copied)
	return s
}

// Changes implements [feed.Log].
func (l *Log) Changes(_ context.Context, after int64, limit int) ([]customer.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := min(max(after, 0), int64(len(l.changes)))
	to := min(from+int64(limit), int64(len(l.changes)))
	return slices.Clone(l.changes[from:to]), nil
}

// ChangesOf implements [feed.Log].
func (l *Log) ChangesOf(_ context.Context, code customer.Code, after int64, limit int) (out []customer.Change, _ error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.changes {
		if c.Code == code && c.Position > after && len(out) < limit {
			out = append(out, c)
		}
	}
	return out, nil
}

// Last implements [feed.Log].
func (l *Log) Last(context.Context) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.changes)), nil
}

// States implements [feed.Log].
func (l *Log) States(_ context.Context, codes []customer.Code) (map[customer.Code]feed.State, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[customer.Code]feed.State{}
	for _, code := range codes {
		if s, known := l.states[code]; known {
			out[code] = s
		}
	}
	return out, nil
}

// All returns the state of every code.
func (l *Log) All() map[customer.Code]feed.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[customer.Code]feed.State{}
	for code, s := range l.states {
		out[code] = s
	}
	return out
}

// Records implements [feed.Log].
func (l *Log) Records(_ context.Context, ids []customer.RecordID) (map[customer.RecordID]feed.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[customer.RecordID]feed.Record{}
	for _, id := range ids {
		if r, known := l.records[id]; known {
			out[id] = r
		}
	}
	return out, nil
}

// At tells when a position was committed.
func (l *Log) At(position int64) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changes[position-1].At
}
