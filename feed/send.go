package feed

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/segmentio/kafka-go"
)

// sender sends until it succeeds.
type sender struct {
	to      producer
	valid   func() error // whether the lease still outlasts one attempt
	failed  func(topic string, messages int, err error)
	tooBig  func(topic string, m *kafka.Message)
	slim    func(topic string, m *kafka.Message) (kafka.Message, bool) // what may be sent instead of what is too large
	timeout time.Duration
	pause   time.Duration // after the first failure; doubles up to 32 times
}

// send sends messages to a topic, and again those that failed, until all
// arrived; those that are too large are told to tooBig and left out. It gives up when the
// context or the lease ends. Uncertain says that some attempt ended without a sure answer, so
// that an older copy of a message may still arrive later.
func (s *sender) send(ctx context.Context, topic string, messages []kafka.Message) (uncertain bool, err error) {
	for attempt := 0; len(messages) > 0; attempt++ {
		if err := s.valid(); err != nil {
			return uncertain, err
		}
		errs := s.attempt(ctx, topic, messages)
		if errs == nil {
			return uncertain, nil
		}
		uncertain = uncertain || slices.ContainsFunc(errs, func(err error) bool {
			return err != nil && !errors.Is(err, errTooLarge) && !unsent(err)
		})
		var alone bool
		messages, alone, err = s.remaining(ctx, topic, messages, errs)
		uncertain = uncertain || alone
		if len(messages) == 0 {
			return uncertain, nil
		}
		if attempt >= patience && hopeless(err) {
			return uncertain, Explain("sending to", topic, err)
		}
		s.failed(topic, len(messages), err)
		if err := sleep(ctx, s.pause<<min(attempt, 5)); err != nil {
			return uncertain, err
		}
	}
	return uncertain, nil
}

// patience is how often a refusal that waiting does not cure is met with another attempt; then
// the turn ends, and the topics are looked at anew.
const patience = 3

func (s *sender) attempt(ctx context.Context, topic string, messages []kafka.Message) []error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.to.produce(ctx, topic, messages)
}

// remaining are the messages to send again. A broker refuses a whole batch for one message,
// so those of a batch that was too large are tried alone.
func (s *sender) remaining(ctx context.Context, topic string, messages []kafka.Message, errs []error) (again []kafka.Message, uncertain bool, last error) {
	for i := range messages {
		err := errs[i]
		if errors.Is(err, errTooLarge) && last == nil { // behind a failed one all wait, to stay in order
			if err = s.alone(ctx, topic, messages[i]); err != nil {
				uncertain = uncertain || !unsent(err)
			}
		}
		if err != nil {
			again, last = append(again, messages[i]), err
		}
	}
	return again, uncertain, last
}

// alone sends one message; one that is too large by itself is given up.
func (s *sender) alone(ctx context.Context, topic string, m kafka.Message) error {
	errs := s.attempt(ctx, topic, []kafka.Message{m})
	if errs == nil {
		return nil
	}
	if !errors.Is(errs[0], errTooLarge) {
		return errs[0]
	}
	if smaller, ok := s.slim(topic, &m); ok {
		return s.alone(ctx, topic, smaller)
	}
	s.tooBig(topic, &m)
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
