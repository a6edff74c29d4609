package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/store"
)

type feedReplayCommand struct {
	feedFlags
	From  int64    `placeholder:"POSITION" help:"Send again what stands behind this position of the change log; everything with 0."`
	Code  []string `placeholder:"CODE" help:"Send again what concerns these codes only."`
	Topic string   `placeholder:"NAME" help:"Send again to this topic only: golden, events, crosswalk, or golden.VIEW."`
}

func (*feedReplayCommand) Help() string {
	return `Sends again what was published: present golden records, events as they were, the crosswalk as it is.
Consumers know repeats by (epoch, version) and drop them. The publisher does it between new changes,
whichever process it is; if there is none, this command is. It returns when everything is sent.

Example:

    $ kartoteka feed replay --from 120000 --topic events
    $ kartoteka feed replay --code 0421-3377-8120`
}

type feedRetryCommand struct {
	feedFlags
	Codes []string `arg:"" optional:"" name:"code" placeholder:"CODE" help:"Parked codes; all of them if none is named."`
}

func (*feedRetryCommand) Help() string {
	return `Sends the golden records of parked codes again, after the limits that they were too large for were
raised (the topic's max.message.bytes, feed.kafka.max_message). What is still too large stays parked,
and the exit code is 4.

Example:

    $ kartoteka feed status
    $ kartoteka feed retry`
}

func (c *feedReplayCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		asked, err := c.requests(ctx, h)
		if err != nil {
			return output{}, err
		}
		return c.carryOut(ctx, a, h, asked)
	})
}

func (c *feedReplayCommand) requests(ctx context.Context, h *hub) ([]customer.Resend, error) {
	if c.Topic != "" && !knownTopic(h.conf, c.Topic) {
		return nil, fmt.Errorf("%w: there is no topic %q; there are %s", errUsage, c.Topic, strings.Join(topicsOf(h.conf), ", "))
	}
	last, err := h.Last(ctx)
	if err != nil {
		return nil, err
	}
	if c.From < 0 || c.From > last {
		return nil, fmt.Errorf("%w: the change log runs from 0 to %d, and --from is %d", errUsage, last, c.From)
	}
	all := customer.Resend{Topic: c.Topic, After: c.From, Upto: last}
	if len(c.Code) == 0 {
		return []customer.Resend{all}, nil
	}
	codes, err := knownCodes(ctx, h, c.Code)
	var out []customer.Resend
	for _, code := range codes {
		one := all
		one.Code = code
		out = append(out, one)
	}
	return out, err
}

// knownTopic reports whether a short name is one of the hub's topics.
func knownTopic(conf *config.Config, name string) bool { return slices.Contains(topicsOf(conf), name) }

func topicsOf(conf *config.Config) []string {
	out := []string{"golden", "events", "crosswalk"}
	for i := range conf.Feed.Views {
		out = append(out, "golden."+conf.Feed.Views[i].Name)
	}
	return out
}

// knownCodes reads codes that the hub has given.
func knownCodes(ctx context.Context, h *hub, texts []string) (codes []customer.Code, err error) {
	for _, text := range texts {
		code, err := customer.ParseCode(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		codes = append(codes, code)
	}
	states, err := h.States(ctx, codes)
	if err != nil {
		return nil, err
	}
	for _, code := range codes {
		if states[code].Code == 0 {
			return nil, fmt.Errorf("code %s: %w", code, store.ErrUnknown)
		}
	}
	return codes, nil
}

type replayResult struct {
	Requests int   `json:"requests"`
	Golden   int64 `json:"golden"` // messages that this process sent; 0 if another one publishes
	Events   int64 `json:"events"`
	Rows     int64 `json:"crosswalk"`
}

// carryOut asks the publisher, and is the publisher if there is no other.
func (f *feedFlags) carryOut(ctx context.Context, a *app, h *hub, asked []customer.Resend) (output, error) {
	k, err := f.kafka(h.conf)
	if err != nil {
		return output{}, err
	}
	for _, r := range asked {
		if _, err := h.AskResend(ctx, feed.Role, r); err != nil {
			return output{}, err
		}
	}
	d, err := a.dispatcher(ctx, h, k)
	if err != nil {
		return output{}, err
	}
	ctx, stop := context.WithCancel(ctx)
	ended, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		ended <- d.Run(ctx)
	}()
	err = a.awaitResent(ctx, h, d, ended)
	stop()
	<-done
	s := d.Status()
	r := replayResult{Requests: len(asked), Golden: s.Golden, Events: s.Events, Rows: s.Crosswalk}
	return output{summary: r, result: r, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "sent again; %d golden records, %d events and %d crosswalk rows by this process\n", r.Golden, r.Events, r.Rows)
		return err
	}}, err
}

// awaitResent waits until no request is open and what this process sent is settled.
func (a *app) awaitResent(ctx context.Context, h *hub, d *feed.Dispatcher, ended <-chan error) error {
	meter := a.newMeter()
	defer meter.stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	refused := ""
	for {
		select {
		case err := <-ended:
			return errors.Join(err, ctx.Err())
		case <-tick.C:
		}
		if _, err := h.Last(ctx); err != nil { // the publisher found that the database was restored
			return err
		}
		open, err := h.Resends(ctx, feed.Role)
		if err != nil {
			return err
		}
		s := d.Status()
		if len(open) == 0 && s.Sent <= s.Published {
			return nil
		}
		if len(open) > 0 {
			meter.show("sending again", open[0].After, open[0].Upto)
		}
		if s.Refused != "" && s.Refused != refused {
			refused = s.Refused
			a.remark("%s; the request stays until it is carried out", refused)
		}
	}
}

func (c *feedRetryCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		parked, err := h.parkedNow(ctx, c.Codes)
		if err != nil || len(parked) == 0 {
			return output{summary: map[string]any{"retried": 0, "parked": 0}, human: func(w io.Writer) error {
				_, err := io.WriteString(w, "nothing is parked\n")
				return err
			}}, err
		}
		out, err := c.carryOut(ctx, a, h, parked)
		if err != nil {
			return out, err
		}
		left, err := h.parkedNow(ctx, c.Codes)
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("%w: %d of %d are still too large; kartoteka feed status names them", errRejects, len(left), len(parked))
		}
		return out, err
	})
}

// parkedNow are requests to send what is parked, of the named codes only if some are named.
func (h *hub) parkedNow(ctx context.Context, names []string) (out []customer.Resend, err error) {
	only, err := knownCodes(ctx, h, names)
	if err != nil {
		return nil, err
	}
	s, err := h.FeedStatus(ctx, feed.Role)
	for _, p := range s.Parked {
		if len(only) == 0 || slices.Contains(only, p.Code) {
			out = append(out, customer.Resend{Topic: p.Topic, Code: p.Code, After: p.Position - 1, Upto: s.Last})
		}
	}
	return out, err
}
