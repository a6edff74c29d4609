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
}

func newBroker(seed int64) *broker {
	return &broker{topics: map[string][]kafka.Message{}, random: rand.New(rand.NewSource(seed)), largest: 1 << 20}
}

var errBroken = errors.New("connection lost")

func (b *broker) prepare(context.Context) error { return nil }
func (b *broker) close()                        {}

func (b *broker) produce(ctx context.Context, topic string, messages []kafka.Message) []error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var errs []error
	for i, m := range messages {
		var err error
		switch fate := b.random.Float64(); {
		case len(m.Value) > b.largest:
			err = errTooLarge
		case ctx.Err() != nil:
			err = ctx.Err()
		case fate < b.faults/3:
			err = errBroken
		case fate < 2*b.faults/3:
			b.store(topic, m)
			err = errBroken
		case fate < b.faults:
			b.storeLater(topic, m)
			err = errBroken
		default:
			b.store(topic, m)
		}
		if err != nil && errs == nil {
			errs = make([]error, len(messages))
		}
		if err != nil {
			errs[i] = err
		}
	}
	return errs
}

func (b *broker) store(topic string, m kafka.Message) { b.topics[topic] = append(b.topics[topic], m) }

func (b *broker) storeLater(topic string, m kafka.Message) {
	wait := time.Duration(b.random.Int63n(int64(b.late)))
	b.pending.Add(1)
	go func() {
		defer b.pending.Done()
		time.Sleep(wait)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.store(topic, m)
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
