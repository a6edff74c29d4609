package feed_test

import (
	"context"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"

	"github.com/prometheus/client_golang/prometheus"
)

func TestMemoryKeepsTheContractOfLeases(t *testing.T) {
	feedtest.Leases(t, func(*testing.T) feed.Leases { return feedtest.New() })
}

func TestMemoryKeepsTheContractOfLogs(t *testing.T) {
	log := feedtest.New()
	h := feed.NewHistory(log, 4)
	for range 100 {
		h.Operate()
	}
	feedtest.CheckLog(t, log)
}

func options(holder string) feed.Options {
	return feed.Options{Prefix: "t", Holder: holder, HashKey: []byte("k"), Window: 4}
}

// run starts a dispatcher and returns what stops it.
func run(log *feedtest.Log, b *feed.Broker, o feed.Options) (*feed.Dispatcher, func()) {
	d := feed.New(log, log, o)
	d.UseBroker(b)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = d.Run(ctx)
	}()
	return d, func() { cancel(); <-done }
}

// finish lets everything arrive and waits until all is published.
func finish(t *testing.T, log *feedtest.Log) {
	t.Helper()
	last, _ := log.Last(context.Background())
	for range 1000 {
		if log.Position(feed.Role) == last {
			return
		}
		time.Sleep(time.Second)
	}
	t.Fatalf("published up to %d of %d", log.Position(feed.Role), last)
}

// Whatever the broker does and whichever dispatcher dies, the topics end at the present state.
func TestTopicsEndAtThePresentState(t *testing.T) {
	for seed := range int64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { faultyHistory(t, seed) })
		})
	}
}

func faultyHistory(t *testing.T, seed int64) {
	log, b, random := feedtest.New(), feed.NewBroker(seed), rand.New(rand.NewSource(seed))
	b.SetFaults(0.4)
	b.SetLate(5 * time.Second)
	h := feed.NewHistory(log, seed)
	_, stop := run(log, b, options("a"))
	for step := range 60 {
		h.Operate()
		time.Sleep(time.Duration(random.Intn(2000)) * time.Millisecond)
		if random.Intn(5) == 0 { // this one dies or goes, another takes over
			stop()
			_, stop = run(log, b, options(fmt.Sprint(step)))
		}
	}
	b.SetFaults(0)
	finish(t, log)
	stop()
	b.Settle()
	feed.CheckFeed(t, feed.TopicsOf("t"), b.Messages, log.All(), h.At())
}

func TestCalmFeedSendsEachThingOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		h := feed.NewHistory(log, 1)
		d, stop := run(log, b, options("a"))
		for range 40 {
			h.Operate()
		}
		finish(t, log)
		last, _ := log.Last(context.Background())
		if s := d.Status(); s.Events != last || s.Golden > last || s.Published != last || s.Failures != 0 || !s.Leading {
			t.Errorf("%d changes: %+v", last, s)
		}
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(d)
		if families, err := registry.Gather(); err != nil || len(families) != 6 {
			t.Error(families, err)
		}
		stop()
		_, stop = run(log, b, options("b")) // after a clean end nothing is repeated
		time.Sleep(time.Minute)
		stop()
		if n := len(b.Messages(feed.TopicsOf("t").Events)); int64(n) != last {
			t.Errorf("%d events for %d changes", n, last)
		}
	})
}

func TestNoPersonalDataOutsideTheGoldenTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		h := feed.NewHistory(log, 1)
		_, stop := run(log, b, options("a"))
		for range 40 {
			h.Operate()
		}
		finish(t, log)
		stop()
		topics := feed.TopicsOf("t")
		for _, topic := range []string{topics.Golden, topics.Events, topics.Crosswalk} {
			for _, m := range b.Messages(topic) {
				seen := string(m.Key)
				for _, x := range m.Headers {
					seen += string(x.Value)
				}
				if topic != topics.Golden {
					seen += string(m.Value)
				}
				if strings.Contains(seen, "Ковалёв") || strings.Contains(seen, "secret-key") {
					t.Fatalf("%s shows %s", topic, seen)
				}
			}
		}
	})
}

func TestTooLargeParksItsOwnCodeOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		b.SetLargest(600)
		var parked []customer.Code
		o := options("a")
		o.Parked = func(_ string, c customer.Code) { parked = append(parked, c) }
		_, stop := run(log, b, o)
		value := func(n int) *customer.Document {
			return &customer.Document{State: customer.CodeActive, Attributes: map[string][]customer.DocumentValue{"name": {{Value: strings.Repeat("x", n)}}}}
		}
		change := func(n int) customer.Change { return customer.Change{Code: feed.Code(n), Kind: customer.Created} }
		log.Commit([]customer.Change{change(1), change(2), change(3)}, []*customer.Document{value(1), value(5000), value(1)})
		finish(t, log)
		topics := feed.TopicsOf("t")
		if got := len(b.Messages(topics.Golden)); got != 2 || len(b.Messages(topics.Events)) != 3 || len(parked) != 1 || parked[0] != feed.Code(2) {
			t.Errorf("%d golden messages, parked %v", got, parked)
		}
		log.Commit([]customer.Change{change(2)}, []*customer.Document{value(2)}) // small enough again
		finish(t, log)
		stop()
		if len(b.Messages(topics.Golden)) != 3 {
			t.Error("a parked code stays parked")
		}
	})
}

func TestHeadersAreCloudEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		_, stop := run(log, b, options("a"))
		c := feed.Code(1)
		log.Commit([]customer.Change{{Code: c, Kind: customer.Created}}, []*customer.Document{{State: customer.CodeActive}})
		finish(t, log)
		log.Commit([]customer.Change{{Code: c, Kind: customer.Erased}}, []*customer.Document{nil})
		finish(t, log)
		stop()
		golden := b.Messages(feed.TopicsOf("t").Golden)
		for name, want := range map[string]string{"ce_specversion": "1.0", "ce_id": c.String() + "/1/1/golden", "ce_source": "/kartoteka/t",
			"ce_type": "kartoteka.customer.golden.v1", "ce_subject": c.String(), "ce_epoch": "1", "ce_version": "1", "content-type": "application/json",
			"ce_time": log.At(1).UTC().Format(time.RFC3339Nano)} {
			if got := feed.Header(&golden[0], name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if m := golden[1]; m.Value != nil || feed.Header(&m, "ce_type") != "kartoteka.customer.erased.v1" {
			t.Errorf("an erased code is no tombstone: %+v", m)
		}
	})
}
