package feed

import (
	"errors"
	"maps"
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"

	"github.com/segmentio/kafka-go"
)

func isLost(err error) bool { return errors.Is(err, ErrLeaseLost) }

// window sends the next changes: golden state first, so that who hears of an event finds
// the state it speaks of, then the crosswalk, then the events.
func (l *leader) window() (int, error) {
	changes, err := l.d.log.Changes(l.ctx, l.sent, l.d.options.Window)
	if err != nil || len(changes) == 0 {
		return 0, l.fail(err)
	}
	if err := failpoint.Pass("feed.read"); err != nil {
		return 0, l.fail(err)
	}
	if err := l.golden(changes); err != nil {
		return 0, l.fail(err)
	}
	if err := failpoint.Pass("feed.golden"); err != nil {
		return 0, l.fail(err)
	}
	records, err := l.d.log.Records(l.ctx, movedRecords(changes))
	if err != nil {
		return 0, l.fail(err)
	}
	if err := l.crosswalk(changes, records); err != nil {
		return 0, l.fail(err)
	}
	if err := failpoint.Pass("feed.crosswalk"); err != nil {
		return 0, l.fail(err)
	}
	if err := l.events(changes, records); err != nil {
		return 0, l.fail(err)
	}
	if err := failpoint.Pass("feed.events"); err != nil {
		return 0, l.fail(err)
	}
	l.sent = changes[len(changes)-1].Position
	l.d.status.sent.Store(l.sent)
	return len(changes), nil
}

// fail ends the leader's turn with its cause.
func (l *leader) fail(err error) error {
	if err != nil {
		l.cancel(err)
	}
	return err
}

// golden sends the present state of the window's codes. A version that was overtaken before
// it was sent is skipped: its successor stands further on in the log. What the leader before
// may have sent is sent in any case.
func (l *leader) golden(changes []customer.Change) error {
	latest := map[customer.Code]*customer.Change{}
	for i := range changes {
		latest[changes[i].Code] = &changes[i]
	}
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
	uncertain, err := l.sendStates(due, states, func(c customer.Code) time.Time { return latest[c].At })
	if uncertain || taken {
		l.unsettle(codes)
	}
	return err
}

// newer reports whether (epoch, version) a is after b.
func newer(epochA, versionA, epochB, versionB int64) bool {
	return epochA > epochB || epochA == epochB && versionA > versionB
}

// sendStates sends golden messages; too large ones are parked.
func (l *leader) sendStates(codes []customer.Code, states map[customer.Code]State, at func(customer.Code) time.Time) (bool, error) {
	messages := make([]kafka.Message, 0, len(codes))
	for _, code := range codes {
		s := states[code]
		m, err := goldenMessage(l.d.options.Source, &s, at(code))
		if err != nil {
			return false, err
		}
		if len(m.Value) > l.d.options.MaxMessage {
			l.park(code.String(), "")
			continue
		}
		messages = append(messages, m)
	}
	uncertain, err := l.send(TopicsOf(l.d.options.Prefix).Golden, messages)
	l.d.status.golden.Add(int64(len(messages)))
	return uncertain, err
}

func (l *leader) send(topic string, messages []kafka.Message) (bool, error) {
	if len(messages) == 0 {
		return false, nil
	}
	uncertain, err := l.sender.send(l.ctx, topic, messages)
	l.doubt = l.doubt || err != nil
	return uncertain, err
}

// park leaves a code out that no message can carry; its events go on, and its next version
// is tried again.
func (l *leader) park(key, topic string) {
	l.d.status.parked.Add(1)
	l.d.options.Logger.Warn("message too large, its code is parked; raise max.message.bytes and feed.max_message", "key", key, "topic", topic)
	code, err := customer.ParseCode(key)
	if err == nil && l.d.options.Parked != nil {
		l.d.options.Parked(code)
	}
}

func movedRecords(changes []customer.Change) []customer.RecordID {
	seen := map[customer.RecordID]bool{}
	for i := range changes {
		for _, m := range changes[i].Moved {
			seen[m.Record] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// crosswalk sends where records belong now.
func (l *leader) crosswalk(changes []customer.Change, records map[customer.RecordID]Record) error {
	uncertain, err := l.sendRecords(&changes[len(changes)-1], records)
	if uncertain || changes[0].Position <= l.takeover {
		l.postpone(slices.Collect(maps.Keys(records)))
	}
	return err
}

// sendRecords sends crosswalk messages, one for each key of a source: a key that was given
// to somebody else has several records, all of which answer for the present one.
func (l *leader) sendRecords(last *customer.Change, records map[customer.RecordID]Record) (bool, error) {
	k := keys{l.d.options.HashKey, l.d.options.PlainKey}
	messages, seen := make([]kafka.Message, 0, len(records)), map[customer.Ref]bool{}
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(records))) {
		r := records[id]
		if seen[r.Ref] {
			continue
		}
		seen[r.Ref] = true
		m, err := crosswalkMessage(l.d.options.Source, k, id, r, last)
		if err != nil {
			return false, err
		}
		messages = append(messages, m)
	}
	uncertain, err := l.send(TopicsOf(l.d.options.Prefix).Crosswalk, messages)
	l.d.status.crosswalk.Add(int64(len(messages)))
	return uncertain, err
}

// events sends the changes themselves. Each call carries at most one Kafka batch, which a
// partition takes as a whole or not at all, so a failure cannot put a later version of a code
// before an earlier one.
func (l *leader) events(changes []customer.Change, records map[customer.RecordID]Record) error {
	k := keys{l.d.options.HashKey, l.d.options.PlainKey}
	messages := make([]kafka.Message, len(changes))
	for i := range changes {
		m, err := eventMessage(l.d.options.Source, k, &changes[i], records)
		if err != nil {
			return err
		}
		messages[i] = m
	}
	for len(messages) > 0 {
		n := oneBatch(messages, l.d.options.Window, l.d.options.MaxMessage)
		if _, err := l.send(TopicsOf(l.d.options.Prefix).Events, messages[:n]); err != nil {
			return err
		}
		l.d.status.events.Add(int64(n))
		messages = messages[n:]
	}
	return nil
}

// oneBatch tells how many of the messages, at least one, fit into one batch for sure.
func oneBatch(messages []kafka.Message, most, bytes int) int {
	n := 0
	for n < len(messages) && n < most {
		if bytes -= sizeOf(&messages[n]); bytes < 0 && n > 0 {
			break
		}
		n++
	}
	return n
}

func sizeOf(m *kafka.Message) int {
	size := len(m.Key) + len(m.Value) + framing
	for _, h := range m.Headers {
		size += len(h.Key) + len(h.Value)
	}
	return size
}

// framing is more than Kafka's format adds to a message and its nine headers.
const framing = 256
