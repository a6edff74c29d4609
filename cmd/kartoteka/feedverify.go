package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/proof"
	"kartoteka/store"
)

type feedVerifyCommand struct {
	feedFlags
	AgainstHub bool          `help:"Compare with the hub's database as well; else only what a consumer sees is read."`
	Wait       time.Duration `default:"20s" placeholder:"TIME" help:"How long to wait for what is on its way before it counts as missing."`
}

func (*feedVerifyCommand) Help() string {
	return `Reads the topics from the beginning to where they end, as a consumer would, and proves what the feed
promises: the events of each code are contiguous after dropping repeats; the golden topic ends at what
the events add up to; a retired code leads to a living one, and its successor tells of the same
operation; the crosswalk is the membership that golden records state; and, compared with the hub, that
its database is no older state than what was published. Memory grows with the number of
codes (about 140 bytes each), not of messages. Exit 1 if a promise is broken; the codes are named.

Example:

    $ kartoteka feed verify --brokers localhost:9092
    $ kartoteka feed verify --against-hub --output json`
}

// errFeedBroken says that a promise of the feed is broken; the output names the codes.
var errFeedBroken = errors.New("the feed does not keep what it promises")

func (c *feedVerifyCommand) run(ctx context.Context, a *app) (out output, err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // what is kept has no pointers, so collecting often is cheap
	var r *proof.Result
	if c.AgainstHub {
		_, err = a.withHub(ctx, func(h *hub) (output, error) {
			return output{}, h.InSnapshot(ctx, func(tx *store.Tx) error {
				r, err = c.againstHub(ctx, a, h, tx)
				return err
			})
		})
	} else {
		r, err = c.outside(ctx, a)
	}
	if err != nil {
		return output{}, err
	}
	out = output{summary: map[string]any{"codes": r.Codes, "events": r.Events, "violated": r.Violated()}, result: r,
		human: func(w io.Writer) error { return writeProof(w, r) }}
	if r.Violated() > 0 {
		return out, fmt.Errorf("%w: %d violations", errFeedBroken, r.Violated())
	}
	return out, nil
}

func (c *feedVerifyCommand) outside(ctx context.Context, a *app) (*proof.Result, error) {
	conf, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	client, k, err := c.client(conf)
	if err != nil {
		return nil, err
	}
	return c.verify(ctx, a, feed.Brokers{Client: client}, proof.Options{Topics: feed.TopicsOf(k.Prefix)})
}

func (c *feedVerifyCommand) againstHub(ctx context.Context, a *app, h *hub, tx *store.Tx) (*proof.Result, error) {
	client, k, err := c.client(h.conf)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Hub(ctx); err != nil { // from here on the transaction sees one state of the hub
		return nil, err
	}
	status, err := h.FeedStatus(ctx, feed.Role)
	if err != nil {
		return nil, err
	}
	parked := map[customer.Code]bool{}
	for _, p := range status.Parked {
		parked[p.Code] = true
	}
	return c.verify(ctx, a, feed.Brokers{Client: client}, proof.Options{Topics: feed.TopicsOf(k.Prefix), Hub: publishedHub{h, tx}, Parked: parked})
}

func (c *feedVerifyCommand) verify(ctx context.Context, a *app, from proof.Source, o proof.Options) (*proof.Result, error) {
	o.Wait = c.Wait
	meter := a.newMeter()
	defer meter.stop()
	o.Progress = func(topic string, read int64) { meter.show(topic, read, 0) }
	return proof.Verify(ctx, from, o)
}

func writeProof(w io.Writer, r *proof.Result) error {
	text := fmt.Sprintf("read       %d events (%d repeats), %d golden, %d crosswalk messages about %d codes\n", r.Events, r.Repeats, r.Golden, r.Crosswalk, r.Codes)
	if r.Truncated {
		text += "remark     the topics' retention took the first events; contiguity is checked from the first that is left\n"
	}
	if r.Parked > 0 {
		text += fmt.Sprintf("parked     %d codes, which end at an older version; kartoteka feed status names them\n", r.Parked)
	}
	if r.Passed > 0 {
		text += fmt.Sprintf("passed     %d messages that are none of the feed's\n", r.Passed)
	}
	for i := range r.Checks {
		text += proofLine(&r.Checks[i])
	}
	_, err := io.WriteString(w, text)
	return err
}

// proofTitles say what each check proves.
var proofTitles = map[string]string{"I6": "events are contiguous", "I7": "golden topic = events", "I3": "retired codes lead on",
	"I1": "crosswalk = membership", "hub": "golden topic = hub", "control": "hub is not behind"}

func proofLine(c *customer.Check) string {
	title := fmt.Sprintf("%-7s %-22s ", c.Invariant, proofTitles[c.Invariant])
	switch {
	case c.Skipped != "":
		return title + "skipped: " + c.Skipped + "\n"
	case c.Violated == 0:
		return fmt.Sprintf("%sok, %d %s\n", title, c.Checked, c.Of)
	}
	text := fmt.Sprintf("%sBROKEN %d times in %d %s\n", title, c.Violated, c.Checked, c.Of)
	for _, v := range c.Violations {
		text += fmt.Sprintf("       %s %s\n         cure: %s\n", v.Codes, v.What, v.Cure)
	}
	return text
}
