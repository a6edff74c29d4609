package feed

import (
	"context"
	"errors"
	"math/rand"
	"slices"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

// broker is a Kafka in memory that fails in the ways of a real one: a message is refused,
// stored although its sender hears an error, or stored late.
type broker struct {
	mu      sync.Mutex
	topics  map[string][]kafka.Message // in the order of offsets
	random  *rand.Rand
	faults  float64       // share of messages
	late    time.Duration // how late a message may arrive at most
	largest int
	pending sync.WaitGroup
	created []string // topics that the next prepare makes
	refuse  error    // what every attempt meets
	delay   int      // of how many batches from now one outlasts its time-out; 0: none
	held    int      // messages of the largest call
}

func newBroker(seed int64) *broker {
	return &broker{topics: map[string][]kafka.Message{}, random: rand.New(rand.NewSource(seed)), largest: 1 << 20}
}

var errBroken = errors.New("connection lost")

func (b *broker) prepare(context.Context) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.random.Float64() < b.faults {
		return nil, errBroken
	}
	created := b.created
	b.created = nil
	return created, nil
}

func (b *broker) close() {}

func (b *broker) control(_ context.Context, hub string) (Control, error) {
	c := Control{Hub: hub}
	for _, m := range b.messages(topicName("t", topicControl)) {
		if err := c.take(&Message{Key: m.Key, Value: m.Value}); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (b *broker) rows(_ context.Context, topic string, show func(int, *Message) error) error {
	for _, m := range b.messages(topic) {
		if err := show(0, &Message{Key: m.Key, Value: m.Value, Headers: m.Headers}); err != nil {
			return err
		}
	}
	return nil
}

// partitions of a topic; those of one call to the same partition are one batch, which
// arrives as a whole or not at all.
const partitions = 3

func (b *broker) produce(ctx context.Context, topic string, messages []kafka.Message) []error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = max(b.held, len(messages))
	batches := map[int][]int{}
	for i, m := range messages {
		p := kafka.Murmur2Balancer{}.Balance(m, 0, 1, 2)
		batches[p] = append(batches[p], i)
	}
	errs, failed := make([]error, len(messages)), false
	for p := range partitions {
		var batch []kafka.Message
		for _, i := range batches[p] {
			batch = append(batch, messages[i])
		}
		if err := b.batch(ctx, topic, batch); err != nil {
			failed = true
			for _, i := range batches[p] {
				errs[i] = err
			}
		}
	}
	if !failed {
		return nil
	}
	return errs
}

func (b *broker) batch(ctx context.Context, topic string, batch []kafka.Message) error {
	for _, m := range batch {
		if len(m.Value) > b.largest {
			return errTooLarge
		}
	}
	if b.delay > 0 {
		if b.delay--; b.delay == 0 {
			b.storeLater(topic, batch)
			b.mu.Unlock()
			<-ctx.Done()
			b.mu.Lock()
			return ctx.Err()
		}
	}
	switch fate := b.random.Float64(); {
	case b.refuse != nil:
		return b.refuse
	case ctx.Err() != nil:
		return ctx.Err()
	case fate < b.faults/3:
		return errBroken
	case fate < 2*b.faults/3:
		b.store(topic, batch)
		return errBroken
	case fate < b.faults:
		b.storeLater(topic, batch)
		return errBroken
	}
	b.store(topic, batch)
	return nil
}

func (b *broker) store(topic string, batch []kafka.Message) {
	b.topics[topic] = append(b.topics[topic], batch...)
}

func (b *broker) storeLater(topic string, batch []kafka.Message) {
	wait := time.Duration(b.random.Int63n(int64(b.late)))
	b.pending.Add(1)
	go func() {
		defer b.pending.Done()
		time.Sleep(wait)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.store(topic, batch)
	}()
}

func (b *broker) setFaults(share float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = share
}

func (b *broker) messages(topic string) []kafka.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.topics[topic])
}

// compacted is what compaction leaves: the last message of each key, tombstones too.
func compacted(messages []kafka.Message) map[string]kafka.Message {
	out := map[string]kafka.Message{}
	for _, m := range messages {
		out[string(m.Key)] = m
	}
	return out
}

func header(m *kafka.Message, name string) string {
	for _, h := range m.Headers {
		if h.Key == name {
			return string(h.Value)
		}
	}
	return ""
}
