package feed

import (
	"errors"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/failpoint"

	"github.com/segmentio/kafka-go"
)

func isLost(err error) bool { return errors.Is(err, ErrLeaseLost) }

// window sends the next changes: golden state first, so that who hears of an event finds
// the state it speaks of, then the crosswalk, then the events.
func (l *leader) window() (int, error) {
	if len(l.unsettled)+len(l.moved) > l.crowd() && l.sent >= l.takeover {
		return 0, nil // so much is in doubt that it must be settled first
	}
	if err := l.reach(); err != nil {
		return 0, l.fail(err)
	}
	changes, err := l.d.log.Changes(l.ctx, l.sent, l.d.options.Window)
	if err != nil || len(changes) == 0 {
		return 0, l.fail(err)
	}
	if err := failpoint.Pass("feed.read"); err != nil {
		return 0, l.fail(err)
	}
	if err := l.beforeSending(changes); err != nil {
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
	l.sent = l.readTo(changes)
	l.d.status.sent.Store(l.sent)
	return len(changes), nil
}

// ahead is how many windows may be sent before the next write of how far that may be. It
// bounds what a leader after a crash sends again, and what waits to be settled.
const ahead = 50

func (l *leader) crowd() int { return ahead * l.d.options.Window }

// reach tells the database, before it is done, how far this leader is going to send.
func (l *leader) reach() error {
	if l.sent+int64(l.d.options.Window) <= l.reached {
		return nil
	}
	to := l.sent + int64(l.crowd())
	if err := l.d.leases.Reach(l.ctx, l.lease, to); err != nil {
		return err
	}
	l.reached = to
	return nil
}

// fail ends the leader's turn with its cause.
func (l *leader) fail(err error) error {
	if err != nil {
		l.cancel(err)
	}
	return err
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
		if r.Record != 0 {
			id = r.Record
		}
		m, err := crosswalkMessage(l.d.options.Source, k, id, r, last)
		if err != nil {
			return false, err
		}
		messages = append(messages, m)
	}
	uncertain, err := l.send(topicCrosswalk, messages)
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
		m, err := eventMessage(l.d.options.Source, k, &changes[i], records, l.d.options.MaxMessage)
		if err != nil {
			return err
		}
		messages[i] = m
	}
	for len(messages) > 0 {
		n := oneBatch(messages, l.d.options.Window, l.d.options.MaxMessage)
		if _, err := l.send(topicEvents, messages[:n]); err != nil {
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
