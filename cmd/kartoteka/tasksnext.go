package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"kartoteka/customer"
	"kartoteka/phrases"
	"kartoteka/store"
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
	taskQueue
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
	f.Who = actor()
	lang := phrases.Lang(c.Lang)
	return a.withHub(ctx, func(h *hub) (output, error) {
		var s nextSummary
		var r *taskShown
		err := h.InTx(ctx, func(tx *store.Tx) error {
			kinds, err := tx.TaskCounts(ctx)
			if err != nil {
				return err
			}
			if s.taskQueue, err = h.queue(ctx, tx, kinds); err != nil || s.Asked == 0 && !c.Beyond {
				return err
			}
			row, found, err := c.next(ctx, tx, f)
			if s.Found = found; err != nil || !found {
				return err
			}
			r, err = taskWithRecords(ctx, tx, &row, lang)
			return err
		})
		if err != nil {
			return output{}, err
		}
		return output{summary: s, result: r, human: func(w io.Writer) error { return c.write(w, &s, r, lang) }}, nil
	})
}

func (c *tasksNextCommand) next(ctx context.Context, tx *store.Tx, f store.TaskFilter) (row store.TaskRow, found bool, err error) {
	if c.Claim {
		return tx.ClaimTask(ctx, f, c.For)
	}
	f.Unowned = true
	rows, err := tx.Tasks(ctx, f, 1)
	if err != nil || len(rows) == 0 {
		return row, false, err
	}
	return rows[0], true, nil
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
	Task int64 `arg:"" placeholder:"ID" help:"Number of the question."`
}

func (*tasksSkipCommand) Help() string {
	return `Puts a question off: it stays open, is given back if it was claimed, and is asked after all others.

Example:

    $ kartoteka tasks skip 17`
}

func (c *tasksSkipCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		err := h.InTx(ctx, func(tx *store.Tx) error {
			t, err := tx.TaskAt(ctx, c.Task)
			if err == nil {
				err = answerable(&t)
			}
			if err == nil {
				err = tx.SkipTask(ctx, c.Task)
			}
			return err
		})
		if err != nil {
			return output{}, err
		}
		return output{result: map[string]int64{"task": c.Task}, human: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%d is asked after all others\n", c.Task)
			return err
		}}, nil
	})
}

// answerable refuses a question that is closed, or that somebody else has claimed.
func answerable(t *store.TaskRow) error {
	switch {
	case t.State != customer.TaskOpen:
		return fmt.Errorf("%w: question %d is %s (%s)", errTask, t.ID, t.State, t.Reason)
	case t.ClaimedBy != "" && t.ClaimedBy != actor():
		return fmt.Errorf("%w: question %d is claimed by %s until %s; take another one with kartoteka tasks next --claim", errTask, t.ID, t.ClaimedBy, t.ClaimedUntil.Local().Format(time.TimeOnly))
	}
	return nil
}
