package feed

import (
	"context"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
)

// sender sends until it succeeds.
type sender struct {
	to      producer
	valid   func() error // whether the lease still outlasts one attempt
	failed  func(topic string, messages int, err error)
	tooBig  func(topic string, m *kafka.Message)
	timeout time.Duration
	pause   time.Duration // after the first failure; doubles up to 32 times
}

// send sends messages with different keys to a topic, and again those that failed, until all
// arrived; those that are too large are told to tooBig and left out. It gives up when the
// context or the lease ends. Uncertain says that some attempt failed, so that an older copy
// of a message may still arrive later.
func (s *sender) send(ctx context.Context, topic string, messages []kafka.Message) (uncertain bool, err error) {
	for attempt := 0; len(messages) > 0; attempt++ {
		if err := s.valid(); err != nil {
			return uncertain, err
		}
		errs := s.attempt(ctx, topic, messages)
		if errs == nil {
			return uncertain, nil
		}
		if messages, err = s.remaining(ctx, topic, messages, errs); len(messages) == 0 {
			return uncertain, nil
		}
		uncertain = true
		s.failed(topic, len(messages), err)
		if err := sleep(ctx, s.pause<<min(attempt, 5)); err != nil {
			return uncertain, err
		}
	}
	return uncertain, nil
}

func (s *sender) attempt(ctx context.Context, topic string, messages []kafka.Message) []error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.to.produce(ctx, topic, messages)
}

// remaining are the messages to send again. A broker refuses a whole batch for one message,
// so those of a batch that was too large are tried alone.
func (s *sender) remaining(ctx context.Context, topic string, messages []kafka.Message, errs []error) (again []kafka.Message, last error) {
	for i := range messages {
		err := errs[i]
		if errors.Is(err, errTooLarge) {
			if alone := s.attempt(ctx, topic, messages[i:i+1]); alone == nil {
				err = nil
			} else if err = alone[0]; errors.Is(err, errTooLarge) {
				s.tooBig(topic, &messages[i])
				err = nil
			}
		}
		if err != nil {
			again, last = append(again, messages[i]), err
		}
	}
	return again, last
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
