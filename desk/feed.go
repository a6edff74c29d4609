package desk

import (
	"context"
	"fmt"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// Topics are where the versions of customers are published; the zero one is a hub without Kafka.
type Topics struct {
	Role   string // under which the publisher notes how far it is
	Golden string // carries the present state
	Events string // carries every version
}

// Feed is what the feed has told of a code.
type Feed struct {
	Code   customer.Code `json:"code"`
	Golden string        `json:"golden_topic,omitempty"` // "" without Kafka: the feed is read over HTTP only
	Events string        `json:"events_topic,omitempty"`
	// Published is the position up to which everything is on the topics.
	Published int64          `json:"published_position"`
	Parked    []store.Parked `json:"parked,omitempty"` // too large for a topic
	Changes   []FeedChange   `json:"changes"`          // the newest first
}

// FeedChange is a version as the feed tells it. Consumers read it over HTTP as soon as it is made.
type FeedChange struct {
	store.Happening
	Published bool `json:"published"` // to the topic of events
}

// Feed tells which versions of a code were published, the newest first, at most limit.
func (d *Desk) Feed(ctx context.Context, who resolve.Who, limit int) (*Feed, error) {
	if limit < 1 || limit > maxTasks {
		return nil, invalid("limit is a number from 1 to %d", maxTasks)
	}
	f := &Feed{Golden: d.options.Topics.Golden, Events: d.options.Topics.Events, Changes: []FeedChange{}}
	err := d.look(ctx, access.ReadHistory, func(s *sight) error { return f.read(s, who, limit) })
	return shown(ctx, d, f, err, access.ReadHistory, func(f *Feed) []customer.Code { return only(f.Code) })
}

func (f *Feed) read(s *sight, who resolve.Who, limit int) (err error) {
	if f.Code, err = s.codeThen(who, s.desk.options.Now()); err != nil {
		return err
	}
	happened, err := s.tx.Happenings(s.ctx, f.Code, limit)
	if err == nil && len(happened) == 0 {
		err = fmt.Errorf("code %s: %w", f.Code, ErrUnknown)
	}
	if err != nil {
		return err
	}
	if f.Published, f.Parked, err = s.tx.FeedReach(s.ctx, s.desk.options.Topics.Role, f.Code); err != nil {
		return err
	}
	s.conceal(happened)
	for i := range happened {
		f.Changes = append(f.Changes, FeedChange{happened[i], f.Events != "" && happened[i].Position <= f.Published})
	}
	return nil
}
