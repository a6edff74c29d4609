package feed

import (
	"context"
	"fmt"
	"slices"

	"kartoteka/customer"

	"github.com/segmentio/kafka-go"
)

// topicSweep asks for the rows of the crosswalk topic to be removed that the hub knows nothing of:
// those of records that came after the state that was restored.
const topicSweep = "crosswalk/sweep"

// sweep reads the crosswalk topic, a partition at a time, and removes what the hub does not know.
func (l *leader) sweep(r *customer.Resend) error {
	changes, err := l.d.log.Changes(l.ctx, max(0, l.sent-1), 1)
	if err != nil || len(changes) == 0 {
		return err
	}
	at, uncertain := changes[0], false
	at.Position = l.sent
	remove := func(last map[string]customer.RecordID) error {
		doubt, err := l.removeUnknown(last, &at)
		uncertain = uncertain || doubt
		clear(last)
		return err
	}
	last, partition := map[string]customer.RecordID{}, -1
	err = l.sender.to.rows(l.ctx, topicName(l.d.options.Prefix, topicCrosswalk), func(p int, m *Message) error {
		if p != partition {
			partition = p
			if err := remove(last); err != nil {
				return err
			}
		}
		if x, ok := readCrosswalk(m); ok {
			last[string(m.Key)] = x.Record
		} else {
			delete(last, string(m.Key)) // a tombstone
		}
		return nil
	})
	if err == nil {
		err = remove(last)
	}
	if err == nil && !uncertain {
		r.After = r.Upto
	}
	return err
}

// removeUnknown sends tombstones for the keys whose record the hub does not know, or knows under another key.
func (l *leader) removeUnknown(last map[string]customer.RecordID, at *customer.Change) (uncertain bool, err error) {
	k := keys{l.d.options.HashKey, l.d.options.PlainKey}
	names := make([]string, 0, len(last))
	for name := range last {
		names = append(names, name)
	}
	slices.Sort(names)
	for chunk := range slices.Chunk(names, l.d.options.Window) {
		ids := make([]customer.RecordID, len(chunk))
		for i, name := range chunk {
			ids[i] = last[name]
		}
		records, err := l.d.log.Records(l.ctx, ids)
		if err != nil {
			return uncertain, err
		}
		var messages []kafka.Message
		for i, name := range chunk {
			r, known := records[ids[i]]
			if key := k.of(ids[i], r.Ref); known && key.topicKey() == name {
				continue
			}
			head := envelope{id: fmt.Sprintf("record-%d/%d/swept", ids[i], at.Position), kind: "crosswalk", source: l.d.options.Source,
				epoch: at.Epoch, version: at.Position, at: at.At}
			messages = append(messages, kafka.Message{Key: []byte(name), Headers: head.headers()})
		}
		doubt, err := l.send(topicCrosswalk, messages)
		uncertain = uncertain || doubt
		if err != nil {
			return uncertain, err
		}
		l.d.status.crosswalk.Add(int64(len(messages)))
	}
	return uncertain, nil
}

// rows shows the messages of a topic, partition by partition.
func (w *writer) rows(ctx context.Context, topic string, show func(partition int, m *Message) error) error {
	from := Brokers{Client: &kafka.Client{Addr: kafka.TCP(w.options.Brokers...), Transport: w.options.Transport, Timeout: w.options.ProduceTimeout}}
	spans, err := from.Spans(ctx, topic)
	if err != nil {
		return err
	}
	for _, s := range spans {
		if err := from.Read(ctx, topic, s, func(m *Message) error { return show(s.Partition, m) }); err != nil {
			return err
		}
	}
	return nil
}
