package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/customer"
	"kartoteka/desk"
)

// TaskPath is the part of a path that names a question.
type TaskPath struct {
	ID int64 `path:"id" minimum:"1" doc:"Number of the question."`
}

// TaskQuery chooses questions.
type TaskQuery struct {
	Kind     []string `query:"kind" maxItems:"20" doc:"Kinds of questions: possible_match, conflict, over_merge, held_join, held_split, disagreement, key_reuse, oversized."`
	Code     string   `query:"code" maxLength:"40" doc:"Only questions about this customer."`
	Mine     bool     `query:"mine" doc:"Only those that you have claimed."`
	Assigned bool     `query:"assigned" doc:"Only those that are assigned to you."`
}

func (q *TaskQuery) filter() (f desk.TaskFilter, err error) {
	f.Mine, f.Assigned = q.Mine, q.Assigned
	for _, kind := range q.Kind {
		f.Kinds = append(f.Kinds, customer.TaskKind(kind))
	}
	if q.Code != "" {
		f.Code, err = customer.ParseCode(q.Code)
	}
	return f, err
}

// NextTask is the question that is to be answered next.
type NextTask struct {
	Task *desk.Task `json:"task,omitempty" doc:"Absent when there is none, or as many were answered today as are asked a day."`
}

// answerOrder is what a person says to a question.
type answerOrder struct {
	Approve bool                    `json:"approve" doc:"Yes does what the question proposes; no leaves things as they are, for good."`
	Reason  string                  `json:"reason,omitempty" maxLength:"1000" doc:"Kept in the audit. Without personal data, please."`
	Version string                  `json:"version,omitempty" maxLength:"200" doc:"Of the question as you saw it; as If-Match."`
	Pins    []desk.Pick             `json:"pins,omitempty" maxItems:"50" doc:"Values chosen for the golden record that comes of it."`
	Expect  map[customer.Code]int64 `json:"expect,omitempty" doc:"Further versions of customers that you saw."`
	DryRun  bool                    `json:"dry_run,omitempty" doc:"Show what would change and change nothing."`
}

// questions are the operations about questions.
func (s *Server) questions(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/tasks", "tasks", "A page of questions, the dearest first, and the queue in numbers.",
		func(ctx context.Context, in *struct {
			TaskQuery
			State  string `query:"state" enum:"open,done,obsolete" default:"open"`
			Cursor string `query:"cursor" maxLength:"40" doc:"What the page before answered as next."`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
		}) (*reply[*desk.Queue], error) {
			f, err := in.filter()
			if err != nil {
				return nil, err
			}
			f.State, f.Limit = customer.TaskState(in.State), in.Limit
			return body(d.Queue(ctx, f, in.Cursor))
		})
	register(s, api, http.MethodPost, "/v1/tasks/next", "task-next", "Claim the first question that nobody else has, and show it.",
		func(ctx context.Context, in *struct {
			TaskQuery
			Beyond bool `query:"beyond" doc:"Go on when the day's number of questions is answered."`
			Lease  int  `query:"lease" minimum:"1" maximum:"86400" default:"300" doc:"Seconds that the claim holds."`
		}) (*reply[NextTask], error) {
			f, err := in.filter()
			if err != nil {
				return nil, err
			}
			f.Beyond, f.Lease = in.Beyond, time.Duration(in.Lease)*time.Second
			t, err := d.Next(ctx, f)
			return &reply[NextTask]{NextTask{t}}, err
		})
	register(s, api, http.MethodGet, "/v1/tasks/{id}", "task", "A question with everything that is needed to answer it.",
		func(ctx context.Context, in *TaskPath) (*tagged[*desk.Task], error) {
			t, err := d.Task(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &tagged[*desk.Task]{strconv.Quote(t.Version), t}, nil
		})
	register(s, api, http.MethodPost, "/v1/tasks/{id}/answer", "task-answer", "Answer a question.", s.answerTask)
	s.claiming(api)
	register(s, api, http.MethodGet, "/v1/stats", "stats", "The state of the hub in numbers.",
		func(ctx context.Context, _ *struct{}) (*reply[*desk.Statistics], error) {
			return body(d.Statistics(ctx))
		})
}

func (s *Server) answerTask(ctx context.Context, in *struct {
	TaskPath
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"An id of your own: what is sent twice is done once, and answered alike."`
	IfMatch string `header:"If-Match" maxLength:"200"`
	Body    answerOrder
}) (*reply[*desk.Answered], error) {
	b := &in.Body
	if tag := unquoted(in.IfMatch); tag != "" && tag != "*" {
		b.Version = tag
	}
	return body(s.options.Desk.Answer(ctx, in.ID, desk.Verdict{Approve: b.Approve, Reason: b.Reason, Request: requestOf(ctx, in.Key), Version: b.Version,
		Expect: b.Expect, Pins: b.Pins, DryRun: b.DryRun}))
}

// unquoted is the name of a version out of a header.
func unquoted(tag string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
}

// claiming are the operations by which people share the queue.
func (s *Server) claiming(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodPost, "/v1/tasks/{id}/claim", "task-claim", "Claim a question, or hold it longer: nobody else can answer it until then.",
		func(ctx context.Context, in *struct {
			TaskPath
			Lease int `query:"lease" minimum:"1" maximum:"86400" default:"300" doc:"Seconds that the claim holds."`
		}) (*reply[*desk.Claim], error) {
			return body(d.Claim(ctx, in.ID, time.Duration(in.Lease)*time.Second))
		})
	register(s, api, http.MethodPost, "/v1/tasks/{id}/release", "task-release", "Give a claimed question back.",
		func(ctx context.Context, in *TaskPath) (*struct{}, error) { return nil, d.Release(ctx, in.ID) })
	register(s, api, http.MethodPost, "/v1/tasks/{id}/skip", "task-skip", "Put a question off: it is asked after all others, or not before a time.",
		func(ctx context.Context, in *struct {
			TaskPath
			Body struct {
				Reason string `json:"reason,omitempty" maxLength:"1000"`
				Until  string `json:"until,omitempty" maxLength:"40" doc:"Nobody is asked before."`
			}
		}) (*struct{}, error) {
			until, err := moment(in.Body.Until)
			if err != nil {
				return nil, err
			}
			return nil, d.Skip(ctx, in.ID, in.Body.Reason, until)
		})
}
