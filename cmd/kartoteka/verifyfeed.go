package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/consumer"
	"kartoteka/store"
)

const cureFeed = "kartoteka serve publishes it when the code changes next"

// feed checks I7: the change log folds to the golden state and, with brokers, so does what
// was published.
func (v *verifier) feed(ctx context.Context, tx *store.Tx, c *customer.Check) error {
	if err := tx.VerifyLog(ctx, c); err != nil || len(v.command.Brokers) == 0 {
		return err
	}
	published, err := v.consume(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	err = tx.Published(ctx, feed.Role, func(now *customer.CodeNow, sent bool) {
		row, there := published[now.Code]
		delete(published, now.Code)
		if what := publishedFault(now, &row, there, sent); what != "" {
			c.Add(customer.Violation{Codes: []customer.Code{now.Code}, What: what, Cure: cureFeed})
		}
	})
	if err != nil || len(published) == 0 {
		return err
	}
	return v.strangers(ctx, slices.Sorted(maps.Keys(published)), c)
}

// strangers tells of published codes that the hub does not know, looking again after the topic
// was read: a code may be younger than the snapshot.
func (v *verifier) strangers(ctx context.Context, codes []customer.Code, c *customer.Check) error {
	return v.hub.InSnapshot(ctx, func(tx *store.Tx) error {
		rows, err := tx.Codes(ctx, codes)
		known := map[customer.Code]bool{}
		for _, row := range rows {
			known[row.Code] = true
		}
		for _, code := range codes {
			if err == nil && !known[code] {
				c.Add(customer.Violation{Codes: []customer.Code{code}, What: "is published and not known to the hub", Cure: "the database is older than what was published: restore a newer one"})
			}
		}
		return err
	})
}

// consume reads the golden topic to its end, as a consumer would.
func (v *verifier) consume(ctx context.Context) (map[customer.Code]consumer.Row, error) {
	k := (&serveCommand{Brokers: v.command.Brokers, Prefix: v.command.Prefix}).kafka(v.hub.conf)
	transport, err := transportOf(v.hub.conf, k)
	if err != nil {
		return nil, err
	}
	options := consumer.Options{Brokers: k.Brokers, Topic: feed.TopicsOf(k.Prefix).Golden, Logger: v.app.logger(), Transport: transport}
	table := &consumer.Memory{}
	if err := consumer.New(table, options).CatchUp(ctx); err != nil {
		return nil, err
	}
	return table.Rows(), nil
}

// publishedFault compares what is stored with what was published; a code whose last change is
// not sent yet, or that moved on since the snapshot, is no fault.
func publishedFault(now *customer.CodeNow, row *consumer.Row, there, sent bool) string {
	switch {
	case !there && sent && now.State != customer.CodeErased:
		return "was never published"
	case !there:
		return ""
	case row.Epoch < now.Epoch || row.Epoch == now.Epoch && row.Version < now.Version:
		if sent {
			return fmt.Sprintf("the topic ends at version %d, the hub has %d", row.Version, now.Version)
		}
		return ""
	case row.Epoch != now.Epoch || row.Version != now.Version:
		return ""
	case row.State != now.State || row.Successor != now.Successor:
		return fmt.Sprintf("is %s, published as %s", now.State, row.State)
	case now.State == customer.CodeActive && !bytes.Equal(row.Document, now.Document):
		return fmt.Sprintf("version %d was published with another content", now.Version)
	}
	return ""
}
