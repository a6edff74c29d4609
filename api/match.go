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
	Ignored    []string     `json:"ignored,omitempty" doc:"Attributes of the question by which not everybody was looked up: there are none of these names, or, of persons or of organizations, you do not see the values whole and may not reveal them."`
}

// ignorer is a Matcher that can tell by which attributes of a question it does not look.
type ignorer interface {
	Ignored(ctx context.Context, q desk.Question) []string
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
	var said *Problem
	if errors.As(err, &said) {
		said.write(w)
		return
	}
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
		out := Candidates{Candidates: append([]desk.Found{}, found...)}
		if i, is := s.options.Matcher.(ignorer); is {
			out.Ignored = i.Ignored(r.Context(), q)
		}
		answer(w, out)
	}
}

// readQuestion reads the body. What is wrong with it is told by place, not by value.
func readQuestion(r *http.Request, q *desk.Question) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(q)
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	var mistyped *json.UnmarshalTypeError
	var large *http.MaxBytesError
	const like = `; it looks like {"text": "...", "values": {"name": ["..."]}, "kind": "person", "limit": 10}`
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &large):
		return newProblem(http.StatusRequestEntityTooLarge, "size", "The body is larger than 1 MiB.")
	case errors.As(err, &mistyped) && strings.HasPrefix(mistyped.Field, "values"):
		return errors.New("in the body, values is an object with a list of texts for each attribute" + like)
	case errors.As(err, &mistyped) && mistyped.Field != "":
		return errors.New("in the body, " + mistyped.Field + " is of another type" + like)
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		return errors.New("the body has a field that there is none of: there are text, values, kind and limit" + like)
	}
	return errors.New("the body is not one JSON object" + like)
}

func questionOf(r *http.Request) (desk.Question, error) {
	q := desk.Question{Limit: 10, Values: map[string][]string{}}
	if r.Method == http.MethodPost {
		if err := readQuestion(r, &q); err != nil {
			return q, err
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
