package feedtest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/apiversions"
	"github.com/segmentio/kafka-go/protocol/createtopics"
	"github.com/segmentio/kafka-go/protocol/describeconfigs"
	"github.com/segmentio/kafka-go/protocol/fetch"
	"github.com/segmentio/kafka-go/protocol/listoffsets"
	"github.com/segmentio/kafka-go/protocol/metadata"
	"github.com/segmentio/kafka-go/protocol/produce"
)

// spoken are the requests that the broker understands and the newest version of each.
var spoken = []apiversions.ApiKeyResponse{
	{ApiKey: int16(protocol.Produce), MinVersion: 3, MaxVersion: 7},
	{ApiKey: int16(protocol.Fetch), MinVersion: fetchVersion, MaxVersion: fetchVersion},
	{ApiKey: int16(protocol.ListOffsets), MinVersion: 1, MaxVersion: 1},
	{ApiKey: int16(protocol.Metadata), MinVersion: 1, MaxVersion: 5},
	{ApiKey: int16(protocol.ApiVersions), MaxVersion: 2},
	{ApiKey: int16(protocol.CreateTopics), MaxVersion: 3},
	{ApiKey: int16(protocol.DescribeConfigs), MaxVersion: 1},
}

const fetchVersion = 5

// errLost ends a connection: the producer gets no answer.
var errLost = errors.New("the answer is lost")

// answer answers one request; an error ends the connection.
func (b *Broker) answer(w io.Writer, version int16, id int32, request protocol.Message) error {
	var response protocol.Message
	var err error
	switch r := request.(type) {
	case *apiversions.Request:
		response = &apiversions.Response{ApiKeys: spoken}
	case *metadata.Request:
		response, err = b.metadata(r)
	case *createtopics.Request:
		response = b.createTopics(r)
	case *describeconfigs.Request:
		response = b.describe(r)
	case *listoffsets.Request:
		response = b.listOffsets(r)
	case *produce.Request:
		response, err = b.produce(r)
	case *fetch.Request:
		return b.fetch(w, id, r)
	default:
		err = fmt.Errorf("broker: request %T is not understood", request)
	}
	if err != nil {
		return err
	}
	return protocol.WriteResponse(w, version, id, response)
}

func (b *Broker) metadata(r *metadata.Request) (*metadata.Response, error) {
	host, port, err := net.SplitHostPort(b.address)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(port, 10, 32)
	out := &metadata.Response{Brokers: []metadata.ResponseBroker{{NodeID: 1, Host: host, Port: int32(number)}}, ControllerID: 1}
	b.mu.Lock()
	defer b.mu.Unlock()
	names := r.TopicNames
	if names == nil {
		for name := range b.topics {
			names = append(names, name)
		}
	}
	for _, name := range names {
		t := metadata.ResponseTopic{Name: name}
		if b.topics[name] == nil {
			t.ErrorCode = int16(kafka.UnknownTopicOrPartition)
		} else {
			for p := range b.topics[name].partitions {
				t.Partitions = append(t.Partitions, metadata.ResponsePartition{PartitionIndex: int32(p), LeaderID: 1, ReplicaNodes: []int32{1}, IsrNodes: []int32{1}})
			}
		}
		out.Topics = append(out.Topics, t)
	}
	return out, err
}

func (b *Broker) createTopics(r *createtopics.Request) *createtopics.Response {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := &createtopics.Response{}
	for _, wanted := range r.Topics {
		made := createtopics.ResponseTopic{Name: wanted.Name}
		switch {
		case b.topics[wanted.Name] != nil:
			made.ErrorCode = int16(kafka.TopicAlreadyExists)
		case b.closed[wanted.Name]:
			made.ErrorCode = int16(kafka.TopicAuthorizationFailed)
		default:
			t := &topic{partitions: make([][]kafka.Message, max(1, wanted.NumPartitions))}
			for _, c := range wanted.Configs {
				if c.Name == "cleanup.policy" {
					t.policy = c.Value
				}
			}
			b.topics[wanted.Name] = t
		}
		out.Topics = append(out.Topics, made)
	}
	return out
}

func (b *Broker) describe(r *describeconfigs.Request) *describeconfigs.Response {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := &describeconfigs.Response{}
	for _, asked := range r.Resources {
		found := describeconfigs.ResponseResource{ResourceType: asked.ResourceType, ResourceName: asked.ResourceName}
		if t := b.topics[asked.ResourceName]; t != nil {
			found.ConfigEntries = []describeconfigs.ResponseConfigEntry{{ConfigName: "cleanup.policy", ConfigValue: t.policy}}
		}
		out.Resources = append(out.Resources, found)
	}
	return out
}

func (b *Broker) listOffsets(r *listoffsets.Request) *listoffsets.Response {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := &listoffsets.Response{}
	for _, t := range r.Topics {
		found := listoffsets.ResponseTopic{Topic: t.Topic}
		for _, p := range t.Partitions {
			answer := listoffsets.ResponsePartition{Partition: p.Partition, Timestamp: -1}
			if stored := b.partition(t.Topic, p.Partition); p.Timestamp == kafka.LastOffset {
				answer.Offset = int64(len(stored))
			}
			found.Partitions = append(found.Partitions, answer)
		}
		out.Topics = append(out.Topics, found)
	}
	return out
}

// partition needs the lock; an unknown one is empty.
func (b *Broker) partition(name string, number int32) []kafka.Message {
	if t := b.topics[name]; t != nil && int(number) < len(t.partitions) {
		return t.partitions[number]
	}
	return nil
}

func (b *Broker) produce(r *produce.Request) (*produce.Response, error) {
	out := &produce.Response{}
	for _, t := range r.Topics {
		fate := b.fateOf(t.Topic)
		answer := produce.ResponseTopic{Topic: t.Topic}
		for _, p := range t.Partitions {
			messages, err := messagesOf(t.Topic, p.RecordSet.Records)
			if err != nil {
				return nil, err
			}
			answer.Partitions = append(answer.Partitions, b.decide(fate, t.Topic, int(p.Partition), messages))
		}
		if fate != Answered {
			return nil, errLost
		}
		out.Topics = append(out.Topics, answer)
	}
	return out, nil
}

func (b *Broker) fateOf(topic string) Fate {
	b.mu.Lock()
	decide := b.fate
	b.mu.Unlock()
	if decide == nil {
		return Answered
	}
	return decide(topic)
}

// decide stores messages now, later or not at all.
func (b *Broker) decide(fate Fate, name string, partition int, messages []kafka.Message) produce.ResponsePartition {
	answer := produce.ResponsePartition{Partition: int32(partition)}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	switch {
	case t == nil || partition >= len(t.partitions):
		answer.ErrorCode = int16(kafka.UnknownTopicOrPartition)
	case fate == StoredLate:
		b.late.Add(1)
		time.AfterFunc(b.delay, func() {
			defer b.late.Done()
			b.mu.Lock()
			defer b.mu.Unlock()
			t.append(partition, messages)
		})
	case fate != RequestLost:
		answer.BaseOffset = t.append(partition, messages)
	}
	return answer
}

func messagesOf(topic string, records protocol.RecordReader) (out []kafka.Message, err error) {
	for records != nil {
		r, err := records.ReadRecord()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		m := kafka.Message{Topic: topic, Time: r.Time}
		if m.Key, err = protocol.ReadAll(r.Key); err != nil {
			return nil, err
		}
		if m.Value, err = protocol.ReadAll(r.Value); err != nil {
			return nil, err
		}
		for _, h := range r.Headers {
			m.Headers = append(m.Headers, kafka.Header{Key: h.Key, Value: bytes.Clone(h.Value)})
		}
		out = append(out, m)
	}
	return out, nil
}

// fetch answers with what a partition has from an offset on, waiting for it as long as it was
// asked to. The answer is written by hand: the library's record sets begin at offset 0 always.
func (b *Broker) fetch(w io.Writer, id int32, r *fetch.Request) error {
	if len(r.Topics) != 1 || len(r.Topics[0].Partitions) != 1 {
		return errors.New("broker: one partition a fetch")
	}
	name, p := r.Topics[0].Topic, r.Topics[0].Partitions[0]
	stored := b.await(name, p.Partition, p.FetchOffset, time.Duration(r.MaxWaitTime)*time.Millisecond)
	set, err := recordSet(stored, p.FetchOffset)
	if err != nil {
		return err
	}
	out := binary.BigEndian.AppendUint32(make([]byte, 4), uint32(id))
	out = binary.BigEndian.AppendUint32(out, 0) // throttled
	out = binary.BigEndian.AppendUint32(out, 1) // topics
	out = append(binary.BigEndian.AppendUint16(out, uint16(len(name))), name...)
	out = binary.BigEndian.AppendUint32(out, 1) // partitions
	out = binary.BigEndian.AppendUint32(out, uint32(p.Partition))
	out = binary.BigEndian.AppendUint16(out, 0)                   // error
	out = binary.BigEndian.AppendUint64(out, uint64(len(stored))) // high watermark
	out = binary.BigEndian.AppendUint64(out, uint64(len(stored))) // last stable offset
	out = binary.BigEndian.AppendUint64(out, 0)                   // log start offset
	out = binary.BigEndian.AppendUint32(out, 0)                   // aborted transactions
	out = append(out, set...)
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	_, err = w.Write(out)
	return err
}

func (b *Broker) await(name string, partition int32, offset int64, most time.Duration) []kafka.Message {
	for end := time.Now().Add(most); ; time.Sleep(2 * time.Millisecond) {
		b.mu.Lock()
		stored := b.partition(name, partition)
		b.mu.Unlock()
		if int64(len(stored)) > offset || time.Now().After(end) {
			return stored
		}
	}
}

// recordSet encodes up to a thousand messages from an offset on, with its length before it.
func recordSet(stored []kafka.Message, from int64) ([]byte, error) {
	if from >= int64(len(stored)) {
		return make([]byte, 4), nil
	}
	var records []protocol.Record
	for _, m := range stored[from:min(from+1000, int64(len(stored)))] {
		r := protocol.Record{Time: m.Time, Key: protocol.NewBytes(m.Key), Value: protocol.NewBytes(m.Value)}
		r.Headers = append(r.Headers, m.Headers...)
		records = append(records, r)
	}
	var out bytes.Buffer
	set := protocol.RecordSet{Version: 2, Records: protocol.NewRecordReader(records...)}
	if _, err := set.WriteTo(&out); err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint64(out.Bytes()[4:], uint64(from)) // not covered by the checksum
	return out.Bytes(), nil
}
