package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
)

type tasksShowCommand struct {
	Task int64  `arg:"" placeholder:"ID" help:"Number of the question."`
	Lang string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the question: en, ru or uk."`
}

func (*tasksShowCommand) Help() string {
	return `Shows a question: what it proposes, what yes and no mean, and the records it is about, by the customer that
they would be of.

Example:

    $ kartoteka tasks show 17`
}

type taskShown struct {
	taskResult
	Members []desk.TaskMember `json:"members"`
	lang    phrases.Lang
}

func shownTask(t *desk.Task, lang phrases.Lang) *taskShown {
	return &taskShown{showTask(&t.TaskRow, lang), t.Members, lang}
}

func (c *tasksShowCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		t, err := h.desk().Task(ctx, c.Task)
		if err != nil {
			return output{}, err
		}
		r := shownTask(t, phrases.Lang(c.Lang))
		return output{result: r, human: func(w io.Writer) error { return r.write(w) }}, nil
	})
}

// shownRecords bounds the records of a question that people see.
const shownRecords = 20

func (r *taskShown) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d  %s\n", r.ID, r.Question)
	fmt.Fprintf(&b, "    approve  %s\n    reject   %s\n", r.Approve, r.Reject)
	if r.Kind != customer.TaskOversized && r.Kind != customer.TaskKeyReuse {
		fmt.Fprintf(&b, "    %s\n", r.lang.Sentence("task.evidence", fmt.Sprintf("%.1f", r.Bits), fmt.Sprintf("%.2f", r.Loss)))
	}
	if r.Claim != nil {
		fmt.Fprintf(&b, "    %s\n", r.lang.Sentence("task.claimed", r.Claim.By, r.Claim.Until.Local().Format(time.TimeOnly)))
	}
	if r.State != customer.TaskOpen {
		fmt.Fprintf(&b, "    %s: %s\n", r.State, r.Reason)
	}
	for i, m := range r.Members {
		if i == shownRecords {
			fmt.Fprintf(&b, "    ... %d\n", len(r.Members)-i)
			break
		}
		fmt.Fprintf(&b, "    %c  %s/%s", 'A'+m.Side%26, m.Source, m.Key)
		if m.Code != 0 {
			fmt.Fprintf(&b, "  %s", m.Code)
		}
		fmt.Fprintln(&b)
	}
	if r.Other != 0 {
		fmt.Fprintf(&b, "    kartoteka why %s %s\n", r.Code, r.Other)
	} else if r.Code != 0 {
		fmt.Fprintf(&b, "    kartoteka how %s\n", r.Code)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
