package proof

import (
	"context"

	"kartoteka/feed"
)

// What is read, as package feed has it.
type (
	Span    = feed.Span
	Message = feed.Message
)

// Source is where topics are read; [feed.Brokers] is one.
type Source interface {
	// Spans tells what the partitions of a topic hold now.
	Spans(ctx context.Context, topic string) ([]Span, error)
	// Read shows the messages of a span in order. Compaction may have taken any of them.
	Read(ctx context.Context, topic string, s Span, show func(*Message) error) error
}
