package feed

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"kartoteka/customer"

	"github.com/segmentio/kafka-go"
)

// golden sends the present state of the window's codes. A version that was overtaken before
// it was sent is skipped: its successor stands further on in the log. What the leader before
// may have sent is sent in any case.
func (l *leader) golden(changes []customer.Change) error {
	latest := latestOf(changes)
	codes := slices.Sorted(maps.Keys(latest))
	states, err := l.d.log.States(l.ctx, codes)
	if err != nil {
		return err
	}
	taken := changes[0].Position <= l.takeover
	var due []customer.Code
	for _, code := range codes {
		s, known := states[code]
		if known && (taken || !newer(s.Epoch, s.Version, latest[code].Epoch, latest[code].Version)) {
			due = append(due, code)
		}
	}
	uncertain, err := l.sendStates(statesJob{codes: due, states: states, first: !taken, at: func(c customer.Code) time.Time { return latest[c].At }})
	if uncertain || taken {
		l.unsettle(codes)
	}
	return err
}

func latestOf(changes []customer.Change) map[customer.Code]*customer.Change {
	latest := map[customer.Code]*customer.Change{}
	for i := range changes {
		latest[changes[i].Code] = &changes[i]
	}
	return latest
}

// newer reports whether (epoch, version) a is after b.
func newer(epochA, versionA, epochB, versionB int64) bool {
	return epochA > epochB || epochA == epochB && versionA > versionB
}

// statesJob is what to send to the golden topics.
type statesJob struct {
	codes  []customer.Code
	states map[customer.Code]State
	at     func(customer.Code) time.Time
	topic  string // the only one to send to; "" for all of them
	fresh  bool   // the topic is new, so nothing has to be removed from it
	first  bool   // nothing of the changes in question was sent before
}

// sendStates sends golden messages to the golden topic and those of the views; too large ones are parked.
func (l *leader) sendStates(j statesJob) (uncertain bool, err error) {
	if j.topic == "" || j.topic == topicGolden {
		if uncertain, err = l.sendGolden(&j); err != nil {
			return uncertain, err
		}
	}
	views := slices.DeleteFunc(slices.Clone(l.d.options.Views), func(v View) bool { return j.topic != "" && j.topic != v.topic() })
	if len(views) == 0 {
		return uncertain, nil
	}
	documents, err := j.documents()
	if err != nil {
		return uncertain, err
	}
	for i := range views {
		doubt, err := l.sendView(&views[i], &j, documents)
		uncertain = uncertain || doubt
		if err != nil {
			return uncertain, err
		}
	}
	return uncertain, nil
}

func (l *leader) sendGolden(j *statesJob) (bool, error) {
	messages := make([]kafka.Message, 0, len(j.codes))
	for _, code := range j.codes {
		s := j.states[code]
		m, err := goldenMessage(l.d.options.Source, &s, j.at(code))
		if err != nil {
			return false, err
		}
		messages = append(messages, m)
	}
	return l.sendFitting(topicGolden, messages)
}

func (l *leader) sendView(v *View, j *statesJob, documents map[customer.Code]*customer.Document) (bool, error) {
	messages := make([]kafka.Message, 0, len(j.codes))
	for _, code := range j.codes {
		s := j.states[code]
		m, send, err := v.message(&l.d.options, &s, documents[code], j.at(code), j.fresh || j.first && s.Version == 1)
		if err != nil {
			return false, err
		}
		if send {
			messages = append(messages, m)
		}
	}
	return l.sendFitting(v.topic(), messages)
}

// documents decodes what the views are made of.
func (j *statesJob) documents() (map[customer.Code]*customer.Document, error) {
	out := make(map[customer.Code]*customer.Document, len(j.codes))
	for _, code := range j.codes {
		s := j.states[code]
		if s.State != customer.CodeActive {
			continue
		}
		d := &customer.Document{}
		if err := json.Unmarshal(s.Document, d); err != nil {
			return nil, fmt.Errorf("feed: document of %s: %w", code, err)
		}
		out[code] = d
	}
	return out, nil
}

// sendFitting parks what is too large and sends the rest.
func (l *leader) sendFitting(topic string, messages []kafka.Message) (bool, error) {
	fitting := messages[:0]
	for i := range messages {
		if len(messages[i].Value) > l.d.options.MaxMessage {
			l.park(&messages[i], topic)
			continue
		}
		fitting = append(fitting, messages[i])
	}
	uncertain, err := l.send(topic, fitting)
	l.d.status.golden.Add(int64(len(fitting)))
	return uncertain, err
}

// send sends to a topic by its short name.
func (l *leader) send(topic string, messages []kafka.Message) (bool, error) {
	if len(messages) == 0 {
		return false, nil
	}
	uncertain, err := l.sender.send(l.ctx, topicName(l.d.options.Prefix, topic), messages)
	l.doubt = l.doubt || err != nil
	if err == nil {
		l.d.status.refused.Store(nil)
	}
	return uncertain, err
}

// park leaves a code out that no message can carry; its events go on, and its next version
// is tried again.
func (l *leader) park(m *kafka.Message, topic string) {
	l.d.status.parked.Add(1)
	code, err := customer.ParseCode(string(m.Key))
	l.d.options.Logger.Warn("message too large, its code is parked; raise the topic's max.message.bytes and feed.kafka.max_message, then run kartoteka feed retry",
		"code", code, "topic", topic, "bytes", len(m.Value))
	if err != nil {
		return
	}
	l.parkedNow[code] = true
	if l.d.options.Parked != nil {
		l.d.options.Parked(topic, code)
	}
}
