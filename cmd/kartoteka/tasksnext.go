package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"kartoteka/desk"
	"kartoteka/phrases"
)

type tasksNextCommand struct {
	taskFilters
	Claim  bool          `help:"Claim it: nobody else gets it meanwhile, and nobody else can answer it."`
	For    time.Duration `default:"5m" help:"How long a claim holds."`
	Beyond bool          `help:"Go on when the day's number of questions is answered."`
}

func (*tasksNextCommand) Help() string {
	return `Shows the first question of the queue that nobody else has claimed. When as many were answered today as the
configuration asks of the stewards (tasks_a_day), there is none, and what is not asked is counted; --beyond
goes on.

Example:

    $ kartoteka tasks next --claim
    $ kartoteka tasks next --claim --kind held_join --for 10m`
}

type nextSummary struct {
	desk.Numbers
	Found bool `json:"found"`
}

func (c *tasksNextCommand) run(ctx context.Context, a *app) (output, error) {
	f, err := c.filter()
	if err != nil {
		return output{}, err
	}
	if c.For < time.Second || c.For > 24*time.Hour {
		return output{}, fmt.Errorf("%w: a claim holds from a second to a day", errUsage)
	}
	f.Lease, f.Beyond, f.Unowned, f.Limit = c.For, c.Beyond, true, 1
	return a.withHub(ctx, func(h *hub) (output, error) {
		q, err := h.desk().Queue(ctx, f, "")
		if err != nil {
			return output{}, err
		}
		t, err := c.next(ctx, h, f, q)
		if err != nil {
			return output{}, err
		}
		s, lang := nextSummary{q.Numbers, t != nil}, phrases.Lang(c.Lang)
		var r *taskShown
		if t != nil {
			r = shownTask(t, lang)
		}
		return output{summary: s, result: r, human: func(w io.Writer) error { return c.write(w, &s, r, lang) }}, nil
	})
}

// next is the first question of the queue, claimed if it is to be; nil if there is none today.
func (c *tasksNextCommand) next(ctx context.Context, h *hub, f desk.TaskFilter, q *desk.Queue) (*desk.Task, error) {
	switch {
	case c.Claim:
		return h.desk().Next(ctx, f)
	case len(q.Rows) == 0 || q.Numbers.Asked == 0 && !c.Beyond:
		return nil, nil
	}
	return h.desk().Task(ctx, q.Rows[0].ID)
}

func (c *tasksNextCommand) write(w io.Writer, s *nextSummary, r *taskShown, lang phrases.Lang) error {
	if s.Found {
		return r.write(w)
	}
	text := lang.Sentence("task.none")
	if s.Open > 0 && s.Asked == 0 {
		text = lang.Sentence("task.today", s.Asked, s.Answered, s.Capacity, s.Unasked, fmt.Sprintf("%.1f", s.Loss))
	}
	_, err := fmt.Fprintln(w, text)
	return err
}

type tasksSkipCommand struct {
	Task   int64  `arg:"" placeholder:"ID" help:"Number of the question."`
	Reason string `placeholder:"TEXT" help:"Why."`
}

func (*tasksSkipCommand) Help() string {
	return `Puts a question off: it stays open, is given back if it was claimed, and is asked after all others.

Example:

    $ kartoteka tasks skip 17`
}

func (c *tasksSkipCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.desk().Skip(ctx, c.Task, c.Reason, time.Time{}); err != nil {
			return output{}, err
		}
		return output{result: map[string]int64{"task": c.Task}, human: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%d is asked after all others\n", c.Task)
			return err
		}}, nil
	})
}
