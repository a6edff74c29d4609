package proof

import (
	"context"
	"errors"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
)

// Options say what is verified.
type Options struct {
	Topics feed.Topics
	// Wait is how long to wait, between up to three looks, for what is on its way; 20 s by default.
	Wait time.Duration
	// Hub, if not nil, is what the topics are compared with.
	Hub Hub
	// Parked are codes whose golden record is too large to be sent: they end at an older version.
	Parked map[customer.Code]bool
	// Progress, if not nil, hears how many messages of a topic were read.
	Progress func(topic string, read int64)
}

// Hub is the present state that was published.
type Hub interface {
	// Published shows each code as it is now, in one state of the hub that was fixed before the
	// topics were looked at, and whether its last change was published and is not parked.
	Published(ctx context.Context, show func(now *customer.CodeNow, sent bool)) error
	// Known tells which of the codes the hub knows now.
	Known(ctx context.Context, codes []customer.Code) (map[customer.Code]bool, error)
	// Standing tells where the hub stands now.
	Standing(ctx context.Context) (feed.Control, error)
}

// Result is what came of it.
type Result struct {
	Codes     int64            `json:"codes"`
	Events    int64            `json:"events"`
	Repeats   int64            `json:"repeats"` // events that were seen before
	Golden    int64            `json:"golden"`
	Crosswalk int64            `json:"crosswalk"`
	Passed    int64            `json:"passed_over"` // messages that are none of the feed's
	Truncated bool             `json:"truncated"`   // retention took the first events
	Parked    int64            `json:"parked"`      // codes that are not checked, because they are parked
	Looks     int              `json:"looks"`
	Checks    []customer.Check `json:"checks"`
}

// Violated counts the violations.
func (r *Result) Violated() (n int64) {
	for i := range r.Checks {
		n += r.Checks[i].Violated
	}
	return n
}

const looks = 3

// Verify reads the topics from the beginning to where they end now, and checks them. What may be
// on its way, because the feed goes on meanwhile, is looked at again before it is told.
func Verify(ctx context.Context, from Source, o Options) (*Result, error) {
	if o.Wait == 0 {
		o.Wait = 20 * time.Second
	}
	p, err := look(ctx, from, &o, nil)
	if err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		late := p.suspects()
		if p.result.Looks = n; len(late) == 0 || n == looks {
			p.conclude()
			return &p.result, errors.Join(p.compare(ctx), p.readControl(ctx, from))
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(o.Wait / (looks - 1)):
		}
		again, err := look(ctx, from, &o, late)
		if err != nil {
			return nil, err
		}
		p.replace(late, again)
	}
}

// prover reads the topics once.
type prover struct {
	options *Options
	only    map[customer.Code]bool // nil: every code
	codes   map[customer.Code]account
	leads   map[customer.Code][2]customer.Code // of retired codes: successor by events, by golden topic
	merges  merges
	result  Result
	checks  struct{ versions, golden, successors, crosswalk, hub customer.Check }
}

// look reads everything once. Messages are sent as golden record, crosswalk, event, so the ends are
// asked for in the opposite order: of each event that is read the golden record is read, too.
func look(ctx context.Context, from Source, o *Options, only map[customer.Code]bool) (*prover, error) {
	p := &prover{options: o, only: only, codes: map[customer.Code]account{}, leads: map[customer.Code][2]customer.Code{}, merges: newMerges()}
	p.checks.versions = customer.Check{Invariant: "I6", Of: "events"}
	p.checks.golden = customer.Check{Invariant: "I7", Of: "codes"}
	p.checks.successors = customer.Check{Invariant: "I3", Of: "retired codes"}
	p.checks.crosswalk = customer.Check{Invariant: "I1", Of: "crosswalk rows"}
	p.checks.hub = customer.Check{Invariant: "hub", Of: "codes", Skipped: "not asked for; --against-hub compares"}
	t := o.Topics
	var spans [3][]Span
	for i, topic := range []string{t.Events, t.Crosswalk, t.Golden} {
		var err error
		if spans[i], err = from.Spans(ctx, topic); err != nil {
			return nil, err
		}
	}
	if err := p.readEvents(ctx, from, spans[0]); err != nil {
		return nil, err
	}
	if err := p.read(ctx, from, t.Golden, spans[2], &p.result.Golden, p.golden); err != nil {
		return nil, err
	}
	return p, p.readCrosswalk(ctx, from, spans[1])
}

// read shows the messages of a topic's partitions one after the other.
func (p *prover) read(ctx context.Context, from Source, topic string, spans []Span, count *int64, show func(*Message) error) error {
	for _, s := range spans {
		if err := from.Read(ctx, topic, s, func(m *Message) error {
			if *count++; *count%4096 == 0 && p.options.Progress != nil {
				p.options.Progress(topic, *count)
			}
			return show(m)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (p *prover) wants(code customer.Code) bool { return p.only == nil || p.only[code] }
