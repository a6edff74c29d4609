package feed_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"
)

// place is where a hub stands; a log in memory knows nothing of epochs and serials.
type place struct {
	mu   sync.Mutex
	log  *feedtest.Log
	now  feed.Control
	why  string // it was restored
	next int
}

func (p *place) standing(ctx context.Context) (feed.Control, error) {
	last, err := p.log.Last(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now
	now.Position = max(now.Position, last)
	return now, err
}

func (p *place) restored(_ context.Context, why string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.why = why
	return nil
}

func (p *place) marked() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.why
}

// commit makes customers.
func (p *place) commit(n int) {
	for range n {
		p.mu.Lock()
		p.next++
		p.now.Serial++
		code := feed.Code(p.next)
		p.mu.Unlock()
		p.log.Commit([]customer.Change{{Code: code, Kind: customer.Created}}, []*customer.Document{{State: customer.CodeActive}})
	}
}

// publishes is a hub with a prefix, published to a broker.
func (p *place) options(address, prefix string) feed.Options {
	return feed.Options{Brokers: []string{address}, Prefix: prefix, Holder: "a", HashKey: []byte("k"), Partitions: 3, Poll: 10 * time.Millisecond,
		Settle: 100 * time.Millisecond, Standing: p.standing, Restored: p.restored}
}

func readControl(t *testing.T, address, prefix, hub string) feed.Control {
	t.Helper()
	c, err := feed.ReadControl(t.Context(), feed.Brokers{Client: &kafka.Client{Addr: kafka.TCP(address), Timeout: 5 * time.Second}}, prefix, hub)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestControlRecordInMemory(t *testing.T) { controlRecord(t, feedtest.StartBroker(t).Address()) }

func TestRealControlRecord(t *testing.T) { controlRecord(t, feedtest.RealBroker(t)) }

// What was published is known to the control topic; an older state of the hub publishes nothing until it was confirmed.
func controlRecord(t *testing.T, address string) {
	prefix := fmt.Sprintf("control-%d", time.Now().UnixNano())
	p := &place{log: feedtest.New(), now: feed.Control{Hub: "h1", Epoch: 1, Serial: 1}}
	if diff := cmp.Diff(feed.Control{Hub: "h1"}, readControl(t, address, prefix, "h1")); diff != "" {
		t.Error(diff)
	}
	p.commit(5)
	backup, before := p.log.Copy(), p.now
	stop := start(t, p.log, p.options(address, prefix))
	published(t, p.log)
	for range 20 { // windows, and fewer records than one a window
		p.commit(1)
		published(t, p.log)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(feed.Control{Hub: "h1", Epoch: 1, Position: 25, Serial: 26}, readControl(t, address, prefix, "h1")); diff != "" {
		t.Error(diff)
	}
	if n := len(feedtest.Messages(t, address, feed.TopicsOf(prefix).Control)); n < 2 || n > 10 {
		t.Errorf("%d records of the control topic", n)
	}
	if diff := cmp.Diff(feed.Control{Hub: "h2"}, readControl(t, address, prefix, "h2")); diff != "" {
		t.Error(diff)
	}
	old := &place{log: backup, now: before, next: 100}
	old.commit(1)
	old.refused(t, address, prefix)
}

// refused starts a hub that is behind: nothing is published until it goes on beyond the record.
func (p *place) refused(t *testing.T, address, prefix string) {
	t.Helper()
	events, said := feed.TopicsOf(prefix).Events, &safeBuffer{}
	before := len(feedtest.Messages(t, address, events))
	o := p.options(address, prefix)
	o.Logger = textLogger(said)
	stop := start(t, p.log, o)
	for began := time.Now(); !strings.Contains(said.String(), "run kartoteka restore confirm"); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the log names no cure:\n%s", said)
		}
	}
	if why := p.marked(); !strings.Contains(why, "knows of position 25 of epoch 1 and serial 26") {
		t.Error(why)
	}
	if n := len(feedtest.Messages(t, address, events)); n != before {
		t.Errorf("%d events were published by a hub that is behind", n-before)
	}
	p.mu.Lock()
	p.now.Epoch, p.now.Position, p.now.Serial = 2, 30, 126
	p.mu.Unlock()
	published(t, p.log)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if c := readControl(t, address, prefix, "h1"); c.Epoch != 2 {
		t.Errorf("%+v", c)
	}
}

// A broker that is away holds nothing up, and one that lets nobody make the topic says which.
func TestControlTopicThatMayNotBeMade(t *testing.T) {
	b := feedtest.StartBroker(t)
	b.Forbid(feed.TopicsOf("t").Control)
	b.Down()
	p, said := &place{log: feedtest.New(), now: feed.Control{Hub: "h", Epoch: 1, Serial: 1}}, &safeBuffer{}
	o := p.options(b.Address(), "t")
	o.Logger = textLogger(said)
	stop := start(t, p.log, o)
	p.commit(3)
	if err := b.Up(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); !strings.Contains(said.String(), "create topic t.customer.control.v1; create it by hand"); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the log does not say what to do:\n%s", said)
		}
	}
	b.Forbid()
	published(t, p.log)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if c := readControl(t, b.Address(), "t", "h"); c.Position != 3 {
		t.Errorf("%+v", c)
	}
}
