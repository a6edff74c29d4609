package feed

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"

	"github.com/segmentio/kafka-go"
)

// Dispatcher publishes the change log. Several may run; one at a time holds the lease.
type Dispatcher struct {
	log     Log
	leases  Leases
	options Options
	status  status
	dial    func() producer // replaced in tests
}

type status struct {
	leading, sent, published, golden, events, crosswalk, failures, parked atomic.Int64
	refused                                                               atomic.Pointer[string]
}

// Status is how a dispatcher does.
type Status struct {
	Leading   bool  // this process publishes
	Sent      int64 // position up to which it has sent
	Published int64 // position up to which everything is known to be published
	Golden    int64 // messages sent, by topic
	Events    int64
	Crosswalk int64
	Failures  int64 // attempts to send that failed
	Parked    int64 // golden records that were too large
	// Refused says why nothing is sent until somebody does something, and what; "" if that is not so.
	Refused string
}

// New makes a dispatcher; Run starts it.
func New(log Log, leases Leases, o Options) *Dispatcher {
	d := &Dispatcher{log: log, leases: leases, options: o.withDefaults()}
	d.dial = func() producer { return newWriter(&d.options) }
	return d
}

// Status tells how the dispatcher does; it is safe to call at any time.
func (d *Dispatcher) Status() Status {
	s := &d.status
	refused := ""
	if text := s.refused.Load(); text != nil {
		refused = *text
	}
	return Status{Refused: refused, Leading: s.leading.Load() == 1, Sent: s.sent.Load(), Published: s.published.Load(), Golden: s.golden.Load(),
		Events: s.events.Load(), Crosswalk: s.crosswalk.Load(), Failures: s.failures.Load(), Parked: s.parked.Load()}
}

// Run publishes until the context ends. Neither an absent broker nor a lost database nor
// another dispatcher ends it: it waits and goes on where the change log stands. It returns
// nil when the context ended, or [ErrTopic].
func (d *Dispatcher) Run(ctx context.Context) error {
	pause, failures := min(time.Second, d.options.LeaseTime/3), 0
	var err error
	for err == nil && sleep(ctx, pause<<min(failures, 4)-pause) == nil {
		failures, err = d.attempt(ctx, failures)
	}
	return err
}

// attempt takes one turn and tells how many turns in a row have failed; the error ends the dispatcher.
func (d *Dispatcher) attempt(ctx context.Context, failures int) (int, error) {
	began, err := time.Now(), d.turn(ctx)
	switch {
	case errors.Is(err, ErrTopic):
		return failures, err
	case ended(ctx):
		return 0, nil
	case errors.Is(err, ErrLeaseHeld):
		return 1, nil
	}
	d.status.failures.Add(1)
	if errors.Is(err, ErrDenied) || errors.Is(err, ErrAbsent) || errors.Is(err, ErrBroker) || errors.Is(err, ErrBehind) {
		text := err.Error()
		d.status.refused.Store(&text)
	}
	if errors.Is(err, ErrBehind) {
		d.options.Logger.Error("nothing is published", "error", err)
	} else {
		d.options.Logger.Warn("feed stopped and will start again", "error", err)
	}
	if time.Since(began) > time.Minute {
		return 1, nil
	}
	return failures + 1, nil
}

func ended(ctx context.Context) bool { return ctx.Err() != nil }

// turn holds the lease once, from acquiring it to losing it.
func (d *Dispatcher) turn(ctx context.Context) error {
	started := time.Now()
	lease, err := d.leases.Acquire(ctx, Role, d.options.Holder, d.options.LeaseTime)
	if err != nil {
		return err
	}
	if err := failpoint.Pass("feed.acquired"); err != nil {
		return err
	}
	to := d.dial()
	defer to.close()
	l := d.newLeader(ctx, lease, to, started)
	defer l.resign()
	d.status.leading.Store(1)
	defer d.status.leading.Store(0)
	created, err := to.prepare(l.ctx)
	if err != nil {
		return err
	}
	if err := l.recall(); err != nil {
		return err
	}
	if err := l.meet(created); err != nil {
		return err
	}
	if err := failpoint.Pass("feed.prepared"); err != nil {
		return err
	}
	return l.lead()
}

// meet compares the topics with those of the last time: new ones, and views that show something
// else now, are filled from the beginning.
func (l *leader) meet(created []string) error {
	o := &l.d.options
	if o.Resends == nil {
		return nil
	}
	var topics []customer.FeedTopic
	for _, name := range o.topics() {
		topics = append(topics, customer.FeedTopic{Prefix: o.Prefix, Name: name, Created: slices.Contains(created, topicName(o.Prefix, name))})
	}
	for i := range o.Views {
		topics[len(topics)-len(o.Views)+i].Settings = o.Views[i].settings()
	}
	return o.Resends.Topics(l.ctx, l.lease, topics)
}

// newLeader starts renewing the lease; its context ends with the lease.
func (d *Dispatcher) newLeader(ctx context.Context, lease Lease, to producer, started time.Time) *leader {
	l := &leader{d: d, lease: lease, sent: lease.Position, published: lease.Position, unsettled: map[customer.Code]time.Time{}, moved: map[customer.RecordID]time.Time{}, parkedNow: map[customer.Code]bool{}, renewed: make(chan struct{})}
	if !lease.Clean {
		l.takeover = math.MaxInt64 // until lead finds out how far that may be
	}
	l.until.Store(started.Add(d.options.LeaseTime).UnixNano())
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	l.sender = sender{to: to, valid: l.valid, timeout: d.options.ProduceTimeout, pause: 50 * time.Millisecond,
		failed: func(topic string, messages int, err error) {
			d.status.failures.Add(1)
			d.options.Logger.Warn("sending failed, trying again", "topic", topic, "messages", messages, "error", err)
		},
		slim:   slim,
		tooBig: func(topic string, m *kafka.Message) { l.park(m, shortName(d.options.Prefix, topic)) }}
	go l.renew()
	return l
}
