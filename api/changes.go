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
	Changes []Change `json:"changes"`
	// Golden, if asked for, are the codes of the page as they are now. Keep the greatest (epoch,
	// version) of each; one that is erased, or hidden from the view, is to be removed.
	Golden   []json.RawMessage `json:"golden,omitempty"`
	Position int64             `json:"position"`
}

// changes answers GET /v1/changes?after=POSITION&wait=SECONDS&limit=N&golden=true&view=NAME. With
// wait it answers as soon as there is a change, else with an empty page when the time is over. Who
// accepts text/event-stream gets a stream.
func (s *Server) changes(w http.ResponseWriter, r *http.Request) {
	q, err := s.query(r)
	if err != nil {
		problem(w, http.StatusBadRequest, "parameter", err.Error())
		return
	}
	if wantsStream(r) {
		s.stream(w, r, q)
		return
	}
	changes, err := s.page(r.Context(), q)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page, err := s.shown(r.Context(), q, changes)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer(w, page)
}

// shown is a page as the view's reader may see it.
func (s *Server) shown(ctx context.Context, q query, changes []customer.Change) (Page, error) {
	page := Page{Changes: make([]Change, len(changes)), Position: q.after}
	present, err := s.present(ctx, q, changes)
	if err != nil {
		return page, err
	}
	for i := range changes {
		c := ChangeOf(&changes[i])
		if q.view != nil {
			q.view.conceal(&c, present[c.Code].hidden)
		}
		page.Changes[i], page.Position = c, c.Position
		if p := present[c.Code]; q.golden && p.text != nil && p.last == c.Position {
			page.Golden = append(page.Golden, p.text)
		}
	}
	return page, nil
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
	after  int64
	limit  int
	wait   time.Duration
	golden bool
	view   *reader // nil: everything
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
	golden, err := yes(values.Get("golden"), "golden")
	if err != nil {
		return query{}, err
	}
	view, err := s.view(r)
	if err != nil {
		return query{}, err
	}
	wait, err := s.wait(values.Get("wait"))
	return query{after: after, limit: int(limit), wait: wait, golden: golden, view: view}, err
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

func yes(text, name string) (bool, error) {
	switch text {
	case "", "false", "0":
		return false, nil
	case "true", "1":
		return true, nil
	}
	return false, fmt.Errorf("%s is true or false", name)
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}
