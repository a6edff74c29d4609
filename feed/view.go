package feed

import (
	"encoding/json"
	"fmt"
	"time"

	"kartoteka/access"
	"kartoteka/customer"

	"github.com/segmentio/kafka-go"
)

// View is a golden topic of its own for one reader. Customers whom the reader does not see
// are tombstones in it.
type View struct {
	Name string // part of the topic's name
	access.View
}

// Short names of topics, behind the prefix and "customer.". A view's is golden.VIEW.
const (
	topicGolden    = "golden"
	topicEvents    = "events"
	topicCrosswalk = "crosswalk"
)

func (v *View) topic() string { return topicGolden + "." + v.Name }

// settings are what the content of the view's topic depends on besides the data.
func (v *View) settings() string {
	text, err := json.Marshal(v.View)
	if err != nil { // names and conditions
		panic(err)
	}
	return string(text)
}

// message carries a code's state as the view's reader may see it; false if there is nothing to
// send: the reader does not see the customer, and the topic holds nothing of the code (absent).
func (v *View) message(o *Options, s *State, d *customer.Document, at time.Time, absent bool) (kafka.Message, bool, error) {
	if s.State != customer.CodeActive {
		m, err := goldenMessage(o.Source, s, at)
		return m, !absent || s.State != customer.CodeErased, err
	}
	seen := v.Apply(o.Portrait, d)
	if seen == nil {
		return hiddenMessage(o.Source, s, at), !absent, nil
	}
	text, err := seen.JSON()
	if err != nil {
		return kafka.Message{}, false, fmt.Errorf("feed: encoding a view: %w", err)
	}
	shown := *s
	shown.Document = text
	m, err := goldenMessage(o.Source, &shown, at)
	return m, true, err
}

// hiddenMessage removes a customer from a view whose reader does not see them any more.
func hiddenMessage(source string, s *State, at time.Time) kafka.Message {
	code := s.Code.String()
	e := envelope{id: identifier(code, s.Epoch, s.Version, "hidden"), kind: "hidden", source: source, subject: code, epoch: s.Epoch, version: s.Version, at: at}
	return kafka.Message{Key: []byte(code), Headers: e.headers()}
}
