package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/store"
)

// tasksCommand groups the verbs about questions that only a person should settle.
type tasksCommand struct {
	List    tasksListCommand    `cmd:"" default:"withargs" help:"List open questions, the dearest first, and count all."`
	Next    tasksNextCommand    `cmd:"" help:"Show the next question of the queue, and claim it."`
	Show    tasksShowCommand    `cmd:"" help:"Show a question with the records it is about."`
	Approve tasksApproveCommand `cmd:"" help:"Answer a question with yes: what it proposes is done."`
	Reject  tasksRejectCommand  `cmd:"" help:"Answer a question with no: it stays as it is, for good."`
	Skip    tasksSkipCommand    `cmd:"" help:"Put a question off: it is asked after all others."`
}

// taskFilters choose questions.
type taskFilters struct {
	Kind []string `placeholder:"KIND" help:"Only questions of this kind; may repeat: possible_match, conflict, over_merge, held_join, held_split, disagreement, key_reuse, oversized."`
	Code string   `placeholder:"CODE" help:"Only questions about this customer."`
	Lang string   `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the questions: en, ru or uk."`
}

func (f *taskFilters) filter() (out desk.TaskFilter, err error) {
	for _, name := range f.Kind {
		kind := customer.TaskKind(name)
		if !slices.Contains(customer.TaskKinds(), kind) {
			return out, fmt.Errorf("%w: there are no questions of kind %q, only of %v", errUsage, name, customer.TaskKinds())
		}
		out.Kinds = append(out.Kinds, kind)
	}
	if f.Code != "" {
		out.Code, err = customer.ParseCode(f.Code)
		if err != nil {
			err = fmt.Errorf("%w: %w", errUsage, err)
		}
	}
	return out, err
}

type tasksListCommand struct {
	taskFilters
	Status string `enum:"open,done,obsolete" default:"open" help:"open, done (answered), or obsolete (disappeared by themselves)."`
	Limit  int    `default:"20" help:"How many to list."`
}

func (*tasksListCommand) Help() string {
	return `Lists the questions that only a person should settle, in the order of what is expected to be lost if nobody
answers: the chance that the hub is wrong, times the cost of that error, times the records, products and
consents at stake. Where the configuration says how many a day the stewards can answer (tasks_a_day), the first
so many are asked today; what is not asked is counted.

Example:

    $ kartoteka tasks
    $ kartoteka tasks --kind held_join --kind held_split --output json`
}

type tasksResult struct {
	Tasks []taskResult      `json:"tasks"`
	Kinds []store.TaskCount `json:"kinds"`
	lang  phrases.Lang
}

// taskResult is a question in a language.
type taskResult struct {
	desk.TaskRow
	Question string `json:"question"`
	Approve  string `json:"approve"` // what a yes means
	Reject   string `json:"reject"`
}

// showTask leaves the customers' values out: kartoteka show has them.
func showTask(t *desk.TaskRow, lang phrases.Lang) taskResult {
	row := *t
	row.Customers = nil
	return taskResult{row, t.Question.In(lang), t.Approve.In(lang), t.Reject.In(lang)}
}

func (c *tasksListCommand) run(ctx context.Context, a *app) (output, error) {
	f, err := c.filter()
	if err != nil {
		return output{}, err
	}
	f.State, f.Limit = customer.TaskState(c.Status), c.Limit
	return a.withHub(ctx, func(h *hub) (output, error) {
		q, err := h.desk().Queue(ctx, f, "")
		if err != nil {
			return output{}, err
		}
		r := tasksResult{Kinds: q.Kinds, lang: phrases.Lang(c.Lang)}
		for i := range q.Rows {
			r.Tasks = append(r.Tasks, showTask(&q.Rows[i], r.lang))
		}
		return output{summary: q.Numbers, result: r, human: func(w io.Writer) error { return r.write(w, &q.Numbers) }}, nil
	})
}

func (r *tasksResult) write(w io.Writer, q *desk.Numbers) error {
	var b strings.Builder
	if len(r.Tasks) == 0 {
		fmt.Fprintln(&b, r.lang.Sentence("task.none"))
	}
	for i := range r.Tasks {
		t := &r.Tasks[i]
		fmt.Fprintf(&b, "%d  %s\n", t.ID, t.Question)
	}
	if len(r.Kinds) > 0 {
		tw := tabwriter.NewWriter(&b, 2, 4, 2, ' ', tabwriter.AlignRight)
		line(tw, "\n%s\n", r.lang.Sentence("task.columns"))
		for _, k := range r.Kinds {
			line(tw, "%s\t%d\t%d\t%d\t%.1f\t\n", k.Kind, k.Open, k.Claimed, k.Skipped, k.Loss)
		}
		_ = tw.Flush()
	}
	if q.Capacity > 0 {
		fmt.Fprintf(&b, "\n%s\n", r.lang.Sentence("task.today", q.Asked, q.Answered, q.Capacity, q.Unasked, fmt.Sprintf("%.1f", q.Loss)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
