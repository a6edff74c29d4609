package feed_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"

	"github.com/segmentio/kafka-go"
)

func textLogger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// resent waits until nothing is asked for any more.
func resent(t *testing.T, log *feedtest.Log) {
	t.Helper()
	for range 1000 {
		if _, open, _ := log.NextResend(t.Context(), feed.Role); !open {
			return
		}
		time.Sleep(time.Second)
	}
	t.Fatal("requests are not carried out")
}

func TestReplaySendsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		o := options("a")
		o.Resends = log
		_, stop := run(log, b, o)
		h := feed.NewHistory(log, 1)
		for range 40 {
			h.Operate()
		}
		finish(t, log)
		topics := feed.TopicsOf("t")
		events, golden, crosswalk := len(b.Messages(topics.Events)), len(b.Messages(topics.Golden)), len(b.Messages(topics.Crosswalk))
		log.Ask(customer.Resend{After: 10, Upto: 20, Topic: "events"})
		log.Ask(customer.Resend{Upto: 1 << 40, Code: feed.Code(1), Topic: "golden"})
		log.Ask(customer.Resend{Upto: 1 << 40, Topic: "crosswalk"})
		resent(t, log)
		if got := len(b.Messages(topics.Events)) - events; got != 10 {
			t.Errorf("%d events again", got)
		}
		if got := len(b.Messages(topics.Golden)) - golden; got < 1 || string(b.Messages(topics.Golden)[golden].Key) != feed.Code(1).String() {
			t.Errorf("%d golden records again", got)
		}
		if len(b.Messages(topics.Crosswalk)) == crosswalk {
			t.Error("no crosswalk again")
		}
		log.Ask(customer.Resend{Upto: 1 << 40})
		resent(t, log)
		stop()
		feed.CheckFeed(t, topics, b.Messages, log.All(), h.At())
	})
}

func TestRetryReleasesAParkedCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		b.SetLargest(600)
		var unparked []customer.Code
		o := options("a")
		o.Resends, o.Unparked = log, func(_ string, codes []customer.Code) { unparked = append(unparked, codes...) }
		_, stop := run(log, b, o)
		big := &customer.Document{State: customer.CodeActive, Attributes: map[string][]customer.DocumentValue{"name": {{Value: strings.Repeat("x", 5000)}}}}
		log.Commit([]customer.Change{{Code: feed.Code(1), Kind: customer.Created}}, []*customer.Document{big})
		finish(t, log)
		log.Ask(customer.Resend{Upto: 1 << 40, Code: feed.Code(1), Topic: "golden"})
		resent(t, log)
		if len(unparked) > 0 || len(b.Messages(feed.TopicsOf("t").Golden)) > 0 {
			t.Errorf("still too large, and unparked: %v", unparked)
		}
		b.SetLargest(1 << 20)
		log.Ask(customer.Resend{Upto: 1 << 40, Code: feed.Code(1), Topic: "golden"})
		resent(t, log)
		stop()
		if len(unparked) != 1 || len(b.Messages(feed.TopicsOf("t").Golden)) != 1 {
			t.Errorf("unparked %v", unparked)
		}
	})
}

// An event whose list of moved records is too large is sent without it: no version may be missing.
func TestALargeEventLosesItsListOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		b.SetLargest(2000)
		_, stop := run(log, b, options("a"))
		c := customer.Change{Code: feed.Code(1), Kind: customer.Created}
		for id := range customer.RecordID(500) {
			log.Record(id+1, feed.Record{Ref: customer.Ref{Source: "crm", Key: strings.Repeat("k", 30)}})
			c.Moved = append(c.Moved, customer.Moved{Record: id + 1, To: feed.Code(1)})
		}
		log.Commit([]customer.Change{c}, []*customer.Document{{State: customer.CodeActive}})
		finish(t, log)
		stop()
		events := b.Messages(feed.TopicsOf("t").Events)
		var e feed.Event
		if len(events) != 1 || json.Unmarshal(events[0].Value, &e) != nil || e.MovedTotal != 500 || len(e.Moved) != 0 {
			t.Errorf("%d events, %+v", len(events), e)
		}
	})
}

func viewPortrait(t *testing.T) *customer.Portrait {
	t.Helper()
	p, err := customer.NewPortrait([]customer.Attribute{{Kind: customer.Person, Name: "name", Type: customer.TypePersonName},
		{Kind: customer.Person, Name: "phone", Type: customer.TypePhone}, {Kind: customer.Person, Name: "consent", Type: customer.TypeConsent}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func willing(n string, given bool) *customer.Document {
	return &customer.Document{State: customer.CodeActive, Kind: customer.Person,
		Attributes: map[string][]customer.DocumentValue{"name": {{Value: "Ковалёв " + n}}, "phone": {{Value: "+7901" + n}}},
		Consents:   []customer.Consent{{Purpose: "marketing", Given: given}}}
}

func viewOptions(t *testing.T, log *feedtest.Log) feed.Options {
	o := options("a")
	o.Resends, o.Portrait = log, viewPortrait(t)
	o.Views = []feed.View{{Name: "marketing", View: access.View{Only: []string{"phone"}, Where: access.Where{Consent: &access.ConsentWhere{Purpose: "marketing"}}}}}
	return o
}

func TestAViewShowsWhatItsReaderMaySee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		_, stop := run(log, b, viewOptions(t, log))
		commit := func(n int, kind customer.ChangeKind, d *customer.Document) {
			log.Commit([]customer.Change{{Code: feed.Code(n), Kind: kind, Fields: []string{"name", "phone"}}}, []*customer.Document{d})
			finish(t, log)
		}
		commit(1, customer.Created, willing("1", true))
		commit(2, customer.Created, willing("2", false)) // never seen: not even a tombstone
		topic := feed.TopicsOf("t").View("marketing")
		if m := feed.Compacted(b.Messages(topic)); len(m) != 1 || strings.Contains(text(b.Messages(topic)), "Ковалёв") || !strings.Contains(text(b.Messages(topic)), "+79011") {
			t.Errorf("%s", text(b.Messages(topic)))
		}
		commit(1, customer.Updated, willing("1", false)) // does not match any more
		stop()
		last := feed.Compacted(b.Messages(topic))[feed.Code(1).String()]
		if last.Value != nil || feed.Header(&last, "ce_type") != "kartoteka.customer.hidden.v1" || feed.Header(&last, "ce_version") != "2" {
			t.Errorf("a customer who withdrew stays in the view: %+v", last)
		}
		if strings.Contains(text(b.Messages(topic)), "Ковалёв") {
			t.Error("the view shows a name")
		}
	})
}

func text(messages []kafka.Message) (out string) {
	for _, m := range messages {
		out += string(m.Value)
	}
	return out
}

// A view that is added or changed later is filled from the beginning; so is a topic made anew.
func TestALaterViewIsFilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		o := viewOptions(t, log)
		views := o.Views
		o.Views = nil
		_, stop := run(log, b, o)
		for n := range 10 {
			log.Commit([]customer.Change{{Code: feed.Code(n), Kind: customer.Created}}, []*customer.Document{willing("7", n%2 == 0)})
		}
		finish(t, log)
		stop()
		topic := feed.TopicsOf("t").View("marketing")
		o.Views = views
		b.Create(topic)
		_, stop = run(log, b, o)
		time.Sleep(time.Minute)
		resent(t, log)
		stop()
		if n := len(b.Messages(topic)); n != 5 {
			t.Errorf("%d messages in the new view", n)
		}
		o.Views[0].Only, o.Views[0].Where = []string{"name"}, access.Where{Kind: customer.Organization}
		_, stop = run(log, b, o)
		time.Sleep(time.Minute)
		resent(t, log)
		stop()
		for key, m := range feed.Compacted(b.Messages(topic)) {
			if m.Value != nil {
				t.Errorf("%s stays in a view that shows organizations only", key)
			}
		}
		b.Create(feed.TopicsOf("t").Golden) // an administrator removed the topic
		_, stop = run(log, b, o)
		time.Sleep(time.Minute)
		resent(t, log)
		stop()
		if n := len(b.Messages(feed.TopicsOf("t").Golden)); n != 20 {
			t.Errorf("%d golden messages after the topic was made anew", n)
		}
	})
}

// After a restore the crosswalk topic holds rows of records that the hub does not know any more.
func TestSweepRemovesWhatTheHubDoesNotKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		o := options("a")
		o.Resends = log
		_, stop := run(log, b, o)
		h := feed.NewHistory(log, 1)
		for range 40 {
			h.Operate()
		}
		finish(t, log)
		topic := feed.TopicsOf("t").Crosswalk
		b.Put(topic, kafka.Message{Key: []byte("crm/lost"), Value: []byte(`{"source":"crm","record":999,"key_hash":"lost","code":"0000-0000-0013","position":3}`)},
			kafka.Message{Key: []byte("crm/other"), Value: []byte(`{"source":"crm","record":1,"key_hash":"other","code":"0000-0000-0013","position":3}`)})
		log.Ask(customer.Resend{Topic: "crosswalk/sweep", Upto: 1})
		resent(t, log)
		stop()
		last := feed.Compacted(b.Messages(topic))
		for _, key := range []string{"crm/lost", "crm/other"} {
			if m := last[key]; m.Value != nil {
				t.Errorf("%s stays", key)
			}
		}
		feed.CheckFeed(t, feed.TopicsOf("t"), b.Messages, log.All(), h.At())
	})
}
