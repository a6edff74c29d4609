package feed_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"

	"github.com/segmentio/kafka-go"
)

// highest checks that each key of a compacted topic ends with the highest version that was sent.
func highest(t *testing.T, messages []kafka.Message) {
	t.Helper()
	most := map[string]int64{}
	last := map[string]int64{}
	for i := range messages {
		var d customer.Document
		if err := json.Unmarshal(messages[i].Value, &d); err != nil {
			t.Fatal(err)
		}
		key := string(messages[i].Key)
		most[key], last[key] = max(most[key], d.Version), d.Version
	}
	for key, version := range last {
		if version != most[key] {
			t.Errorf("%s: the topic ends at version %d, %d was sent", key, version, most[key])
		}
	}
}

// One produce, whichever it is, outlasts its time-out and arrives behind newer messages.
func TestALateProduceDoesNotStayLast(t *testing.T) {
	overtaken := 0
	for nth := 1; nth <= 24; nth++ {
		synctest.Test(t, func(t *testing.T) {
			log, b := feedtest.New(), feed.NewBroker(int64(nth))
			b.SetLate(14 * time.Second) // behind the time-out of 5 s, before it is settled
			b.Delay(nth)
			h := feed.NewHistory(log, int64(nth))
			_, stop := run(log, b, options("a"))
			for range 12 {
				h.Operate()
				time.Sleep(300 * time.Millisecond)
			}
			finish(t, log)
			stop()
			b.Settle()
			golden := b.Messages(feed.TopicsOf("t").Golden)
			for i := 1; i < len(golden); i++ {
				if string(golden[i].Key) == string(golden[i-1].Key) {
					overtaken++
				}
			}
			highest(t, golden)
			feed.CheckFeed(t, feed.TopicsOf("t"), b.Messages, log.All(), h.At())
		})
	}
	if overtaken == 0 {
		t.Error("nothing was ever late: the test proves nothing")
	}
}

func TestAnHourWithoutKafka(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		b.Refuse(&net.OpError{Op: "dial", Err: fmt.Errorf("connection refused")})
		h := feed.NewHistory(log, 1)
		o := options("a")
		o.Window = 100
		d, stop := run(log, b, o)
		for range 3600 { // a change a second, and more
			h.Operate()
			h.Operate()
			time.Sleep(time.Second)
		}
		if s := d.Status(); s.Failures == 0 || s.Sent != 0 {
			t.Errorf("without a broker: %+v", s)
		}
		b.Refuse(nil)
		began := time.Now()
		finish(t, log)
		stop()
		last, _ := log.Last(context.Background())
		if b.Held() > 2*100 { // a window's changes; each moves one record between two codes
			t.Errorf("%d messages were held at once", b.Held())
		}
		t.Logf("%d changes drained in %s of the test's time", last, time.Since(began))
		highest(t, b.Messages(feed.TopicsOf("t").Golden))
		feed.CheckFeed(t, feed.TopicsOf("t"), b.Messages, log.All(), h.At())
		checkOrder(t, b.Messages(feed.TopicsOf("t").Events))
	})
}

// checkOrder checks that events stand in the order of positions.
func checkOrder(t *testing.T, messages []kafka.Message) {
	t.Helper()
	position := map[string]int64{}
	for i := range messages {
		var e feed.Event
		if err := json.Unmarshal(messages[i].Value, &e); err != nil {
			t.Fatal(err)
		}
		if key := string(messages[i].Key); e.Position <= position[key] {
			t.Fatalf("%s: position %d comes after %d", key, e.Position, position[key])
		} else {
			position[key] = e.Position
		}
	}
}

// A crash with a long backlog repeats what may have been sent, and no more.
func TestACrashRepeatsAPieceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		for n := range 2000 {
			log.Commit([]customer.Change{{Code: feed.Code(n), Kind: customer.Created}}, []*customer.Document{{State: customer.CodeActive}})
		}
		lease, err := log.Acquire(t.Context(), feed.Role, "dead", time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Reach(t.Context(), lease, 50); err != nil {
			t.Fatal(err)
		}
		_, stop := run(log, b, options("b"))
		finish(t, log)
		stop()
		if n := len(b.Messages(feed.TopicsOf("t").Golden)); n != 2000+50+2 { // the window of four that holds the 50th is sent again too
			t.Errorf("%d golden messages for 2000 codes", n)
		}
	})
}

func TestRefusalsSayTheCure(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"UnknownTopic", kafka.UnknownTopicOrPartition, "kartoteka serve makes its topics"},
		{"NoPermission", kafka.TopicAuthorizationFailed, "grant Describe, Write"},
		{"BadSignIn", kafka.SASLAuthenticationFailed, "check feed.kafka.sasl"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, b, said := feedtest.New(), feed.NewBroker(1), &strings.Builder{}
				b.Refuse(c.err)
				o := options("a")
				o.Logger = textLogger(said)
				_, stop := run(log, b, o)
				h := feed.NewHistory(log, 1)
				for range 5 {
					h.Operate()
				}
				time.Sleep(time.Minute)
				b.Refuse(nil) // somebody did what the error says
				finish(t, log)
				stop()
				if !strings.Contains(said.String(), c.want) {
					t.Errorf("the log does not say %q:\n%s", c.want, said)
				}
				feed.CheckFeed(t, feed.TopicsOf("t"), b.Messages, log.All(), h.At())
			})
		})
	}
}
