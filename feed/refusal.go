package feed

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/segmentio/kafka-go"
)

var (
	// ErrTopic says that a topic exists with settings under which the feed's promises do not
	// hold; an administrator of the broker changes them.
	ErrTopic = errors.New("feed: topic has wrong settings")
	// ErrDenied says that the broker refuses this user; an administrator of the broker grants
	// what the error names, and the feed goes on by itself.
	ErrDenied = errors.New("feed: the broker refuses")
	// ErrAbsent says that a topic is not there.
	ErrAbsent = errors.New("feed: no such topic")
	// ErrBroker says that no broker answers.
	ErrBroker = errors.New("feed: no broker answers")
)

func isOne(err error, refusals ...kafka.Error) bool {
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// denied reports whether the broker knows what is asked for and does not allow it.
func denied(err error) bool {
	return isOne(err, kafka.TopicAuthorizationFailed, kafka.ClusterAuthorizationFailed, kafka.BrokerAuthorizationFailed, kafka.SASLAuthenticationFailed)
}

// hopeless reports whether the same attempt will fail until somebody does something.
func hopeless(err error) bool {
	return denied(err) || isOne(err, kafka.UnknownTopicOrPartition, kafka.InvalidTopic)
}

// Explain says what was done, to which topics, why it failed, and what helps. It wraps [ErrDenied],
// [ErrAbsent] or [ErrBroker] where one fits.
func Explain(what, topic string, err error) error {
	var dial *net.OpError
	switch {
	case errors.Is(err, kafka.SASLAuthenticationFailed):
		return fmt.Errorf("%w: %s %s: the sign-in failed; check feed.kafka.sasl", ErrDenied, what, topic)
	case denied(err):
		return fmt.Errorf("%w: %s %s: this user may not; grant Describe, Write (to publish) and Read (to verify; on the control topic to publish as well) on the topics", ErrDenied, what, topic)
	case isOne(err, kafka.UnknownTopicOrPartition):
		return fmt.Errorf("%w: %s %s: the broker does not know it; kartoteka serve makes its topics, --prefix names them", ErrAbsent, what, topic)
	case errors.As(err, &dial), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %s %s: %w; is it running, and is its address right?", ErrBroker, what, topic, err)
	}
	return fmt.Errorf("feed: %s %s: %w", what, topic, err)
}
