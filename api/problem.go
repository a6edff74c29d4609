package api

import (
	"encoding/json"
	"errors"
	"net/http"
)

// Problem is the body of every error (RFC 9457). Code is stable; programs decide by it.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}

func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail})
}

// fail maps an error to its answer; what is not foreseen goes to the log, not to the caller.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ErrUnknown):
		problem(w, http.StatusNotFound, "unknown", "The hub knows no such code or record.")
	case r.Context().Err() != nil:
		problem(w, http.StatusServiceUnavailable, "timeout", "The hub did not answer in time; ask again.")
	default:
		s.options.Logger.Error("request failed", "pattern", r.Pattern, "error", err)
		problem(w, http.StatusInternalServerError, "internal", "The hub failed; its log says why.")
	}
}
