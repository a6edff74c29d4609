package feed_test

import (
	"sync/atomic"
	"testing"
	"time"

	"kartoteka/feed"
	"kartoteka/feed/feedtest"
)

// The broker in memory loses replies and requests and stores messages late; the feed ends as the hub.
func TestFeedSurvivesABrokerThatLosesAndDelays(t *testing.T) {
	broker := feedtest.StartBroker(t)
	var produces atomic.Int64
	broker.SetFate(func(string) feedtest.Fate {
		return map[int64]feedtest.Fate{2: feedtest.ReplyLost, 5: feedtest.StoredLate, 6: feedtest.RequestLost, 9: feedtest.StoredLate}[produces.Add(1)]
	}, 150*time.Millisecond)
	log := feedtest.New()
	o := feed.Options{Brokers: []string{broker.Address()}, Prefix: "t", Holder: "a", HashKey: []byte("k"), Partitions: 3, Poll: 10 * time.Millisecond,
		ProduceTimeout: 100 * time.Millisecond, LeaseTime: time.Second, Settle: 400 * time.Millisecond}
	h := feed.NewHistory(log, 5)
	stop := start(t, log, o)
	for step := range 200 {
		h.Operate()
		switch step {
		case 100:
			time.Sleep(50 * time.Millisecond) // messages of before and after
			broker.Down()
		case 150:
			if err := broker.Up(); err != nil {
				t.Fatal(err)
			}
		}
	}
	published(t, log)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	topics := feed.TopicsOf(o.Prefix)
	feed.CheckFeed(t, topics, broker.Messages, log.All(), h.At())
	checkConsumer(t, broker.Address(), topics.Golden, log)
	if produces.Load() < 10 {
		t.Errorf("%d produces only", produces.Load())
	}
}
