package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/customer"
	"kartoteka/desk"
)

// ProposalPath is the part of a path that names a proposal.
type ProposalPath struct {
	ID int64 `path:"id" minimum:"1" doc:"Number of the proposal, or of the batch."`
}

// SaidBy is why somebody approves or refuses.
type SaidBy struct {
	ProposalPath
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"1000"`
	}
}

// proposals are what people want done and is not done yet: held for some seconds, or waiting for
// another person.
func (s *Server) proposals(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/proposals", "proposals", "What people want done and what became of it, the newest first.",
		func(ctx context.Context, in *struct {
			State  string `query:"state" maxLength:"20" doc:"Only those in this state; without it those that are open."`
			Mine   bool   `query:"mine" doc:"Only your own."`
			Batch  int64  `query:"batch" minimum:"0"`
			Cursor string `query:"cursor" maxLength:"40" doc:"What the page before answered as next."`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
		}) (*reply[*desk.PendingPage], error) {
			return body(d.Pendings(ctx, desk.PendingFilter{State: customer.ProposalState(in.State), Mine: in.Mine, Batch: in.Batch, Limit: in.Limit}, in.Cursor))
		})
	register(s, api, http.MethodGet, "/v1/proposals/{id}", "proposal", "What a proposal would change now.",
		func(ctx context.Context, in *ProposalPath) (*reply[*desk.Operated], error) {
			return body(d.Proposed(ctx, in.ID))
		})
	register(s, api, http.MethodPost, "/v1/proposals/{id}/undo", "proposal-undo", "Take a proposal back, also one that was carried out.",
		func(ctx context.Context, in *ProposalPath) (*reply[*desk.Operated], error) {
			return body(d.Undo(ctx, in.ID))
		})
	for verb, yes := range map[string]bool{"approve": true, "refuse": false} {
		register(s, api, http.MethodPost, "/v1/proposals/{id}/"+verb, "proposal-"+verb, "Answer another person's proposal.",
			func(ctx context.Context, in *SaidBy) (*reply[*desk.Operated], error) {
				return body(d.Approve(ctx, in.ID, yes, in.Body.Reason))
			})
		register(s, api, http.MethodPost, "/v1/batches/{id}/"+verb, "batch-"+verb, "Answer another person's batch of answers.",
			func(ctx context.Context, in *SaidBy) (*reply[*desk.BulkDone], error) {
				return body(d.ApproveBulk(ctx, in.ID, yes, in.Body.Reason))
			})
	}
	register(s, api, http.MethodPost, "/v1/batches/{id}/undo", "batch-undo", "Take a batch of answers back.",
		func(ctx context.Context, in *ProposalPath) (*reply[*desk.BulkDone], error) {
			return body(d.UndoBulk(ctx, in.ID))
		})
	s.sharing(api)
}

// sharing are the operations by which people speak about questions, and answer many at once.
func (s *Server) sharing(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodPost, "/v1/tasks/{id}/comments", "task-comment", "Comment a question.",
		func(ctx context.Context, in *struct {
			TaskPath
			Body struct {
				Text string `json:"text" minLength:"1" maxLength:"4000"`
			}
		}) (*struct{}, error) {
			return nil, d.Comment(ctx, in.ID, in.Body.Text)
		})
	register(s, api, http.MethodPost, "/v1/tasks/{id}/assign", "task-assign", "Assign a question to a person; to nobody by an empty name.",
		func(ctx context.Context, in *struct {
			TaskPath
			Body struct {
				To string `json:"to" maxLength:"200"`
			}
		}) (*struct{}, error) {
			return nil, d.Assign(ctx, in.ID, in.Body.To)
		})
	register(s, api, http.MethodPost, "/v1/tasks/bulk", "tasks-bulk", "Answer all open questions of a filter alike.",
		func(ctx context.Context, in *struct {
			TaskQuery
			Body struct {
				Approve bool   `json:"approve"`
				Reason  string `json:"reason,omitempty" maxLength:"1000"`
				DryRun  bool   `json:"dry_run,omitempty" doc:"Tell what it would be about, and change nothing."`
			}
		}) (*reply[*desk.BulkDone], error) {
			f, err := in.filter()
			if err != nil {
				return nil, err
			}
			return body(d.Bulk(ctx, desk.BulkOrder{Filter: f, Approve: in.Body.Approve, Reason: in.Body.Reason, DryRun: in.Body.DryRun}))
		})
}
