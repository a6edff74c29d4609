package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/feed"
)

// dispatcher makes the one that publishes the hub's change log to the brokers.
func (a *app) dispatcher(ctx context.Context, h *hub, k *config.Kafka) (*feed.Dispatcher, error) {
	transport, err := transportOf(h.conf, k)
	if err != nil {
		return nil, err
	}
	log := a.logger()
	options := feed.Options{Brokers: k.Brokers, Transport: transport, Prefix: k.Prefix, Partitions: k.Partitions, Replicas: k.Replication, Holder: holder(),
		HashKey: h.row.CrosswalkKey, PlainKey: h.plainKeys,
		Portrait: h.portrait(), Logger: log, Wake: wake(ctx, h), Resends: h.Store,
		Standing: h.standing, Restored: h.MarkRestored,
		Parked: func(topic string, code customer.Code) {
			if err := h.Park(ctx, parkedAt(topic), code, "too_large"); err != nil {
				log.Warn("a parked code was not noted", "code", code, "error", err)
			}
		},
		Unparked: func(topic string, codes []customer.Code) {
			if err := h.unpark(ctx, topic, codes); err != nil {
				log.Warn("codes that are no longer parked were not noted", "codes", len(codes), "error", err)
			}
		}}
	if k.Timeout > 0 {
		options.ProduceTimeout, options.LeaseTime = k.Timeout, 3*k.Timeout
	}
	if k.MaxMessage > 0 {
		options.MaxMessage = k.MaxMessage
	}
	for i := range h.conf.Feed.Views {
		v := &h.conf.Feed.Views[i]
		options.Views = append(options.Views, feed.View{Name: v.Name, View: v.View})
	}
	return feed.New(h.Store, h.Store, options), nil
}

// parkedAt is the name under which codes are parked that are too large for a topic.
func parkedAt(topic string) string {
	if topic == "golden" {
		return feed.Role
	}
	return feed.Role + "/" + topic
}

// unpark forgets codes that were sent again to a topic, or to all of them.
func (h *hub) unpark(ctx context.Context, topic string, codes []customer.Code) error {
	if topic != "" {
		return h.Unpark(ctx, parkedAt(topic), codes)
	}
	errs := []error{h.Unpark(ctx, feed.Role, codes)}
	for i := range h.conf.Feed.Views {
		errs = append(errs, h.Unpark(ctx, parkedAt("golden."+h.conf.Feed.Views[i].Name), codes))
	}
	return errors.Join(errs...)
}

// holder names this process in leases.
func holder() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:6])
}

// wake tells the dispatcher of commits.
func wake(ctx context.Context, h *hub) <-chan struct{} {
	out := make(chan struct{}, 1)
	go func() {
		for {
			next := h.Committed()
			select {
			case <-ctx.Done():
				return
			case <-next:
			}
			select {
			case out <- struct{}{}:
			default: // it is awake
			}
		}
	}()
	return out
}

// transportOf says how the brokers are connected to, trusted and signed in to.
func transportOf(c *config.Config, k *config.Kafka) (*kafka.Transport, error) {
	t := &kafka.Transport{ClientID: "kartoteka", Dial: newBrokerDialer(k).dial}
	var err error
	if k.TLS != nil {
		if t.TLS, err = tlsOf(k.TLS); err != nil {
			return nil, fmt.Errorf("%w: feed.kafka.tls: %w", errSurroundings, err)
		}
	}
	if k.SASL != nil {
		if t.SASL, err = signIn(c, k.SASL); err != nil {
			return nil, fmt.Errorf("feed.kafka.sasl: %w", err)
		}
	}
	return t, nil
}

func tlsOf(s *config.TLS) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.ServerName}
	if s.CAFile != "" {
		pem, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, err
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", s.CAFile)
		}
	}
	if s.CertFile == "" {
		return t, nil
	}
	pair, err := tls.LoadX509KeyPair(s.CertFile, s.KeyFile)
	t.Certificates = []tls.Certificate{pair}
	return t, err
}

func signIn(c *config.Config, s *config.SASL) (sasl.Mechanism, error) {
	user, err := c.Resolve(s.User)
	if err != nil {
		return nil, err
	}
	password, err := c.Resolve(s.Password)
	if err != nil {
		return nil, err
	}
	switch s.Mechanism {
	case "scram-sha-256":
		return scram.Mechanism(scram.SHA256, user, password)
	case "scram-sha-512":
		return scram.Mechanism(scram.SHA512, user, password)
	}
	return plain.Mechanism{Username: user, Password: password}, nil
}
