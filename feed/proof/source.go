package proof

import (
	"context"

	"kartoteka/feed"
)

// Span is what a partition holds.
type Span = feed.Span

// Message is one as it stands in a topic.
type Message = feed.Message

// Source is where topics are read; [feed.Brokers] is one.
type Source interface {
	// Spans tells what the partitions of a topic hold now.
	Spans(ctx context.Context, topic string) ([]Span, error)
	// Read shows the messages of a span in order. Compaction may have taken any of them.
	Read(ctx context.Context, topic string, s Span, show func(*Message) error) error
}
