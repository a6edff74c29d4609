package main

import (
	"context"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/proof"
	"kartoteka/store"
)

// feedFlags say where the topics are.
type feedFlags struct {
	Brokers []string `placeholder:"HOST:PORT" env:"KARTOTEKA_BROKERS" help:"Kafka brokers, instead of the configured ones."`
	Prefix  string   `placeholder:"NAME" env:"KARTOTEKA_PREFIX" help:"First word of the topics' names, instead of the configured one."`
}

// kafka is the brokers that the flags or the configuration name.
func (f *feedFlags) kafka(conf *config.Config) (*config.Kafka, error) {
	k := (&serveCommand{Brokers: f.Brokers, Prefix: f.Prefix}).kafka(conf)
	if k == nil || len(k.Brokers) == 0 {
		return nil, fmt.Errorf("%w: no brokers are named; say --brokers HOST:PORT or configure feed.kafka", errUsage)
	}
	return k, nil
}

// client asks the brokers.
func (f *feedFlags) client(conf *config.Config) (*kafka.Client, *config.Kafka, error) {
	k, err := f.kafka(conf)
	if err != nil {
		return nil, nil, err
	}
	transport, err := transportOf(conf, k)
	if err != nil {
		return nil, nil, err
	}
	return &kafka.Client{Addr: kafka.TCP(k.Brokers...), Timeout: 10 * time.Second, Transport: transport}, k, nil
}

// publishedHub is one state of the hub, for the feed to be compared with.
type publishedHub struct {
	*hub
	tx *store.Tx
}

var _ proof.Hub = publishedHub{}

// Published implements [proof.Hub].
func (p publishedHub) Published(ctx context.Context, show func(*customer.CodeNow, bool)) error {
	return p.tx.Published(ctx, feed.Role, show)
}

// Standing implements [proof.Hub].
func (p publishedHub) Standing(ctx context.Context) (feed.Control, error) {
	now, _, err := p.hub.Standing(ctx)
	return feed.Control(now), err
}

// Known implements [proof.Hub].
func (p publishedHub) Known(ctx context.Context, codes []customer.Code) (map[customer.Code]bool, error) {
	states, err := p.States(ctx, codes)
	known := make(map[customer.Code]bool, len(states))
	for code := range states {
		known[code] = true
	}
	return known, err
}
