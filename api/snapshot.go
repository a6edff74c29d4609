package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"kartoteka/customer"
)

// Bounds of a page of a snapshot.
const (
	snapshotLimit    = 500
	maxSnapshotLimit = 2000
)

// Snapshot is a page of all codes as they are: how a consumer begins. Pages are read until there
// is no Next; then /v1/changes?after=Position goes on. Codes that changed while the pages were
// read come again there, so keep the greatest (epoch, version) of each.
type Snapshot struct {
	Golden   []json.RawMessage `json:"golden"`
	Position int64             `json:"position"` // the same on every page
	Next     string            `json:"next,omitempty"`
}

// snapshot answers GET /v1/snapshot?next=TOKEN&limit=N&view=NAME.
func (s *Server) snapshot(w http.ResponseWriter, r *http.Request) {
	p, err := s.readPlace(r)
	if err != nil {
		problem(w, http.StatusBadRequest, "parameter", err.Error())
		return
	}
	out, err := s.snapshotPage(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer(w, out)
}

// place is where a snapshot goes on.
type place struct {
	position int64
	after    customer.Code
	begun    bool // position is known
	limit    int
	view     *reader
}

func (s *Server) readPlace(r *http.Request) (p place, err error) {
	values := r.URL.Query()
	limit, err := number(values.Get("limit"), "limit", 1, maxSnapshotLimit, snapshotLimit)
	if err != nil {
		return p, err
	}
	if p.view, err = s.view(r); err != nil {
		return p, err
	}
	token := values.Get("next")
	p.limit, p.begun = int(limit), token != ""
	p.position, p.after, err = readToken(token)
	return p, err
}

func (s *Server) snapshotPage(ctx context.Context, p place) (out Snapshot, err error) {
	if !p.begun { // before the first code is read: what comes later is in the changes
		if p.position, err = s.hub.Last(ctx); err != nil {
			return out, err
		}
	}
	out = Snapshot{Golden: []json.RawMessage{}, Position: p.position}
	if p.position == 0 { // nothing is published yet; while the first load fills the tables they cannot be read
		return out, nil
	}
	states, err := s.hub.Page(ctx, p.after, p.limit)
	if err != nil {
		return out, err
	}
	for i := range states {
		text, unseen, err := p.view.text(&states[i])
		if err != nil {
			return out, err
		}
		if !unseen {
			out.Golden = append(out.Golden, text)
		}
		p.after = states[i].Code
	}
	if len(states) == p.limit {
		out.Next = fmt.Sprintf("%d-%d", p.position, int64(p.after))
	}
	return out, nil
}

func readToken(token string) (position int64, after customer.Code, err error) {
	if token == "" {
		return 0, 0, nil
	}
	left, right, _ := strings.Cut(token, "-")
	position, err1 := strconv.ParseInt(left, 10, 64)
	code, err2 := strconv.ParseInt(right, 10, 64)
	if err1 != nil || err2 != nil || position < 0 || code < 0 {
		return 0, 0, errors.New("next is what the page before answered as next")
	}
	return position, customer.Code(code), nil
}
