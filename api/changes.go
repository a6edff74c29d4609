package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"kartoteka/customer"
)

// Bounds of a page of changes.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// Change is a row of the change log as it is answered; it holds no values.
type Change struct {
	Position  int64               `json:"position"`
	Code      customer.Code       `json:"code"`
	Kind      customer.ChangeKind `json:"kind"`
	Epoch     int64               `json:"epoch"`
	Version   int64               `json:"version"`
	Operation int64               `json:"operation,omitempty"`
	Successor customer.Code       `json:"successor,omitzero"`
	Changed   []string            `json:"changed,omitempty"`
	Moved     []customer.Moved    `json:"moved,omitempty"`
	At        time.Time           `json:"at"`
}

// ChangeOf is a change as it is answered.
func ChangeOf(c *customer.Change) Change {
	return Change{Position: c.Position, Code: c.Code, Kind: c.Kind, Epoch: c.Epoch, Version: c.Version,
		Operation: c.Operation, Successor: c.Successor, Changed: c.Fields, Moved: c.Moved, At: c.At.UTC()}
}

// Page is an answer of /v1/changes. Position is what to ask after next; a page shorter than
// the limit was the end of the log.
type Page struct {
	Changes  []Change `json:"changes"`
	Position int64    `json:"position"`
}

// changes answers GET /v1/changes?after=POSITION&wait=SECONDS&limit=N. With wait it answers
// as soon as there is a change, else with an empty page when the time is over.
func (s *Server) changes(w http.ResponseWriter, r *http.Request) {
	q, err := s.query(r)
	if err != nil {
		problem(w, http.StatusBadRequest, "parameter", err.Error())
		return
	}
	changes, err := s.page(r.Context(), q)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := Page{Changes: make([]Change, len(changes)), Position: q.after}
	for i, c := range changes {
		page.Changes[i] = ChangeOf(&c)
		page.Position = c.Position
	}
	answer(w, page)
}

// page reads, and reads again after waiting until there is something or the time is over.
func (s *Server) page(ctx context.Context, q query) ([]customer.Change, error) {
	waiting, cancel := context.WithTimeout(ctx, q.wait)
	defer cancel()
	defer context.AfterFunc(s.stop, cancel)()
	for {
		reading, done := context.WithTimeout(ctx, s.options.Timeout)
		changes, err := s.hub.Changes(reading, q.after, q.limit)
		done()
		if err != nil || len(changes) > 0 || waiting.Err() != nil {
			return changes, err
		}
		if err := s.hub.Await(waiting, q.after); err != nil && waiting.Err() == nil {
			return nil, err
		}
	}
}

type query struct {
	after int64
	limit int
	wait  time.Duration
}

func (s *Server) query(r *http.Request) (query, error) {
	values := r.URL.Query()
	after, err := number(values.Get("after"), "after", 0, 1<<62, 0)
	if err != nil {
		return query{}, err
	}
	limit, err := number(values.Get("limit"), "limit", 1, maxLimit, defaultLimit)
	if err != nil {
		return query{}, err
	}
	wait, err := s.wait(values.Get("wait"))
	return query{after: after, limit: int(limit), wait: wait}, err
}

// wait reads seconds or a duration; more than is allowed becomes what is allowed.
func (s *Server) wait(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if seconds, e := strconv.ParseUint(text, 10, 31); e == nil {
		d, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("wait is a number of seconds or a duration like 30s, up to %s", s.options.MaxWait)
	}
	return min(d, s.options.MaxWait), nil
}

func number(text, name string, least, most, otherwise int64) (int64, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s is a number from %d to %d", name, least, most)
	}
	return n, nil
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}
