package consumer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"
)

// Options say what to read.
type Options struct {
	Brokers   []string
	Topic     string             // the golden topic, hub.customer.golden.v1
	Transport kafka.RoundTripper // for TLS and SASL; nil: neither
	Logger    *slog.Logger
}

// Consumer keeps a table equal to the golden topic.
type Consumer struct {
	table   Table
	options Options
	client  *kafka.Client
}

// New makes a consumer.
func New(table Table, o Options) *Consumer {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Consumer{table: table, options: o, client: &kafka.Client{Addr: kafka.TCP(o.Brokers...), Transport: o.Transport, Timeout: 10 * time.Second}}
}

// CatchUp reads to where the topic ends at the time of the call.
func (c *Consumer) CatchUp(ctx context.Context) error { return c.read(ctx, true) }

// Run reads until the context ends. It does not retry: after an error, which names what
// failed, the caller starts it again, and it goes on where the table stands.
func (c *Consumer) Run(ctx context.Context) error {
	if err := c.read(ctx, false); ctx.Err() == nil {
		return err
	}
	return nil
}

func (c *Consumer) read(ctx context.Context, once bool) error {
	ends, err := c.ends(ctx)
	if err != nil {
		return err
	}
	offsets, err := c.table.Offsets(ctx)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, end := range ends {
		r := reader{Consumer: c, partition: end.Partition, next: offsets[end.Partition]}
		last := end.LastOffset
		group.Go(func() error { return r.run(ctx, once, last) })
	}
	return group.Wait()
}

// ends tells where each partition ends now.
func (c *Consumer) ends(ctx context.Context) ([]kafka.PartitionOffsets, error) {
	topic := c.options.Topic
	meta, err := c.client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, fmt.Errorf("consumer: asking the broker about %s: %w", topic, err)
	}
	if len(meta.Topics) != 1 || meta.Topics[0].Error != nil {
		return nil, fmt.Errorf("consumer: topic %s: %w; the hub makes it when its feed starts", topic, errors.Join(topicErrors(meta)...))
	}
	var ask []kafka.OffsetRequest
	for _, p := range meta.Topics[0].Partitions {
		ask = append(ask, kafka.LastOffsetOf(p.ID))
	}
	listed, err := c.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: ask}})
	if err != nil {
		return nil, fmt.Errorf("consumer: asking where %s ends: %w", topic, err)
	}
	for _, p := range listed.Topics[topic] {
		if p.Error != nil {
			return nil, fmt.Errorf("consumer: asking where %s/%d ends: %w", topic, p.Partition, p.Error)
		}
	}
	return listed.Topics[topic], nil
}

func topicErrors(meta *kafka.MetadataResponse) (errs []error) {
	for _, t := range meta.Topics {
		errs = append(errs, t.Error)
	}
	return errs
}

// reader reads one partition.
type reader struct {
	*Consumer
	partition int
	next      int64
}

// run reads until the context ends, or with once up to the offset last. Where compaction
// took the last messages a partition ends before that: then three fetches bring nothing.
func (r *reader) run(ctx context.Context, once bool, last int64) error {
	for idle := 0; !once || r.next < last && idle < 3; {
		before := r.next
		if err := r.step(ctx); err != nil {
			return fmt.Errorf("consumer: %s/%d: %w", r.options.Topic, r.partition, err)
		}
		idle++
		if r.next != before {
			idle = 0
		}
	}
	return nil
}

// step fetches once and applies what came.
func (r *reader) step(ctx context.Context) error {
	response, err := r.client.Fetch(ctx, &kafka.FetchRequest{Topic: r.options.Topic, Partition: r.partition, Offset: r.next,
		MinBytes: 1, MaxBytes: 4 << 20, MaxWait: 500 * time.Millisecond})
	if err != nil {
		return err
	}
	if errors.Is(response.Error, kafka.OffsetOutOfRange) { // retention passed by, or a new topic: what is known stays known
		r.next = response.LogStartOffset
		return nil
	}
	if response.Error != nil {
		return response.Error
	}
	rows, next, err := r.rows(response.Records)
	if err != nil || next == r.next {
		return err
	}
	if err := r.table.Apply(ctx, r.partition, next, newest(rows)); err != nil {
		return err
	}
	r.next = next
	return nil
}

func (r *reader) rows(records kafka.RecordReader) (rows []Row, next int64, err error) {
	next = r.next
	for {
		record, err := records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return rows, next, nil
		}
		if err != nil {
			return nil, 0, err
		}
		if record.Offset < r.next {
			continue
		}
		next = record.Offset + 1
		row, err := parse(record)
		if err != nil {
			r.options.Logger.Warn("message passed over", "partition", r.partition, "offset", record.Offset, "error", err)
			continue
		}
		rows = append(rows, row)
	}
}

func parse(record *kafka.Record) (Row, error) {
	key, err := kafka.ReadAll(record.Key)
	if err != nil {
		return Row{}, err
	}
	value, err := kafka.ReadAll(record.Value)
	if err != nil {
		return Row{}, err
	}
	return Parse(key, value, func(name string) string {
		for _, h := range record.Headers {
			if h.Key == name {
				return string(h.Value)
			}
		}
		return ""
	})
}
