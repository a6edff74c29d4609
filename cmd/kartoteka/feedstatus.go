package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"kartoteka/feed"
	"kartoteka/store"
)

type feedStatusCommand struct{}

func (feedStatusCommand) Help() string {
	return `Tells how far the change log is and how far it is published to Kafka, who publishes, and which codes
are parked because their golden record is larger than a message may be; also of how many records of a source the
code has returned to it (feed.back).

Example:

    $ kartoteka feed status
    $ kartoteka feed status --output json`
}

func (feedStatusCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		s, err := h.FeedStatus(ctx, feed.Role)
		if err != nil {
			return output{}, err
		}
		backs, err := h.backs(ctx)
		if err != nil {
			return output{}, err
		}
		summary := map[string]any{"last_position": s.Last, "published_position": s.Published, "lag": s.Lag, "parked": len(s.Parked)}
		return output{summary: summary, result: feedStatusResult{s, backs}, human: func(w io.Writer) error {
			if err := writeFeedStatus(w, &s); err != nil {
				return err
			}
			return writeBacks(w, backs)
		}}, nil
	})
}

type feedStatusResult struct {
	store.FeedStatus
	Back []store.BackStatus `json:"back"` // coverage of the sources that codes return to
}

func writeFeedStatus(w io.Writer, s *store.FeedStatus) error {
	text := fmt.Sprintf("changes    %d", s.Last)
	if !s.LastAt.IsZero() {
		text += ", the last at " + s.LastAt.Local().Format(time.DateTime)
	}
	text += fmt.Sprintf("\npublished  %d", s.Published)
	if s.Lag > 0 {
		text += fmt.Sprintf(", %d behind, the oldest %s old", s.Lag, (time.Duration(s.Behind * float64(time.Second))).Round(time.Second))
	}
	switch {
	case s.Holder != "":
		text += fmt.Sprintf("\npublisher  %s, until %s", s.Holder, s.Until.Local().Format(time.TimeOnly))
	default:
		text += "\npublisher  none; kartoteka serve --brokers HOST:PORT publishes"
	}
	text += fmt.Sprintf("\nparked     %d\n", len(s.Parked))
	for _, p := range s.Parked {
		text += fmt.Sprintf("  %s  %s  position %d  %s\n", p.Code, p.Topic, p.Position, p.Reason)
	}
	for _, r := range s.Asked {
		text += fmt.Sprintf("asked      to send again %s from position %d to %d\n", cmp.Or(r.Topic, "everything"), r.After, r.Upto)
	}
	_, err := io.WriteString(w, text)
	return err
}
