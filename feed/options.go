package feed

import (
	"context"
	"log/slog"
	"time"

	"kartoteka/customer"

	"github.com/segmentio/kafka-go"
)

// overhead is what key, headers and framing may add to the value of a message.
const overhead = 4 << 10

// Options say where and how to publish.
type Options struct {
	Brokers    []string
	Transport  kafka.RoundTripper // for TLS and SASL; nil: neither
	Prefix     string             // of topic names; "hub" by default
	Source     string             // CloudEvents source; "/kartoteka/<prefix>" by default
	Holder     string             // names this process in the lease
	Partitions int                // of topics that are created; 12 by default, never changed afterwards
	Replicas   int                // of topics that are created; 0: what the broker's default is
	MaxMessage int                // bytes of the largest value; a larger one parks its code. 1,000,000 by default

	Views    []View             // each has a golden topic of its own
	Portrait *customer.Portrait // that the views are read by

	HashKey  []byte                     // of the hashes that stand for personal source keys
	PlainKey func(customer.Source) bool // whether a source's keys are not personal; nil: none

	Logger *slog.Logger
	// Wake, if not nil, tells of new changes; without it they are noticed every Poll.
	Wake <-chan struct{}
	// Resends, if not nil, holds requests to send again, and remembers the topics.
	Resends Resends
	// Parked, if not nil, hears of each code whose message is too large to be sent to a topic:
	// golden, golden.VIEW, events.
	Parked func(topic string, code customer.Code)
	// Unparked, if not nil, hears of codes that were sent again on request and are not too large.
	Unparked func(topic string, codes []customer.Code)

	// Standing, if not nil, tells where the hub stands in its database. Every second of publishing it
	// is kept in the control topic, and a hub that is behind what stands there publishes nothing.
	Standing func(context.Context) (Control, error)
	// Restored hears why the hub is behind; it must be there if Standing is.
	Restored func(ctx context.Context, why string) error

	Poll           time.Duration // 200 ms by default
	LeaseTime      time.Duration // 15 s by default
	ProduceTimeout time.Duration // 5 s by default; less than LeaseTime
	// Settle is how long after a failed send one of its messages may still arrive at the
	// broker; after it the present state is sent once more. Three times ProduceTimeout by default.
	Settle time.Duration
	Window int // changes read at once; 1000 by default
}

func (o Options) withDefaults() Options {
	defaults(&o.Prefix, "hub")
	defaults(&o.Source, "/kartoteka/"+o.Prefix)
	defaults(&o.Partitions, 12)
	defaults(&o.Replicas, -1)
	defaults(&o.MaxMessage, 1_000_000)
	defaults(&o.Poll, 200*time.Millisecond)
	defaults(&o.LeaseTime, 15*time.Second)
	defaults(&o.ProduceTimeout, 5*time.Second)
	defaults(&o.Settle, 3*o.ProduceTimeout)
	defaults(&o.Window, 1000)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func defaults[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
