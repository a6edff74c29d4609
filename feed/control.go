package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
)

// Control is how far a hub was when it published: its record in the control topic, which outlives the
// hub's database and its state directory.
type Control struct {
	Hub      string `json:"hub"` // identifies the hub, through all restores; the record's key
	Epoch    int64  `json:"epoch"`
	Position int64  `json:"position"` // of the change log
	Serial   int64  `json:"serial"`   // the next one to be given
}

// ErrBehind says that the hub is behind its control record: its database is an older state of itself, or a copy.
var ErrBehind = errors.New("feed: the hub is behind what it published")

// topicControl is the short name of the topic that consumers do not read.
const topicControl = "control"

// controlEvery is how often a leader writes the control record at most.
const controlEvery = time.Second

// Reached reports whether a hub that stands somewhere is at its control record, or beyond.
func (c Control) Reached(now Control) bool {
	return now.Epoch >= c.Epoch && now.Position >= c.Position && now.Serial >= c.Serial
}

// Behind says how a hub that stands somewhere is behind its control record; "" if it is not.
func (c Control) Behind(prefix string, now Control) string {
	if c.Reached(now) {
		return ""
	}
	return fmt.Sprintf("the database ends at position %d of epoch %d, its next serial is %d, and topic %s knows of position %d of epoch %d and serial %d",
		now.Position, now.Epoch, now.Serial, TopicsOf(prefix).Control, c.Position, c.Epoch, c.Serial)
}

// Join is the record and another one of its hub. It never forgets: one that was late may stand behind a newer one.
func (c Control) Join(other Control) Control {
	return Control{other.Hub, max(c.Epoch, other.Epoch), max(c.Position, other.Position), max(c.Serial, other.Serial)}
}

// ReadControl reads a hub's control record; it is zero, but for its name, where nothing was published.
// The error wraps [ErrBroker] or [ErrDenied] if the brokers cannot be asked.
func ReadControl(ctx context.Context, from Brokers, prefix, hub string) (Control, error) {
	c, topic := Control{Hub: hub}, TopicsOf(prefix).Control
	spans, err := from.Spans(ctx, topic)
	if errors.Is(err, ErrAbsent) {
		return c, nil
	}
	for _, s := range spans {
		if err = from.Read(ctx, topic, s, c.take); err != nil {
			break
		}
	}
	return c, err
}

// take joins a message of the topic, if it is about the hub.
func (c *Control) take(m *Message) error {
	if string(m.Key) != c.Hub || m.Value == nil {
		return nil
	}
	var said Control
	if err := json.Unmarshal(m.Value, &said); err != nil {
		return fmt.Errorf("feed: the control record of hub %s is damaged: %w", c.Hub, err)
	}
	*c = c.Join(said)
	return nil
}

func (c Control) message(source string) (kafka.Message, error) {
	value, err := json.Marshal(c)
	head := envelope{id: fmt.Sprintf("%s/%d/%d", c.Hub, c.Epoch, c.Position), kind: topicControl, source: source, subject: c.Hub,
		epoch: c.Epoch, version: c.Position, at: time.Now()}
	return kafka.Message{Key: []byte(c.Hub), Value: value, Headers: head.headers()}, err
}

// control implements producer.
func (w *writer) control(ctx context.Context, hub string) (Control, error) {
	client := &kafka.Client{Addr: kafka.TCP(w.options.Brokers...), Transport: w.options.Transport, Timeout: w.options.ProduceTimeout}
	return ReadControl(ctx, Brokers{Client: client}, w.options.Prefix, hub)
}

// recall compares the hub with its control record before anything is published.
func (l *leader) recall() error {
	o := &l.d.options
	if o.Standing == nil {
		return nil
	}
	now, err := o.Standing(l.ctx)
	if err != nil {
		return err
	}
	if l.told, err = l.sender.to.control(l.ctx, now.Hub); err != nil {
		return err
	}
	if now, err = o.Standing(l.ctx); err != nil { // once more: another process may have gone on meanwhile
		return err
	}
	l.stood = now
	why := l.told.Behind(o.Prefix, now)
	if why == "" {
		return nil
	}
	return errors.Join(fmt.Errorf("%w: %s; look at it, then run kartoteka restore confirm", ErrBehind, why), o.Restored(l.ctx, why))
}

// testify lets the control topic know of what was published since the last time.
func (l *leader) testify() error {
	if !l.untold() || time.Since(l.toldAt) < controlEvery {
		return nil
	}
	now, err := l.d.options.Standing(l.ctx)
	if err != nil {
		return l.fail(err)
	}
	now = l.told.Join(now)
	m, err := now.message(l.d.options.Source)
	if err == nil {
		_, err = l.send(topicControl, []kafka.Message{m})
	}
	if err == nil {
		l.told, l.toldAt = now, time.Now()
	}
	return l.fail(err)
}

// untold reports whether the topic lacks something: of what this leader sent, or of where it found the hub.
func (l *leader) untold() bool {
	return l.d.options.Standing != nil && (l.sent > l.told.Position || l.told.Join(l.stood) != l.told)
}

// leave writes the control record a last time, with one attempt, while the lease is still there.
func (l *leader) leave(ctx context.Context) {
	if !l.untold() || isLost(context.Cause(l.ctx)) || time.Now().Add(l.d.options.ProduceTimeout).UnixNano() > l.until.Load() {
		return
	}
	now, err := l.d.options.Standing(ctx)
	if err != nil {
		return // whoever leads next writes it
	}
	if m, err := l.told.Join(now).message(l.d.options.Source); err == nil {
		l.sender.attempt(ctx, TopicsOf(l.d.options.Prefix).Control, []kafka.Message{m})
	}
}
