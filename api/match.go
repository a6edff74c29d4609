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
	"kartoteka/desk"
)

// Matcher looks customers up by what is known of them, best first.
type Matcher interface {
	// Search returns at most q.Limit customers. An error that wraps desk.ErrInvalid says what the caller
	// has to change, one that wraps desk.ErrEmpty that there are no customers yet.
	Search(ctx context.Context, q desk.Question) ([]desk.Found, error)
}

// Candidates are the customers who may be meant, the best first.
type Candidates struct {
	Candidates []desk.Found `json:"candidates"`
}

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
	found, err := s.options.Matcher.Search(r.Context(), q)
	switch {
	case errors.Is(err, desk.ErrInvalid):
		problem(w, http.StatusBadRequest, "question", err.Error())
	case err != nil && !errors.Is(err, desk.ErrEmpty):
		s.fail(w, r, err)
	default:
		w.Header().Set("Cache-Control", "no-store")
		answer(w, Candidates{append([]desk.Found{}, found...)})
	}
}

func questionOf(r *http.Request) (desk.Question, error) {
	q := desk.Question{Limit: 10, Values: map[string][]string{}}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(&q); err != nil && !errors.Is(err, io.EOF) {
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
		case "sort":
			q.Sort = values[0]
		case "lang":
			q.Lang = values[0]
		default:
			q.Values[name] = append(q.Values[name], values...)
		}
	}
	if err := storable(q); err != nil {
		return q, err
	}
	return q, checkQuestion(&q)
}

// checkQuestion refuses what is too much, or nothing.
func checkQuestion(q *desk.Question) error {
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
