package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"kartoteka/api"
)

type feedTailCommand struct {
	After  int64 `default:"-1" placeholder:"POSITION" help:"Print what comes after this position, from the first change with 0; else the last 20."`
	Follow bool  `short:"f" help:"Go on printing until interrupted; as JSON one change a line."`
}

func (*feedTailCommand) Help() string {
	return `Prints the change log of the database: position, time, code, version, what happened to it, and the
attributes that changed. It holds no values; show and export do.

Example:

    $ kartoteka feed tail
    $ kartoteka feed tail --after 0 --follow --output json`
}

const (
	// tailRows is how many changes are printed when no position is named.
	tailRows = 20
	// tailPage is how many are read at once.
	tailPage = 1000
)

func (c *feedTailCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		last, err := h.Last(ctx)
		if err != nil {
			return output{}, err
		}
		after := c.After
		if after < 0 {
			after = max(0, last-tailRows)
		}
		if c.Follow {
			return output{streamed: true}, c.follow(ctx, a, h, after)
		}
		return c.page(ctx, a, h, after, last)
	})
}

// follow prints changes as they are committed, until the context ends.
func (c *feedTailCommand) follow(ctx context.Context, a *app, h *hub, after int64) error {
	for ctx.Err() == nil {
		changes, err := h.Changes(ctx, after, tailPage)
		if err == nil && len(changes) == 0 {
			err = h.Await(ctx, after)
		}
		if err != nil {
			break
		}
		for i := range changes {
			if err := a.writeChange(a.out, api.ChangeOf(&changes[i])); err != nil {
				return err
			}
			after = changes[i].Position
		}
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // interrupted: that is how following ends
	}
	_, err := h.Last(ctx)
	return err
}

// page prints what there is now.
func (c *feedTailCommand) page(ctx context.Context, a *app, h *hub, after, last int64) (output, error) {
	list := []api.Change{}
	stream := a.globals.Output != "json" // for people each page is printed as it is read
	for after < last {
		changes, err := h.Changes(ctx, after, tailPage)
		if err != nil {
			return output{}, err
		}
		if len(changes) == 0 {
			break
		}
		for i := range changes {
			change := api.ChangeOf(&changes[i])
			if !stream {
				list = append(list, change)
			} else if err := a.writeChange(a.out, change); err != nil {
				return output{}, err
			}
			after = change.Position
		}
	}
	return output{summary: map[string]any{"changes": len(list), "last_position": last}, result: list}, nil
}

// writeChange prints one change as a line.
func (a *app) writeChange(w io.Writer, c api.Change) error {
	if a.globals.Output == "json" {
		return json.NewEncoder(w).Encode(c)
	}
	text := fmt.Sprintf("%8d  %s  %s  v%d  %s", c.Position, c.At.Local().Format(time.DateTime), c.Code, c.Version, c.Kind)
	if c.Successor != 0 {
		text += " into " + c.Successor.String()
	}
	if len(c.Changed) > 0 {
		text += "  " + strings.Join(c.Changed, ", ")
	}
	_, err := fmt.Fprintln(w, text)
	return err
}
