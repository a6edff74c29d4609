package steward

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// queueBody is the page of the questions.
type queueBody struct {
	*desk.Queue
	Kinds    []kindTab
	State    customer.TaskState
	Mine     bool
	Assigned bool // only those for the reader
	Me       string
	Code     string
	Filtered bool
	MayGo    bool   // the reader may answer
	Bulk     string // where many are answered at once; "" for nowhere
	Before   string
	After    string
	Now      time.Time
	Wrong    string // phrase of what is wrong with the filter
}

type kindTab struct {
	Kind    customer.TaskKind // "" for all
	Open    int64
	Chosen  bool
	URL     string
	Loss    float64
	Skipped int64
}

// queue shows the questions in the order in which they should be answered.
func (s *Site) queue(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f, b := s.frame(r, "tasks", "steward.tasks.title"), queueBody{Now: s.options.Now()}
	f.Scope = scopeList
	f.Undo = s.undoOf(r, &f)
	filter, err := taskFilter(q)
	if err != nil {
		b.Wrong = "steward.tasks.wrong_code"
	}
	b.Filtered = len(filter.Kinds) > 0 || filter.Code != 0 || filter.Mine || filter.Assigned || filter.State != "" || err != nil
	b.State, b.Mine, b.Code = filter.State, filter.Mine, q.Get("code")
	b.Assigned, b.Me = filter.Assigned, f.Who.ID
	if b.Queue, err = s.options.Desk.Queue(r.Context(), filter, q.Get("after")); err != nil {
		return err
	}
	b.MayGo = s.options.Policy.Can(f.Who, access.AnswerTask)
	b.Kinds = kindTabs(b.Queue, filter.Kinds, q)
	if s.mayBulk(&f) && len(filter.Kinds) == 1 && filter.State == "" && len(b.Rows) > 1 {
		b.Bulk = "/tasks/bulk?" + bulkQuery(&filter)
	}
	b.After, b.Before = turns(q, b.Next)
	return s.show(w, r, http.StatusOK, "queue", f, b)
}

// taskFilter reads the filter of an address; what it does not know it leaves out.
func taskFilter(q url.Values) (f desk.TaskFilter, err error) {
	for _, kind := range q["kind"] {
		if slices.Contains(customer.TaskKinds(), customer.TaskKind(kind)) {
			f.Kinds = append(f.Kinds, customer.TaskKind(kind))
		}
	}
	if state := customer.TaskState(q.Get("state")); state == customer.TaskDone || state == customer.TaskObsolete {
		f.State = state
	}
	f.Mine, f.Assigned = q.Get("mine") != "", q.Get("assigned") != ""
	if text := strings.TrimSpace(q.Get("code")); text != "" {
		f.Code, err = customer.ParseCode(text)
	}
	f.Limit = 50
	return f, err
}

// with gives the address of the same list with one parameter changed.
func with(q url.Values, key, value string) string {
	out := url.Values{}
	for k, v := range q {
		if !slices.Contains([]string{"did", "was", "word", "wants", "awaits"}, k) {
			out[k] = v
		}
	}
	out.Del("after")
	if out.Del(key); value != "" {
		out.Set(key, value)
	}
	return "?" + out.Encode()
}

func kindTabs(q *desk.Queue, chosen []customer.TaskKind, query url.Values) []kindTab {
	out := []kindTab{{Open: q.Numbers.Open, Chosen: len(chosen) == 0, URL: with(query, "kind", "")}}
	for _, kind := range customer.TaskKinds() {
		tab := kindTab{Kind: kind, Chosen: slices.Contains(chosen, kind), URL: with(query, "kind", string(kind))}
		for _, c := range q.Kinds {
			if c.Kind == kind {
				tab.Open, tab.Loss, tab.Skipped = c.Open, c.Loss, c.Skipped
			}
		}
		if tab.Open > 0 || tab.Chosen {
			out = append(out, tab)
		}
	}
	return out
}

// startNext claims the next question and goes there.
func (s *Site) startNext(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	filter, err := taskFilter(q)
	if err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.tasks.wrong_code")
	}
	after, _ := strconv.ParseInt(q.Get("after"), 10, 64)
	t, err := s.following(r, filter, after)
	if err != nil {
		return err
	}
	return s.goTo(w, r, t, nil)
}

// goTo shows a question, or the queue when there is none: by a redirect, or at once when the script
// asks for the part.
func (s *Site) goTo(w http.ResponseWriter, r *http.Request, t *desk.Task, u *undo) error {
	path := "/tasks"
	if t != nil {
		path = "/tasks/" + strconv.FormatInt(t.ID, 10)
	}
	if r.Header.Get("X-Fragment") == "" {
		if u != nil {
			path += "?" + u.query()
		}
		http.Redirect(w, r, path, http.StatusSeeOther)
		return nil
	}
	w.Header().Set("X-Path", path)
	if t != nil {
		return s.showTask(w, r, http.StatusOK, t, taskOptions{undo: u})
	}
	f := s.frame(r, "tasks", "steward.tasks.title")
	f.Undo, f.Scope = u, scopeList
	b := queueBody{Now: s.options.Now(), MayGo: true, Me: f.Who.ID}
	var err error
	if b.Queue, err = s.options.Desk.Queue(r.Context(), desk.TaskFilter{Limit: 50}, ""); err != nil {
		return err
	}
	b.Kinds = kindTabs(b.Queue, nil, nil)
	return s.show(w, r, http.StatusOK, "queue", f, b)
}

// following claims the first question behind one, or the first of all; nil if there is none.
func (s *Site) following(r *http.Request, f desk.TaskFilter, after int64) (*desk.Task, error) {
	ctx := r.Context()
	if after > 0 {
		f.Limit = 10
		q, err := s.options.Desk.Queue(ctx, f, strconv.FormatInt(after, 10))
		if err != nil && !errors.Is(err, customer.ErrUnknown) {
			return nil, err
		}
		for i := range q.Rows {
			row := &q.Rows[i]
			if row.Claim != nil && !row.Claim.Mine || row.Snoozed != nil && row.Snoozed.After(s.options.Now()) ||
				row.Assigned != "" && row.Assigned != access.From(ctx).ID {
				continue
			}
			if _, err := s.options.Desk.Claim(ctx, row.ID, lease); err == nil {
				return s.options.Desk.Task(ctx, row.ID)
			} else if !errors.Is(err, desk.ErrTask) {
				return nil, err
			}
		}
	}
	f.Lease = lease
	t, err := s.options.Desk.Next(ctx, f)
	if t != nil && t.ID == after {
		return nil, err
	}
	return t, err
}

// lease is how long a claim holds; the page renews it while it is looked at.
const lease = 5 * time.Minute

// turns are the links to the next page of a list and back to its first one; "" where there is none.
func turns(q url.Values, next string) (after, before string) {
	if next != "" {
		after = with(q, "after", next)
	}
	if q.Get("after") != "" {
		before = with(q, "after", "")
	}
	return after, before
}
