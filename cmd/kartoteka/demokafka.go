package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/consumer"
)

// demoKafka is what a consumer of the golden topic received.
type demoKafka struct {
	Topic     string `json:"topic"`
	Customers int    `json:"customers"`
	Equal     bool   `json:"equal"`
}

// publish sends the change log to Kafka and reads it back. Each run has topics of its own: the
// codes of two demos must not mix.
func (d *demoRun) publish(ctx context.Context, states map[customer.Code]customer.CodeNow) (*demoKafka, error) {
	prefix := fmt.Sprintf("demo-%d", time.Now().Unix())
	sending, stop := context.WithCancel(ctx)
	dispatcher := feed.New(d.hub.Store, d.hub.Store, feed.Options{Brokers: d.command.Brokers, Prefix: prefix, Partitions: 3,
		Holder: "demo", HashKey: d.hub.row.CrosswalkKey, Logger: d.logger()})
	ended := make(chan error, 1)
	go func() { ended <- dispatcher.Run(sending) }()
	err := d.awaitSent(ctx, dispatcher)
	stop()
	if err := errors.Join(err, <-ended); err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	out := &demoKafka{Topic: feed.TopicsOf(prefix).Golden, Equal: true}
	var table consumer.Memory
	if err := consumer.New(&table, consumer.Options{Brokers: d.command.Brokers, Topic: out.Topic}).CatchUp(ctx); err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	rows := table.Rows()
	for code, now := range states {
		row := rows[code]
		if row.State == customer.CodeActive {
			out.Customers++
		}
		out.Equal = out.Equal && row.Version == now.Version && row.State == now.State
	}
	return out, nil
}

// awaitSent waits until everything is published, for a minute at most.
func (d *demoRun) awaitSent(ctx context.Context, dispatcher *feed.Dispatcher) error {
	last, err := d.hub.Last(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for dispatcher.Status().Published < last {
		select {
		case <-ctx.Done():
			return fmt.Errorf("publishing to %v: %w; is a broker there?", d.command.Brokers, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}
