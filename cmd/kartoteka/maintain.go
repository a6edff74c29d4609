package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/store"
)

type maintainCommand struct {
	DryRun bool `help:"Show what would change and change nothing."`
}

func (*maintainCommand) Help() string {
	return `Counts blocking keys that were closed, because too many records carried them, and values that weigh
nothing, because too many customers shared them, again. What fell below its limit counts again, and
the records that it joins are evaluated anew. Crossing up takes effect at once, without this.

Example:

    $ kartoteka maintain
    $ kartoteka maintain --dry-run --output json`
}

type maintainSummary struct {
	resolve.Outcome
	Seconds float64 `json:"seconds"`
}

func (c *maintainCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := errors.Join(h.loaded(), h.writable()); err != nil {
			return output{}, err
		}
		start := time.Now()
		var outcome resolve.Outcome
		err := h.InLongLane(ctx, func(tx *store.Tx) (err error) {
			if outcome, err = resolve.Maintain(ctx, h.rules.rules, tx); err != nil {
				return err
			}
			if c.DryRun {
				return errDryRun
			}
			return failpoint.Pass("maintain.written")
		})
		if err == nil {
			err = failpoint.Pass("maintain.committed")
		}
		if err != nil && !errors.Is(err, errDryRun) {
			return output{}, err
		}
		s := maintainSummary{outcome, time.Since(start).Seconds()}
		return output{summary: s, human: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%d records evaluated again: %d codes made, %d joined into others, %d split, %d changes\n",
				s.ReachedRecords, s.Created, s.Merged, s.Split, s.Changes)
			return err
		}}, nil
	})
}
