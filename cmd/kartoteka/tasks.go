package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"kartoteka/customer"
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

func (f *taskFilters) filter() (out store.TaskFilter, err error) {
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

// taskQueue is the whole queue in numbers.
type taskQueue struct {
	Open     int64   `json:"open"`
	Asked    int64   `json:"asked_today"`    // of the open ones
	Answered int64   `json:"answered_today"` // by people
	Capacity int     `json:"tasks_a_day"`    // 0: no limit
	Unasked  int64   `json:"not_asked"`
	Loss     float64 `json:"loss_not_asked"`
}

type tasksResult struct {
	Tasks []taskResult      `json:"tasks"`
	Kinds []store.TaskCount `json:"kinds"`
	lang  phrases.Lang
}

// taskResult is a question as it is shown.
type taskResult struct {
	ID       int64              `json:"id"`
	Kind     customer.TaskKind  `json:"kind"`
	State    customer.TaskState `json:"state"`
	Code     customer.Code      `json:"code,omitzero"`
	Other    customer.Code      `json:"other,omitzero"`
	Decision int64              `json:"decision,omitempty"` // the hold, or the decision in doubt
	Bits     float64            `json:"bits"`               // of the evidence in question
	Loss     float64            `json:"loss"`
	Records  int                `json:"records"`
	Opened   time.Time          `json:"opened"`
	Claimed  string             `json:"claimed_by,omitempty"`
	Until    *time.Time         `json:"claimed_until,omitempty"`
	Skipped  *time.Time         `json:"skipped,omitempty"`
	Closed   *time.Time         `json:"closed,omitempty"`
	Reason   string             `json:"reason,omitempty"`
	Answered int64              `json:"operation,omitempty"` // that answered it
	Question string             `json:"question"`
	Approve  string             `json:"approve"` // what a yes means
	Reject   string             `json:"reject"`
}

func showTask(t *store.TaskRow, lang phrases.Lang) taskResult {
	key, second := "task."+string(t.Kind), t.Other.String()
	if t.Kind == customer.TaskDisagreement {
		second = fmt.Sprint(t.Decision)
	}
	return taskResult{ID: t.ID, Kind: t.Kind, State: t.State, Code: t.Code, Other: t.Other, Decision: t.Decision, Bits: float64(t.Weight) / 100,
		Loss: math.Round(t.Loss*100) / 100, Records: len(t.Records), Opened: t.Opened, Claimed: t.ClaimedBy, Until: t.ClaimedUntil, Skipped: t.Skipped,
		Closed: t.Closed, Reason: t.Reason, Answered: t.Operation, Question: lang.Sentence(key, t.Code.String(), second),
		Approve: lang.Sentence(key + ".approve"), Reject: lang.Sentence(key + ".reject")}
}

func (c *tasksListCommand) run(ctx context.Context, a *app) (output, error) {
	f, err := c.filter()
	if err != nil {
		return output{}, err
	}
	f.State = customer.TaskState(c.Status)
	return a.withHub(ctx, func(h *hub) (output, error) {
		r := tasksResult{lang: phrases.Lang(c.Lang)}
		var queue taskQueue
		err := h.InSnapshot(ctx, func(tx *store.Tx) error {
			rows, err := tx.Tasks(ctx, f, c.Limit)
			if err != nil {
				return err
			}
			for i := range rows {
				r.Tasks = append(r.Tasks, showTask(&rows[i], r.lang))
			}
			if r.Kinds, err = tx.TaskCounts(ctx); err != nil {
				return err
			}
			queue, err = h.queue(ctx, tx, r.Kinds)
			return err
		})
		if err != nil {
			return output{}, err
		}
		return output{summary: queue, result: r, human: func(w io.Writer) error { return r.write(w, &queue) }}, nil
	})
}

// queue counts what is asked today and what is not.
func (h *hub) queue(ctx context.Context, tx *store.Tx, kinds []store.TaskCount) (q taskQueue, err error) {
	for _, k := range kinds {
		q.Open += k.Open
	}
	q.Asked, q.Capacity = q.Open, h.conf.Publish.TasksADay
	if q.Answered, err = tx.AnsweredToday(ctx, h.conf.TimeZone); err != nil || q.Capacity == 0 {
		return q, err
	}
	q.Asked = max(0, min(q.Open, int64(q.Capacity)-q.Answered))
	q.Unasked = q.Open - q.Asked
	q.Loss, err = tx.LossBeyond(ctx, int(q.Asked))
	return q, err
}

func (r *tasksResult) write(w io.Writer, q *taskQueue) error {
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
