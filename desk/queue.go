package desk

import (
	"context"
	"slices"
	"strconv"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/phrases"
	"kartoteka/store"
)

// TaskFilter chooses questions; the zero one all that are open.
type TaskFilter struct {
	Kinds []customer.TaskKind
	Code  customer.Code
	State customer.TaskState // "" is open
	Mine  bool               // only those that the subject has claimed
	// Assigned chooses those that are for the subject.
	Assigned bool
	// Unowned leaves those out that somebody else has claimed, or that are put off until later.
	Unowned bool
	Limit   int // of a page; 20 by default
	// Beyond goes on when the day's number of questions is answered.
	Beyond bool
	Lease  time.Duration // how long a claim holds; 5 minutes by default
	After  int64         // of Next: the first one behind this one in the queue
}

// Queue is a page of questions in the order of what is expected to be lost if nobody answers them.
type Queue struct {
	Rows    []TaskRow         `json:"rows"`
	Next    string            `json:"next,omitempty"` // the cursor of the next page
	Kinds   []store.TaskCount `json:"kinds"`
	Numbers Numbers           `json:"numbers"`
}

// Numbers is the whole queue in numbers.
type Numbers struct {
	Open     int64   `json:"open"`
	Asked    int64   `json:"asked_today"`    // of the open ones
	Answered int64   `json:"answered_today"` // by people
	Capacity int     `json:"tasks_a_day"`    // 0: no limit
	Unasked  int64   `json:"not_asked"`
	Loss     float64 `json:"loss_not_asked"`
}

// TaskRow is a question as it stands in the queue.
type TaskRow struct {
	ID       int64              `json:"id"`
	Kind     customer.TaskKind  `json:"kind"`
	State    customer.TaskState `json:"state"`
	Code     customer.Code      `json:"code,omitzero"`
	Other    customer.Code      `json:"other,omitzero"`
	Decision int64              `json:"decision,omitempty"` // the hold, or the decision in doubt
	Bits     float64            `json:"bits"`               // of the evidence in question
	// Together is what all records of both customers of a possible match say.
	Together *float64 `json:"together_bits,omitempty"`
	Loss     float64  `json:"loss"`
	// Blind says that bits and loss are kept back until it is answered.
	Blind      bool       `json:"blind,omitempty"`
	Records    int        `json:"records"`
	Opened     time.Time  `json:"opened"`
	Claim      *Claim     `json:"claim,omitempty"`
	Skipped    *time.Time `json:"skipped,omitempty"`
	SkipReason string     `json:"skip_reason,omitempty"`
	Snoozed    *time.Time `json:"snoozed_until,omitempty"`
	Closed     *time.Time `json:"closed,omitempty"`
	Reason     string     `json:"reason,omitempty"`    // why it is closed: a key
	Operation  int64      `json:"operation,omitempty"` // that answered it
	// Pending is how far an answer has come that is not carried out yet.
	Pending   customer.ProposalState `json:"pending,omitempty"`
	Assigned  string                 `json:"assigned_to,omitempty"` // only they are asked
	Comments  int                    `json:"comments,omitempty"`
	Question  Sentence               `json:"question"`
	Approve   Sentence               `json:"approve"` // what a yes means
	Reject    Sentence               `json:"reject"`
	Customers []Brief                `json:"customers,omitempty"` // whom it is about
}

// Sentence is a key of a phrase with its arguments.
type Sentence struct {
	Key  string   `json:"key"`
	Args []string `json:"args,omitempty"`
}

// In gives the sentence in a language.
func (s Sentence) In(l phrases.Lang) string {
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		args[i] = a
	}
	return l.Sentence(s.Key, args...)
}

// Claim says who answers a question, and until when nobody else may.
type Claim struct {
	By    string    `json:"by"`
	Mine  bool      `json:"mine"`
	Until time.Time `json:"until"`
}

// Brief is a customer in a few values.
type Brief struct {
	Code   customer.Code `json:"code"`
	Kind   customer.Kind `json:"kind,omitempty"`
	Values []NamedValue  `json:"values,omitempty"`
}

// Bounds of a page of the queue.
const defaultTasks, maxTasks = 20, 200

// Queue lists a page of questions; the cursor is the Next of the page before, or "". Questions about
// customers that the subject does not see are not in it, though they are counted.
func (d *Desk) Queue(ctx context.Context, f TaskFilter, cursor string) (*Queue, error) {
	filter, err := f.filter(access.From(ctx), cursor)
	if err != nil {
		return nil, err
	}
	if err := d.weighQueue(ctx); err != nil {
		return nil, err
	}
	q := &Queue{Rows: []TaskRow{}, Kinds: []store.TaskCount{}}
	return q, d.look(ctx, access.ReadTasks, func(s *sight) error {
		rows, more, err := s.tasks(filter, f.Limit)
		if err != nil {
			return err
		}
		if more {
			q.Next = strconv.FormatInt(rows[len(rows)-1].ID, 10)
		}
		if q.Rows, err = s.taskRows(rows); err != nil {
			return err
		}
		return s.counting(q.count)
	})
}

func (q *Queue) count(s *sight) (err error) {
	if q.Kinds, err = s.tx.TaskCounts(s.ctx); err == nil {
		q.Numbers, err = s.numbers(q.Kinds)
	}
	return err
}

func (f *TaskFilter) filter(who *access.Subject, cursor string) (store.TaskFilter, error) {
	out := store.TaskFilter{Kinds: f.Kinds, Code: f.Code, State: f.State, Mine: f.Mine, Assigned: f.Assigned, Unowned: f.Unowned, Who: Actor(who), After: f.After}
	if f.Limit == 0 {
		f.Limit = defaultTasks
	}
	for _, kind := range f.Kinds {
		if !slices.Contains(customer.TaskKinds(), kind) {
			return out, invalid("there are no questions of kind %q, only of %v", kind, customer.TaskKinds())
		}
	}
	if states := []customer.TaskState{"", customer.TaskOpen, customer.TaskDone, customer.TaskObsolete}; !slices.Contains(states, f.State) {
		return out, invalid("a question is %v", states[1:])
	}
	if f.Limit < 1 || f.Limit > maxTasks {
		return out, invalid("limit is a number from 1 to %d", maxTasks)
	}
	if cursor == "" {
		return out, nil
	}
	var err error
	if out.After, err = strconv.ParseInt(cursor, 10, 64); err != nil || out.After < 1 {
		return out, invalid("cursor is what the page before answered as next")
	}
	return out, nil
}

// tasks reads a page of questions about customers that the subject sees.
func (s *sight) tasks(f store.TaskFilter, limit int) (out []store.TaskRow, more bool, err error) {
	for {
		rows, err := s.tx.Tasks(s.ctx, f, limit+1)
		if err != nil || len(rows) == 0 {
			return out, false, err
		}
		f.After = rows[len(rows)-1].ID
		last := len(rows) <= limit
		seen, err := s.tasksSeen(rows)
		if err != nil {
			return nil, false, err
		}
		for i := range rows {
			if !seen[i] {
				continue
			}
			if len(out) == limit {
				return out, true, nil
			}
			out = append(out, rows[i])
		}
		if last {
			return out, false, nil
		}
	}
}

// tasksSeen tells which questions are about customers that the subject sees, all of them.
func (s *sight) tasksSeen(rows []store.TaskRow) ([]bool, error) {
	var codes []customer.Code
	for i := range rows {
		codes = append(codes, rows[i].Code, rows[i].Other)
	}
	seen, err := s.visible(codes)
	out := make([]bool, len(rows))
	for i := range rows {
		t := &rows[i]
		out[i] = !s.bounded() || (t.Code == 0 || seen[t.Code]) && (t.Other == 0 || seen[t.Other])
	}
	return out, err
}

// numbers counts what is asked today and what is not.
func (s *sight) numbers(kinds []store.TaskCount) (n Numbers, err error) {
	o := &s.desk.options
	for _, k := range kinds {
		n.Open += k.Open
	}
	n.Asked, n.Capacity = n.Open, o.TasksADay
	if n.Answered, err = s.tx.AnsweredToday(s.ctx, o.TimeZone); err != nil || n.Capacity == 0 {
		return n, err
	}
	n.Asked = max(0, min(n.Open, int64(n.Capacity)-n.Answered))
	n.Unasked = n.Open - n.Asked
	n.Loss, err = s.tx.LossBeyond(s.ctx, int(n.Asked))
	return n, err
}

// Count tells how long the queue is, for metrics: no subject is asked, for no customer is shown.
func (d *Desk) Count(ctx context.Context) (n Numbers, kinds []store.TaskCount, err error) {
	err = d.options.Store.InSnapshot(ctx, func(tx *store.Tx) (err error) {
		s := &sight{ctx: ctx, desk: d, tx: tx}
		if kinds, err = tx.TaskCounts(ctx); err == nil {
			n, err = s.numbers(kinds)
		}
		return err
	})
	return n, kinds, err
}
