package main

import (
	"strings"
	"testing"

	"kartoteka/feed"
	"kartoteka/feed/feedtest"
)

// After an erasure the topics hold nothing of the customer, once the compacted ones are compacted: of each key the
// last message stays. Events name no values, before and after.
func TestEraseLeavesNothingInTopics(t *testing.T) {
	t.Parallel()
	d, b := openDoor(t), feedtest.StartBroker(t)
	csv, words := canaries(4)
	at := []string{"--config", d.file("kartoteka.yaml", "version: 1\nfeed: {views: {shop: {only: [name, email, members]}}}\n"), "--brokers", b.Address(), "--prefix", "t"}
	if code, out, errs := d.run("load", d.file("birds.csv", csv), "--key", "id", "-q"); code != exitRejects {
		t.Fatal(out, errs)
	}
	d.ok(append([]string{"feed", "replay"}, at...)...)
	topics := feed.TopicsOf("t")
	compacted := []string{topics.Golden, topics.View("shop"), topics.Crosswalk}
	if !d.compacted(b, compacted[0], words[0]) {
		t.Fatalf("%s does not show the customer before", compacted[0])
	}
	code := d.crosswalk()["birds/key-"+words[0]]
	d.ok("erase", code, "--leave-vacuum", "-q")
	d.ok(append([]string{"feed", "replay", "--from", "0"}, at...)...)
	for _, topic := range compacted {
		if d.compacted(b, topic, words[0]) {
			t.Errorf("%s still shows the customer", topic)
		}
		if !d.compacted(b, topic, words[1]) && topic != topics.Crosswalk {
			t.Errorf("%s shows others no more", topic)
		}
	}
	events := b.Messages(topics.Events)
	for _, m := range events {
		if strings.Contains(string(m.Key)+string(m.Value), words[0]) {
			t.Error("an event names a value")
		}
	}
	if len(events) == 0 {
		t.Error("no events")
	}
}

// compacted reports whether a word stands in the last message of a key.
func (d *door) compacted(b *feedtest.Broker, topic, word string) bool {
	d.Helper()
	last := map[string]string{}
	for _, m := range b.Messages(topic) {
		last[string(m.Key)] = string(m.Value)
	}
	if len(last) == 0 {
		d.Errorf("%s is empty", topic)
	}
	for key, value := range last {
		if strings.Contains(key+value, word) && value != "" {
			return true
		}
	}
	return false
}
