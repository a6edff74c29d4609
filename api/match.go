package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"kartoteka/customer"
)

// Question is what somebody knows of a customer: a text in any order, or values by attribute as
// people write them.
type Question struct {
	Text   string              `json:"text,omitempty"`
	Kind   customer.Kind       `json:"kind,omitempty"` // of the values; "" if they tell
	Values map[string][]string `json:"values,omitempty"`
	Limit  int                 `json:"limit,omitempty"` // of answers; 10 by default
}

// Candidate is a customer who may be the one.
type Candidate struct {
	Code  customer.Code `json:"code"`
	Score float64       `json:"score"` // evidence of what agrees, in bits
	// Same says that a record with these values would be linked to one of the customer's.
	Same bool `json:"same"`
}

// Matcher looks customers up by what is known of them, best first.
type Matcher interface {
	// Match returns at most q.Limit candidates. An error that wraps ErrQuestion says what the
	// caller has to change; it holds no values.
	Match(ctx context.Context, q Question) ([]Candidate, error)
}

// ErrQuestion says that a question cannot be asked so; the caller gets 400 with its text.
var ErrQuestion = errors.New("cannot be asked")

// Limits of questions.
const (
	maxCandidates = 100
	maxValues     = 50
	maxText       = 1000
)

// match answers GET and POST /v1/match: who may the customer be of whom this is known? Values are
// query parameters, or a JSON body, which no log keeps.
func (s *Server) match(w http.ResponseWriter, r *http.Request) {
	if s.options.Matcher == nil {
		problem(w, http.StatusNotFound, "path", "This server looks nobody up.")
		return
	}
	q, err := questionOf(r)
	if err != nil {
		problem(w, http.StatusBadRequest, "question", err.Error())
		return
	}
	found, err := s.options.Matcher.Match(r.Context(), q)
	switch {
	case errors.Is(err, ErrQuestion):
		problem(w, http.StatusBadRequest, "question", err.Error())
	case err != nil:
		s.fail(w, r, err)
	default:
		w.Header().Set("Cache-Control", "no-store")
		answer(w, struct {
			Candidates []Candidate `json:"candidates"`
		}{append([]Candidate{}, found...)})
	}
}

func questionOf(r *http.Request) (Question, error) {
	q := Question{Limit: 10, Values: map[string][]string{}}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil && !errors.Is(err, io.EOF) {
			return q, errors.New(`the body is no JSON such as {"values": {"name": ["..."]}}`)
		}
	}
	for name, values := range r.URL.Query() {
		switch name {
		case "text":
			q.Text = strings.Join(values, " ")
		case "kind":
			q.Kind = customer.Kind(values[0])
		case "limit":
			n, err := strconv.Atoi(values[0])
			if err != nil {
				n = 0
			}
			q.Limit = n
		default:
			q.Values[name] = append(q.Values[name], values...)
		}
	}
	return q, q.check()
}

func (q *Question) check() error {
	n, length := 0, len(q.Text)
	for _, values := range q.Values {
		n += len(values)
		for _, v := range values {
			length = max(length, len(v))
		}
	}
	switch {
	case q.Limit < 1 || q.Limit > maxCandidates:
		return errors.New("limit is a number from 1 to " + strconv.Itoa(maxCandidates))
	case q.Text == "" && n == 0:
		return errors.New("say what is known: text=TEXT, or attributes such as name=NAME&phone=PHONE")
	case n > maxValues || length > maxText:
		return errors.New("at most " + strconv.Itoa(maxValues) + " values of " + strconv.Itoa(maxText) + " bytes each")
	}
	return nil
}
