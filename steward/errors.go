package steward

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
)

// failures tells which errors mean what; the first that fits counts.
var failures = []struct {
	is     error
	status int
	key    string
}{
	{access.ErrForbidden, http.StatusForbidden, "steward.error.forbidden"},
	{customer.ErrUnknown, http.StatusNotFound, "steward.error.unknown"},
	{resolve.ErrStale, http.StatusConflict, "steward.error.stale"},
	{desk.ErrTask, http.StatusConflict, "steward.task.taken"},
	{desk.ErrLimit, http.StatusTooManyRequests, "steward.error.limit"},
	{desk.ErrEmpty, http.StatusConflict, "steward.error.empty"},
	{desk.ErrRuleset, http.StatusConflict, "steward.error.readonly"},
	{resolve.ErrContradiction, http.StatusUnprocessableEntity, "steward.error.contradiction"},
	{resolve.ErrRequest, http.StatusConflict, "steward.error.request"},
	{resolve.ErrUndecidable, http.StatusUnprocessableEntity, "steward.error.undecidable"},
	{resolve.ErrNothing, http.StatusUnprocessableEntity, "steward.error.nothing"},
	{desk.ErrInvalid, http.StatusBadRequest, "steward.error.invalid"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "steward.error.late"},
}

// failure finds the status and the phrase of an error.
func failure(err error) (int, string) {
	for _, f := range failures {
		if errors.Is(err, f.is) {
			return f.status, f.key
		}
	}
	return http.StatusInternalServerError, "steward.error.internal"
}

// fail answers an error with a page that says what to do.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, key := failure(err)
	if errors.Is(err, context.Canceled) {
		return
	}
	if status == http.StatusInternalServerError {
		s.options.Logger.Error("page failed", "pattern", r.Pattern, "error", err)
	}
	var limited *desk.Limited
	if errors.As(err, &limited) {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(limited.Wait.Seconds()))))
	}
	f := s.frame(r, "", "steward.error.title")
	body := problemBody{Status: status, Key: key, Told: told(f.Lang, err)}
	if body.Told == "" && status != http.StatusInternalServerError && status != http.StatusNotFound && f.Lang == phrases.En {
		body.Detail = err.Error()
	}
	_ = s.showProblem(w, r, f, body)
}

// problemBody is what the error page shows.
type problemBody struct {
	Status int
	Key    string
	Told   string // what exactly, in the language of the page
	Detail string // or else from the hub, on English pages; it holds no personal data
	Retry  string // where to try again, "" for nowhere
}

// message answers with a sentence.
func (s *Site) message(w http.ResponseWriter, r *http.Request, status int, key string) error {
	return s.problem(w, r, status, key, "")
}

func (s *Site) problem(w http.ResponseWriter, r *http.Request, status int, key, detail string) error {
	return s.showProblem(w, r, s.frame(r, "", "steward.error.title"), problemBody{Status: status, Key: key, Detail: detail})
}

func (s *Site) showProblem(w http.ResponseWriter, r *http.Request, f frame, body problemBody) error {
	if r.Method == http.MethodGet && body.Status >= 500 {
		body.Retry = r.URL.RequestURI()
	}
	return s.show(w, r, body.Status, "problem", f, body)
}
