package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
)

// Problem is the body of every error (RFC 9457). Code is stable; programs decide by it.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code" doc:"Stable; programs decide by it."`
	Detail string `json:"detail,omitempty" doc:"What is wrong and what to do, for people. It holds no values of customers."`
	// Instance names this answer, and the line of the hub's log about it if there is one.
	Instance string `json:"instance,omitempty"`
	// Errors are the fields of the request that are not as they should be.
	Errors []Fault `json:"errors,omitempty"`
	// Changed are the customers that are not as the caller saw them.
	Changed []desk.StaleCode `json:"changed,omitempty"`

	wait time.Duration // until it helps to ask again; 0 says nothing of it
}

// Fault is one field of a request that is not as it should be.
type Fault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus says which status the answer has.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType says which form the answer has.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders says when to ask again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.wait.Seconds()))))
	}
	return h
}

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail, Instance: newInstance()}
}

func newInstance() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // it never fails
	return "urn:kartoteka:request:" + hex.EncodeToString(id[:])
}

func problem(w http.ResponseWriter, status int, code, detail string) {
	newProblem(status, code, detail).write(w)
}

func (p *Problem) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// faults maps errors to answers; the first that fits counts. An empty detail tells the error itself.
var faults = []struct {
	is     error
	status int
	code   string
	detail string
}{
	{access.ErrForbidden, http.StatusForbidden, "forbidden", ""},
	{desk.ErrUnknown, http.StatusNotFound, "unknown", "The hub knows no such code or record."},
	{resolve.ErrStale, http.StatusConflict, "stale", ""},
	{resolve.ErrRequest, http.StatusConflict, "request", ""},
	{desk.ErrTask, http.StatusConflict, "task", ""},
	{desk.ErrEmpty, http.StatusConflict, "empty", ""},
	{desk.ErrPlan, http.StatusConflict, "plan", ""},
	{desk.ErrRuleset, http.StatusConflict, "ruleset", ""},
	{customer.ErrTaken, http.StatusConflict, "taken", ""},
	{resolve.ErrContradiction, http.StatusUnprocessableEntity, "contradiction", ""},
	{resolve.ErrUndecidable, http.StatusUnprocessableEntity, "impossible", ""},
	{resolve.ErrNothing, http.StatusUnprocessableEntity, "nothing", ""},
	{desk.ErrKinds, http.StatusUnprocessableEntity, "kinds", ""},
	{desk.ErrInvalid, http.StatusBadRequest, "invalid", ""},
	{customer.ErrCode, http.StatusBadRequest, "code", ""},
	{desk.ErrLimit, http.StatusTooManyRequests, "limit", ""},
	{desk.ErrNoPushes, http.StatusNotImplemented, "pushes", ""},
	{customer.ErrLeaseHeld, http.StatusServiceUnavailable, "busy", "Another process loads this source; send it again in a moment."},
	{desk.ErrAway, http.StatusServiceUnavailable, "database", "The database does not answer; ask again in a moment."},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "timeout", "The hub did not answer in time; ask again."},
}

// problemOf maps an error to its answer; what is not foreseen goes to the log, not to the caller.
func (s *Server) problemOf(ctx context.Context, pattern string, err error) *Problem {
	var said *Problem
	if errors.As(err, &said) {
		return said
	}
	for _, f := range faults {
		if !errors.Is(err, f.is) {
			continue
		}
		p := newProblem(f.status, f.code, f.detail)
		if f.detail == "" {
			p.Detail = err.Error()
		}
		var stale *desk.Stale
		if errors.As(err, &stale) {
			p.Changed = stale.Changed
		}
		var limited *desk.Limited
		if errors.As(err, &limited) {
			p.wait = limited.Wait
		}
		return p
	}
	if ctx.Err() != nil {
		return newProblem(http.StatusServiceUnavailable, "timeout", "The hub did not answer in time; ask again.")
	}
	p := newProblem(http.StatusInternalServerError, "internal", "The hub failed; its log says why.")
	s.options.Logger.Error("request failed", "pattern", pattern, "instance", p.Instance, "error", err)
	return p
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	s.problemOf(r.Context(), r.Pattern, err).write(w)
}
