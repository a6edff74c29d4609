package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"kartoteka/customer"
	"kartoteka/feed"
)

const (
	cureControl = "somebody else writes to the control topic: take the right to Write from all but the hub, and restart kartoteka serve, which writes its record anew"
	cureBehind  = "the database is older than what was published: kartoteka restore confirm, or restore a newer one"
)

// readControl checks the records of the control topic, and the hub against its own. An installation
// that never published with a control topic has none.
func (p *prover) readControl(ctx context.Context, from Source) error {
	c := customer.Check{Invariant: "control", Of: "control records"}
	topic := p.options.Topics.Control
	said := map[string]feed.Control{}
	spans, err := from.Spans(ctx, topic)
	if errors.Is(err, feed.ErrAbsent) {
		c.Skipped = "there is no control topic yet; kartoteka serve makes it"
		p.result.Checks = append(p.result.Checks, c)
		return nil
	}
	if err == nil {
		err = p.read(ctx, from, topic, spans, &c.Checked, func(m *Message) error {
			var r feed.Control
			if json.Unmarshal(m.Value, &r) == nil && r.Hub == string(m.Key) && r.Epoch > 0 {
				said[r.Hub] = said[r.Hub].Join(r)
			} else {
				c.Add(customer.Violation{What: "a record of the control topic is none of the hub's", Cure: cureControl})
			}
			return nil
		})
	}
	if err == nil && p.options.Hub != nil {
		err = p.behind(ctx, said, &c)
	}
	p.result.Checks = append(p.result.Checks, c)
	return err
}

// behind asks the hub where it stands after the topic was read, as it goes on meanwhile.
func (p *prover) behind(ctx context.Context, said map[string]feed.Control, c *customer.Check) error {
	now, err := p.options.Hub.Standing(ctx)
	if err != nil {
		return err
	}
	if r := said[now.Hub]; !r.Reached(now) {
		c.Add(customer.Violation{What: fmt.Sprintf("the hub stands at position %d of epoch %d and serial %d, its control record at position %d of epoch %d and serial %d",
			now.Position, now.Epoch, now.Serial, r.Position, r.Epoch, r.Serial), Cure: cureBehind})
	}
	return nil
}
