package feedtest

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// Fate is what becomes of one produce request.
type Fate int

// The fates. Messages may be stored late, when the producer has long given up.
const (
	Answered Fate = iota
	ReplyLost
	RequestLost
	StoredLate
)

// Broker is a Kafka broker in memory: it speaks as much of the protocol, over TCP, as the hub and
// its consumers use.
type Broker struct {
	mu       sync.Mutex
	fate     func(topic string) Fate // of each produce; nil: all are answered
	delay    time.Duration           // of messages that are stored late
	closed   map[string]bool         // topics that nobody may create
	address  string
	listener net.Listener // nil: down
	conns    map[net.Conn]bool
	topics   map[string]*topic
	late     sync.WaitGroup
}

type topic struct {
	partitions [][]kafka.Message
	policy     string
}

// NewBroker starts a broker on a port of its own.
func NewBroker() (*Broker, error) {
	b := &Broker{address: "127.0.0.1:0", conns: map[net.Conn]bool{}, topics: map[string]*topic{}}
	if err := b.Up(); err != nil {
		return nil, err
	}
	b.address = b.listener.Addr().String()
	return b, nil
}

// StartBroker is NewBroker for a test, which also ends it.
func StartBroker(t testing.TB) *Broker {
	t.Helper()
	b, err := NewBroker()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Down)
	return b
}

// Address is HOST:PORT; it stays the same.
func (b *Broker) Address() string { return b.address }

// SetFate says what becomes of each produce from now on, nil that it is answered; and by how much
// messages are late that are to be stored late.
func (b *Broker) SetFate(fate func(topic string) Fate, late time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fate, b.delay = fate, late
}

// Forbid lets nobody create the named topics, or lets everybody if none is named.
func (b *Broker) Forbid(topics ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = map[string]bool{}
	for _, name := range topics {
		b.closed[name] = true
	}
}

// Up makes the broker reachable, with all it has stored.
func (b *Broker) Up() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listener != nil {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", b.address)
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	b.listener = l
	go b.accept(l)
	return nil
}

// Down cuts all connections and refuses new ones; what was to be stored late still is.
func (b *Broker) Down() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listener == nil {
		return
	}
	_ = b.listener.Close()
	b.listener = nil
	for c := range b.conns {
		_ = c.Close()
	}
}

// Messages returns what is stored of a topic, in the order of offsets within each partition.
func (b *Broker) Messages(name string) []kafka.Message {
	b.late.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.topics[name]; t != nil {
		return slices.Concat(t.partitions...)
	}
	return nil
}

func (b *Broker) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		b.mu.Lock()
		b.conns[c] = true
		if b.listener != l {
			_ = c.Close()
		}
		b.mu.Unlock()
		go b.serve(c)
	}
}

func (b *Broker) serve(c net.Conn) {
	defer func() {
		_ = c.Close()
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.conns, c)
	}()
	for {
		version, id, _, message, err := protocol.ReadRequest(c)
		if err != nil {
			return
		}
		if err := b.answer(c, version, id, message); err != nil {
			return
		}
	}
}

// append stores messages of one partition and returns the first offset.
func (t *topic) append(partition int, messages []kafka.Message) int64 {
	base := int64(len(t.partitions[partition]))
	for i := range messages {
		messages[i].Partition, messages[i].Offset = partition, base+int64(i)
	}
	t.partitions[partition] = append(t.partitions[partition], messages...)
	return base
}
