package feedtest

import (
	"context"
	"slices"

	"kartoteka/customer"
	"kartoteka/feed"
)

// Ask adds a request to send again.
func (l *Log) Ask(r customer.Resend) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ask(r)
}

func (l *Log) ask(r customer.Resend) {
	l.asked++
	r.ID = l.asked
	l.resends = append(l.resends, r)
}

// NextResend implements [feed.Resends].
func (l *Log) NextResend(context.Context, string) (customer.Resend, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.resends) == 0 {
		return customer.Resend{}, false, nil
	}
	return l.resends[0], true, nil
}

// Resent implements [feed.Resends].
func (l *Log) Resent(_ context.Context, lease feed.Lease, r customer.Resend) error {
	return l.fenced(lease, func(*role) {
		l.resends = slices.DeleteFunc(l.resends, func(x customer.Resend) bool { return x.ID == r.ID && r.Done() })
		for i := range l.resends {
			if l.resends[i].ID == r.ID {
				l.resends[i] = r
			}
		}
	})
}

// Topics implements [feed.Resends].
func (l *Log) Topics(_ context.Context, lease feed.Lease, topics []customer.FeedTopic) error {
	return l.fenced(lease, func(*role) {
		for _, t := range topics {
			name := t.Prefix + "." + t.Name
			settings, known := l.topics[name]
			if (!known || t.Created || settings != t.Settings) && lease.Position > 0 {
				l.ask(customer.Resend{Topic: t.Name, Upto: lease.Position, Fresh: t.Created})
			}
			l.topics[name] = t.Settings
		}
	})
}
