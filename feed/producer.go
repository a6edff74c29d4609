package feed

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/segmentio/kafka-go"
)

// producer sends messages to a topic and waits until all replicas have them. It gives one
// error per message, or nil when all arrived; a message with an error may still arrive. It
// never sends anything twice by itself: the dispatcher must see each failure.
type producer interface {
	produce(ctx context.Context, topic string, messages []kafka.Message) []error
	// prepare is called before the first message, with each new lease; it tells which topics it made.
	prepare(ctx context.Context) (created []string, err error)
	// rows shows the messages of a topic from the beginning to where it ends now, partition by partition.
	rows(ctx context.Context, topic string, show func(partition int, m *Message) error) error
	// control reads a hub's record of the control topic.
	control(ctx context.Context, hub string) (Control, error)
	close()
}

// errTooLarge says that the broker will never take the message.
var errTooLarge = errors.New("feed: message too large")

// unsent reports whether an error says for certain that the message did not arrive and never
// will: the broker refused it, or nobody was there.
func unsent(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return true
	}
	return denied(err) || isOne(err, kafka.UnknownTopicOrPartition, kafka.LeaderNotAvailable, kafka.NotLeaderForPartition,
		kafka.InvalidTopic, kafka.NotEnoughReplicas)
}

// writer is the producer of a real broker. kafka-go keeps one goroutine for each partition,
// which sends batch after batch, so messages of one call and one key stay in order.
type writer struct {
	kafka   *kafka.Writer
	options *Options
}

func newWriter(o *Options) *writer {
	return &writer{options: o, kafka: &kafka.Writer{Addr: kafka.TCP(o.Brokers...), Transport: o.Transport, Balancer: kafka.Murmur2Balancer{}, RequiredAcks: kafka.RequireAll,
		MaxAttempts: 1, BatchTimeout: 5 * time.Millisecond, BatchSize: o.Window, BatchBytes: int64(o.MaxMessage + overhead),
		WriteTimeout: o.ProduceTimeout, ReadTimeout: o.ProduceTimeout}}
}

func (w *writer) produce(ctx context.Context, topic string, messages []kafka.Message) []error {
	addressed := make([]kafka.Message, len(messages))
	for i, m := range messages {
		m.Topic = topic
		addressed[i] = m
	}
	err := w.kafka.WriteMessages(ctx, addressed...)
	if err == nil {
		return nil
	}
	errs := make([]error, len(messages))
	var each kafka.WriteErrors
	if errors.As(err, &each) {
		copy(errs, each)
	} else {
		for i := range errs {
			errs[i] = err
		}
	}
	for i := range errs {
		if errors.Is(errs[i], kafka.MessageSizeTooLarge) {
			errs[i] = errTooLarge
		}
	}
	return errs
}

func (w *writer) prepare(ctx context.Context) ([]string, error) { return ensureTopics(ctx, w.options) }

func (w *writer) close() { _ = w.kafka.Close() }
