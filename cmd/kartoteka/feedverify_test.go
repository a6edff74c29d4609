package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/segmentio/kafka-go"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"
	"kartoteka/feed/proof"
)

func TestFeedIsPublishedAndProved(t *testing.T) {
	t.Parallel()
	d, b := filledDoor(t), feedtest.StartBroker(t)
	at := []string{"--brokers", b.Address(), "--prefix", "t"}
	d.ok(append([]string{"feed", "replay"}, at...)...)
	d.ok("decide", "same", "crm/3", "billing/b-3", "--reason", "test")
	d.ok("decide", "different", "crm/1", "billing/b-1", "--reason", "test")
	var sent replayResult
	d.json(exitOK, nil, &sent, append([]string{"feed", "replay", "--topic", "events", "--code", d.crosswalk()["crm/1"]}, at...)...)
	var r proof.Result
	d.json(exitOK, nil, &r, append([]string{"feed", "verify", "--wait", "1s"}, at...)...)
	if r.Codes != 8 || r.Violated() != 0 || r.Repeats == 0 || len(r.Checks) != 6 || r.Checks[4].Skipped == "" {
		t.Errorf("%+v", r)
	}
	r = proof.Result{}
	d.json(exitOK, nil, &r, append([]string{"feed", "verify", "--against-hub", "--wait", "1s"}, at...)...)
	if r.Violated() != 0 || r.Checks[4].Skipped != "" || r.Checks[4].Checked != 8 {
		t.Errorf("%+v", r)
	}
	d.checkSplit(b.Messages(feed.TopicsOf("t").Events))
	for _, topic := range []string{feed.TopicsOf("t").Events, feed.TopicsOf("t").Crosswalk} {
		for _, m := range b.Messages(topic) {
			if text := string(m.Key) + string(m.Value); strings.Contains(text, "b-1") || strings.Contains(text, "Ковал") {
				t.Errorf("%s shows %s", topic, text)
			}
		}
	}
}

// checkSplit checks that the codes of a split have one operation, and that it names by source record what went where.
func (d *door) checkSplit(messages []kafka.Message) {
	d.Helper()
	codes := d.crosswalk()
	byOperation := map[int64][]feed.Event{}
	split := int64(0)
	for _, m := range messages {
		var e feed.Event
		if err := json.Unmarshal(m.Value, &e); err != nil {
			d.Fatal(err)
		}
		byOperation[e.Operation] = append(byOperation[e.Operation], e)
		if e.Kind == customer.Split {
			split = e.Operation
		}
	}
	named := map[string]string{}
	for _, e := range byOperation[split] {
		for _, m := range e.Moved {
			if m.KeyHash == "" || m.Key != "" || m.From == m.To {
				d.Errorf("%+v", m)
			}
			named[string(m.Source)] = m.To.String()
		}
	}
	if len(byOperation[split]) < 2 || named["crm"] != codes["crm/1"] && named["billing"] != codes["billing/b-1"] {
		d.Errorf("a split says %+v", byOperation[split])
	}
}

func TestFeedVerifySaysTheCure(t *testing.T) {
	t.Parallel()
	d, b := openDoor(t), feedtest.StartBroker(t)
	for _, c := range []struct {
		name, code, says string
		exit             int
		args             []string
	}{
		{"NoBrokersNamed", "usage", "--brokers HOST:PORT", exitInput, nil},
		{"UnknownTopic", "feed.absent", "kartoteka serve makes its topics", exitSurroundings, []string{"--brokers", b.Address(), "--prefix", "nobody"}},
		{"NobodyThere", "feed.broker", "is it running", exitSurroundings, []string{"--brokers", "127.0.0.1:1"}},
	} {
		p := d.json(c.exit, nil, nil, append([]string{"feed", "verify"}, c.args...)...)
		if p == nil || p.Code != c.code || !strings.Contains(p.Message, c.says) {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}

func TestFeedReplayRefusesNonsense(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	for _, args := range [][]string{{"--topic", "gold"}, {"--from", "100000"}, {"--code", "0000-0000-0001"}, {"--code", "0000-0000-0013"}, {}} {
		if code, _, errs := d.run(append([]string{"feed", "replay"}, args...)...); code != exitInput {
			t.Errorf("%v: exit %d %s", args, code, errs)
		}
	}
	if text := d.ok("feed", "retry"); !strings.Contains(text, "nothing is parked") {
		t.Error(text)
	}
}

func TestFeedRetry(t *testing.T) {
	t.Parallel()
	d, b := filledDoor(t), feedtest.StartBroker(t)
	at := []string{"--brokers", b.Address(), "--prefix", "t"}
	d.ok(append([]string{"feed", "replay"}, at...)...)
	s := d.store()
	changes, err := s.Changes(t.Context(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Park(t.Context(), feed.Role, changes[0].Code, "too_large"); err != nil {
		t.Fatal(err)
	}
	var r replayResult
	d.json(exitOK, nil, &r, append([]string{"feed", "retry"}, at...)...)
	if r.Requests != 1 || r.Golden < 1 {
		t.Errorf("%+v", r)
	}
	if status, err := s.FeedStatus(t.Context(), feed.Role); err != nil || len(status.Parked) > 0 {
		t.Error(status, err)
	}
}
