package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"

	"kartoteka/config"
	"kartoteka/feed"
	"kartoteka/store"
)

// patience is how long the brokers are waited for, where the hub must not wait for them.
const patience = 3 * time.Second

// brokersOf is the brokers that the environment or the configuration names; nil if there are none.
func (a *app) brokersOf(conf *config.Config) *config.Kafka {
	c := &serveCommand{}
	if text, set := a.lookup("KARTOTEKA_BROKERS"); set && text != "" {
		c.Brokers = strings.Split(text, ",")
	}
	if text, set := a.lookup("KARTOTEKA_PREFIX"); set {
		c.Prefix = text
	}
	return c.kafka(conf)
}

// control reads what the control topic says of a hub.
func control(ctx context.Context, conf *config.Config, k *config.Kafka, hub string, most time.Duration) (feed.Control, error) {
	transport, err := transportOf(conf, k)
	if err != nil {
		return feed.Control{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(k.Brokers...), Timeout: most, Transport: transport}
	return feed.ReadControl(ctx, feed.Brokers{Client: client}, k.Prefix, hub)
}

// behind says how the database is behind what was published of it; "" if it is not, or if nobody
// can tell now. The publisher asks once more before it publishes.
func (h *hub) behind(ctx context.Context, a *app, k *config.Kafka) (string, error) {
	if k == nil {
		return "", nil
	}
	now, _, err := h.Standing(ctx)
	if err != nil {
		return "", err
	}
	said, err := control(ctx, h.conf, k, now.Hub, patience)
	if err != nil {
		a.remark("the brokers cannot be asked whether the database is an older state of the hub: %v", err)
		return "", nil
	}
	now, _, err = h.Standing(ctx) // once more: another process may have gone on meanwhile
	return said.Behind(k.Prefix, feed.Control(now)), err
}

// known keeps a hub from giving codes that is behind what was published of it, although its witness is as old as itself.
func (h *hub) known(ctx context.Context, a *app, k *config.Kafka) error {
	why, err := h.behind(ctx, a, k)
	return errors.Join(err, h.markRestored(ctx, a, why))
}

// standing tells the feed where the hub stands.
func (h *hub) standing(ctx context.Context) (feed.Control, error) {
	now, restored, err := h.Standing(ctx)
	if err == nil && restored != "" {
		err = fmt.Errorf("%s: %w", restored, store.ErrRestored)
	}
	return feed.Control(now), err
}

// told is what the control topic says to somebody who confirms a restored hub. Without it codes may
// be given twice, so that brokers which do not answer are an error.
func (c *restoreConfirmCommand) told(ctx context.Context, a *app, h *hub, now store.Standing) (feed.Control, error) {
	k := (&serveCommand{Brokers: c.Brokers, Prefix: c.Prefix}).kafka(h.conf)
	if k == nil || c.WithoutFeed {
		return feed.Control{}, nil
	}
	said, err := control(ctx, h.conf, k, now.Hub, 10*time.Second)
	if err != nil {
		err = errors.Join(fmt.Errorf("%w: the control topic, which knows how far the feed was, cannot be read; bring the brokers back, or give --without-feed", errSurroundings), err)
	}
	return said, err
}

// markRestored keeps everybody from minting and publishing, and says so.
func (h *hub) markRestored(ctx context.Context, a *app, why string) error {
	if why == "" {
		return nil
	}
	a.remark("%s: %v", why, store.ErrRestored)
	return h.MarkRestored(ctx, why)
}
