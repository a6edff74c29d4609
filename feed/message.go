package feed

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"kartoteka/customer"

	"github.com/segmentio/kafka-go"
)

// Event is a message of the events topic: that something happened to a code and what kind of
// thing, never a value.
type Event struct {
	Code      customer.Code       `json:"code"`
	Kind      customer.ChangeKind `json:"kind"`
	Epoch     int64               `json:"epoch"`
	Version   int64               `json:"version"`
	Position  int64               `json:"position"`
	Operation int64               `json:"operation,omitempty"` // one for all codes that one operation touched
	Successor customer.Code       `json:"successor,omitzero"`
	Changed   []string            `json:"changed,omitempty"` // names of attributes
	Moved     []Moved             `json:"moved,omitempty"`
	// MovedTotal is how many records moved when Moved, which has at most MaxMoved, is cut.
	MovedTotal int       `json:"moved_total,omitempty"`
	At         time.Time `json:"at"`
}

// MaxMoved bounds the moved records of one event; the crosswalk topic has them all.
const MaxMoved = 1000

// Moved is a source record that went from one code to another.
type Moved struct {
	RecordKey
	From customer.Code `json:"from,omitzero"`
	To   customer.Code `json:"to,omitzero"`
}

// RecordKey names a source record. Key stands only when the source's keys are not personal;
// whoever knows a key finds its KeyHash by the hub's hash key.
type RecordKey struct {
	Source  customer.Source   `json:"source,omitempty"`
	Record  customer.RecordID `json:"record"`
	Key     string            `json:"key,omitempty"`
	KeyHash string            `json:"key_hash,omitempty"`
}

// Crosswalk is a message of the crosswalk topic: the code of a source record. Consumers keep
// the greatest Position.
type Crosswalk struct {
	RecordKey
	Code     customer.Code `json:"code,omitzero"`
	Position int64         `json:"position"`
}

// keys names records on topics without saying more about a person than its source allows.
type keys struct {
	secret []byte
	plain  func(customer.Source) bool
}

func (k keys) of(id customer.RecordID, ref customer.Ref) RecordKey {
	if ref.Source == "" {
		return RecordKey{Record: id}
	}
	if hash, erased := customer.HashOfErased(ref.Key); erased {
		return RecordKey{Source: ref.Source, Record: id, KeyHash: hash}
	}
	if k.plain != nil && k.plain(ref.Source) {
		return RecordKey{Source: ref.Source, Record: id, Key: ref.Key}
	}
	return RecordKey{Source: ref.Source, Record: id, KeyHash: customer.KeyHash(k.secret, ref)}
}

// topicKey is the Kafka key of a crosswalk message.
func (r *RecordKey) topicKey() string {
	if r.Key != "" {
		return string(r.Source) + "/" + r.Key
	}
	return string(r.Source) + "/" + r.KeyHash
}

// envelope is what the CloudEvents headers of a message say.
type envelope struct {
	id, kind, source, subject string
	epoch, version            int64
	at                        time.Time
}

// headers writes CloudEvents 1.0 in binary mode; epoch and version are extensions.
func (e *envelope) headers() []kafka.Header {
	h := func(name, value string) kafka.Header { return kafka.Header{Key: name, Value: []byte(value)} }
	return []kafka.Header{h("ce_specversion", "1.0"), h("ce_id", e.id), h("ce_source", e.source),
		h("ce_type", "kartoteka.customer."+e.kind+".v1"), h("ce_subject", e.subject),
		h("ce_time", e.at.UTC().Format(time.RFC3339Nano)), h("ce_epoch", strconv.FormatInt(e.epoch, 10)),
		h("ce_version", strconv.FormatInt(e.version, 10)), h("content-type", "application/json")}
}

// goldenMessage carries the full state of a code: an active one's document, of a retired one
// the way to its successor, of an erased one nothing.
func goldenMessage(source string, s *State, at time.Time) (kafka.Message, error) {
	kind, value := "golden", s.Document
	switch s.State {
	case customer.CodeErased:
		kind, value = "erased", nil
	case customer.CodeRetired:
		d := customer.Document{Code: s.Code, State: s.State, Epoch: s.Epoch, Version: s.Version, Successor: s.Successor}
		b, err := d.JSON()
		if err != nil {
			return kafka.Message{}, err
		}
		value = b
	}
	code := s.Code.String()
	e := envelope{id: identifier(code, s.Epoch, s.Version, kind), kind: kind, source: source, subject: code, epoch: s.Epoch, version: s.Version, at: at}
	return kafka.Message{Key: []byte(code), Value: value, Headers: e.headers()}, nil
}

func identifier(code string, epoch, version int64, kind string) string {
	return fmt.Sprintf("%s/%d/%d/%s", code, epoch, version, kind)
}

// eventMessage cuts the list of moved records to what a message may hold.
func eventMessage(source string, k keys, c *customer.Change, records map[customer.RecordID]Record, most int) (kafka.Message, error) {
	e := Event{Code: c.Code, Kind: c.Kind, Epoch: c.Epoch, Version: c.Version, Position: c.Position, Operation: c.Operation,
		Successor: c.Successor, Changed: c.Fields, At: c.At.UTC()}
	for _, m := range c.Moved[:min(len(c.Moved), MaxMoved)] {
		e.Moved = append(e.Moved, Moved{RecordKey: k.of(m.Record, records[m.Record].Ref), From: m.From, To: m.To})
	}
	code := c.Code.String()
	head := envelope{id: identifier(code, c.Epoch, c.Version, string(c.Kind)), kind: string(c.Kind), source: source, subject: code,
		epoch: c.Epoch, version: c.Version, at: c.At}
	for {
		if len(e.Moved) < len(c.Moved) {
			e.MovedTotal = len(c.Moved)
		}
		m, err := message(code, &e, head.headers())
		if err != nil || len(m.Value) <= most || len(e.Moved) == 0 {
			return m, err
		}
		e.Moved = e.Moved[:len(e.Moved)/2]
	}
}

// slim gives an event that the broker found too large without its moved records: no version of a
// code may be missing from the events, and the crosswalk tells of each record.
func slim(_ string, m *kafka.Message) (kafka.Message, bool) {
	var e Event
	if json.Unmarshal(m.Value, &e) != nil || e.Kind == "" || len(e.Moved) == 0 {
		return kafka.Message{}, false
	}
	e.MovedTotal, e.Moved = max(e.MovedTotal, len(e.Moved)), nil
	smaller, err := message(string(m.Key), &e, m.Headers)
	return smaller, err == nil
}

// crosswalkMessage tells the code of a record; a record that has none is a tombstone.
func crosswalkMessage(source string, k keys, id customer.RecordID, r Record, last *customer.Change) (kafka.Message, error) {
	x := Crosswalk{RecordKey: k.of(id, r.Ref), Code: r.Code, Position: last.Position}
	head := envelope{id: fmt.Sprintf("record-%d/%d/crosswalk", id, last.Position), kind: "crosswalk", source: source,
		epoch: last.Epoch, version: last.Position, at: last.At}
	if r.Code == 0 {
		return kafka.Message{Key: []byte(x.topicKey()), Headers: head.headers()}, nil
	}
	head.subject = r.Code.String()
	return message(x.topicKey(), &x, head.headers())
}

// readCrosswalk reads a row of the crosswalk topic; false for a tombstone.
func readCrosswalk(m *Message) (x Crosswalk, ok bool) {
	ok = len(m.Value) > 0 && json.Unmarshal(m.Value, &x) == nil
	return x, ok
}

func message(key string, body any, headers []kafka.Header) (kafka.Message, error) {
	value, err := json.Marshal(body)
	if err != nil {
		return kafka.Message{}, fmt.Errorf("feed: encoding a message: %w", err)
	}
	return kafka.Message{Key: []byte(key), Value: value, Headers: headers}, nil
}
