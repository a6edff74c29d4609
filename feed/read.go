package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
)

// Span is what a partition holds: offsets from First up to, and without, End.
type Span struct {
	Partition  int
	First, End int64
}

// Message is one as it stands in a topic; it is valid until the next one is read.
type Message struct {
	Key, Value []byte // Value is nil in a tombstone
	Headers    []kafka.Header
}

// Header gives a header by its name, "" if there is none.
func (m *Message) Header(name string) string {
	for i := range m.Headers {
		if m.Headers[i].Key == name {
			return string(m.Headers[i].Value)
		}
	}
	return ""
}

// Brokers reads topics of a Kafka cluster from the beginning, without a consumer group.
type Brokers struct{ Client *kafka.Client }

// Spans tells what the partitions of a topic hold now. The error of an absent topic or of a broker that refuses says what helps.
func (b Brokers) Spans(ctx context.Context, topic string) ([]Span, error) {
	meta, err := b.Client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, Explain("asking the broker about", topic, err)
	}
	if len(meta.Topics) != 1 || meta.Topics[0].Error != nil {
		return nil, Explain("asking the broker about", topic, errorOf(meta.Topics))
	}
	var ask []kafka.OffsetRequest
	for _, p := range meta.Topics[0].Partitions {
		ask = append(ask, kafka.FirstOffsetOf(p.ID), kafka.LastOffsetOf(p.ID))
	}
	listed, err := b.Client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: ask}})
	if err != nil {
		return nil, Explain("asking where it ends:", topic, err)
	}
	var spans []Span
	for _, p := range listed.Topics[topic] {
		if p.Error != nil {
			return nil, Explain("asking where it ends:", topic, p.Error)
		}
		spans = append(spans, Span{Partition: p.Partition, First: p.FirstOffset, End: p.LastOffset})
	}
	return spans, nil
}

func errorOf(topics []kafka.Topic) error {
	for _, t := range topics {
		if t.Error != nil {
			return t.Error
		}
	}
	return kafka.UnknownTopicOrPartition
}

// Read shows the messages of a span in order. Compaction may have taken any of them;
// where it took the last ones three fetches bring nothing.
func (b Brokers) Read(ctx context.Context, topic string, s Span, show func(*Message) error) error {
	next := s.First
	for idle := 0; next < s.End && idle < 3; idle++ {
		response, err := b.Client.Fetch(ctx, &kafka.FetchRequest{Topic: topic, Partition: s.Partition, Offset: next,
			MinBytes: 1, MaxBytes: 4 << 20, MaxWait: 300 * time.Millisecond})
		if err == nil {
			err = response.Error
		}
		if err != nil {
			return Explain("reading", fmt.Sprintf("%s/%d", topic, s.Partition), err)
		}
		before := next
		if next, err = records(response.Records, next, s.End, show); err != nil {
			return err
		}
		if next != before {
			idle = -1
		}
	}
	return nil
}

// records shows what a fetch brought from an offset on; it returns the offset to go on at.
func records(from kafka.RecordReader, next, end int64, show func(*Message) error) (int64, error) {
	for {
		record, err := from.ReadRecord()
		if errors.Is(err, io.EOF) {
			return next, nil
		}
		if err != nil {
			return next, fmt.Errorf("feed: reading a batch: %w", err)
		}
		if record.Offset < next || record.Offset >= end {
			continue
		}
		next = record.Offset + 1
		m := Message{Headers: record.Headers}
		if m.Key, err = kafka.ReadAll(record.Key); err != nil {
			return next, err
		}
		if m.Value, err = kafka.ReadAll(record.Value); err != nil {
			return next, err
		}
		if err := show(&m); err != nil {
			return next, err
		}
	}
}
