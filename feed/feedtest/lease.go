package feedtest

import (
	"context"
	"time"

	"kartoteka/feed"
)

// Acquire implements [feed.Leases].
func (l *Log) Acquire(_ context.Context, name, holder string, ttl time.Duration) (feed.Lease, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.roles[name]
	if r == nil {
		r = &role{Lease: feed.Lease{Role: name, Clean: true}}
		l.roles[name] = r
	}
	if r.held && r.Holder != holder && time.Now().Before(r.until) {
		return feed.Lease{}, feed.ErrLeaseHeld
	}
	r.Clean = r.Clean && !r.held
	r.Holder, r.held, r.until = holder, true, time.Now().Add(ttl)
	r.Token++
	lease := r.Lease
	r.Clean = false // unless released clean
	return lease, nil
}

// Renew implements [feed.Leases].
func (l *Log) Renew(_ context.Context, lease feed.Lease, ttl time.Duration) error {
	return l.fenced(lease, func(r *role) { r.until = time.Now().Add(ttl) })
}

// Advance implements [feed.Leases].
func (l *Log) Advance(_ context.Context, lease feed.Lease, position int64) error {
	return l.fenced(lease, func(r *role) { r.Position = max(r.Position, position) })
}

// Reach implements [feed.Leases].
func (l *Log) Reach(_ context.Context, lease feed.Lease, position int64) error {
	return l.fenced(lease, func(r *role) { r.Lease.Reach = max(r.Lease.Reach, position) })
}

// Release implements [feed.Leases].
func (l *Log) Release(_ context.Context, lease feed.Lease, clean bool) error {
	return l.fenced(lease, func(r *role) { r.held, r.Clean = false, clean })
}

func (l *Log) fenced(lease feed.Lease, write func(*role)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.roles[lease.Role]
	if r == nil || !r.held || r.Token != lease.Token {
		return feed.ErrLeaseLost
	}
	write(r)
	return nil
}

// Position tells how far a role is published.
func (l *Log) Position(name string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.roles[name]; r != nil {
		return r.Position
	}
	return 0
}
