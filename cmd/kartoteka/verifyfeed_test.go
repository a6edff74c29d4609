package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/feed/consumer"
)

func TestPublishedFault(t *testing.T) {
	now := customer.CodeNow{Code: 1, State: customer.CodeActive, Epoch: 1, Version: 3, Document: []byte(`{}`)}
	row := consumer.Row{Code: 1, State: customer.CodeActive, Epoch: 1, Version: 3, Document: []byte(`{}`)}
	with := func(change func(*consumer.Row)) consumer.Row {
		r := row
		change(&r)
		return r
	}
	for _, c := range []struct {
		name        string
		row         consumer.Row
		there, sent bool
		fault       bool
	}{
		{"the same", row, true, true, false},
		{"never published", consumer.Row{}, false, true, true},
		{"not sent yet", consumer.Row{}, false, false, false},
		{"an older version at the end", with(func(r *consumer.Row) { r.Version = 2 }), true, true, true},
		{"an older version, the new one is not sent yet", with(func(r *consumer.Row) { r.Version = 2 }), true, false, false},
		{"moved on since the snapshot", with(func(r *consumer.Row) { r.Version = 4 }), true, true, false},
		{"an older epoch", with(func(r *consumer.Row) { r.Epoch, r.Version = 0, 9 }), true, true, true},
		{"another state", with(func(r *consumer.Row) { r.State = customer.CodeRetired }), true, true, true},
		{"another content", with(func(r *consumer.Row) { r.Document = []byte(`{"x":1}`) }), true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if what := publishedFault(&now, &c.row, c.there, c.sent); (what != "") != c.fault {
				t.Errorf("%q", what)
			}
		})
	}
}

// TestVerifyNamesCorruptionOfWhatWasPublished needs a real broker.
func TestVerifyNamesCorruptionOfWhatWasPublished(t *testing.T) {
	broker := os.Getenv("KARTOTEKA_TEST_KAFKA")
	if broker == "" {
		t.Skip("no Kafka broker: start one with scripts/kafka-local/kafka-local and set KARTOTEKA_TEST_KAFKA=HOST:PORT")
	}
	t.Parallel()
	d := messyDoor(t)
	prefix := fmt.Sprintf("verify%d", time.Now().UnixNano())
	d.publish(broker, prefix)
	args := []string{"--only", "I7", "--brokers", broker, "--prefix", prefix}
	if found := d.verify(exitOK, args...); len(found) > 0 {
		t.Fatal(found)
	}
	var code int64
	d.query(`UPDATE golden SET document = replace(document, 'Александр', 'Алексей') WHERE state = 'active' AND document LIKE '%Александр%' RETURNING code`, &code)
	found := d.verify(exitFailed, args...)
	checkNamed(t, found, &code, nil, nil)
	if len(found["I7"]) != 1 {
		t.Errorf("%v", found)
	}
}

// publish serves until all changes are published.
func (d *door) publish(broker, prefix string) {
	d.Helper()
	ctx, cancel := context.WithCancel(d.Context())
	defer cancel()
	logged := &watched{}
	lookup := func(name string) (string, bool) { return d.url, name == "KARTOTEKA_DATABASE_URL" }
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--state", d.dir, "--brokers", broker, "--prefix", prefix}, &app{out: io.Discard, err: logged, lookup: lookup})
	}()
	logged.wait(d.T, regexp.MustCompile(`http://[\d.:]+`))
	d.awaitPublished(logged)
	cancel()
	<-ended
}

// awaitPublished waits until the feed is where the change log ends.
func (d *door) awaitPublished(logged *watched) {
	d.Helper()
	late := time.After(time.Minute)
	for done := false; !done; {
		select {
		case <-late:
			d.Fatalf("nothing is published: %s", logged)
		case <-time.After(100 * time.Millisecond): // the broker gives no signal
			d.query(`SELECT EXISTS (SELECT FROM feed_cursor WHERE position = (SELECT last_position FROM hub))`, &done)
		}
	}
}
