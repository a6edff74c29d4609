package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/desk"
)

// PlanPath is the part of a path that names a plan.
type PlanPath struct {
	ID int64 `path:"id" minimum:"1" doc:"Number of the plan."`
}

// plans are the operations about the rules: those in force, and changes of them.
func (s *Server) plans(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/settings", "settings", "The rules in force: thresholds, costs, model, versions.",
		func(ctx context.Context, _ *struct{}) (*reply[*desk.Settings], error) { return body(d.Settings(ctx)) })
	register(s, api, http.MethodGet, "/v1/plans", "plans", "Changes of the rules, the newest first.",
		func(ctx context.Context, in *struct {
			PageQuery
			Applied bool `query:"applied" doc:"Only those that came into force."`
		}) (*reply[*desk.Plans], error) {
			return body(d.Plans(ctx, in.Applied, in.Cursor, in.Limit))
		})
	register(s, api, http.MethodPost, "/v1/plans", "plan", "Have worked out what a change of the rules would do. Nothing is changed.",
		func(ctx context.Context, in *struct {
			Key  string `header:"Idempotency-Key" maxLength:"200" doc:"An id of your own: what is sent twice is done once, and answered alike."`
			Body struct {
				Settings *string `json:"settings,omitempty" maxLength:"65536" doc:"The section matching of the configuration or a part of it, in YAML. Without it what was laid over the file stays; empty takes that off."`
				Train    bool    `json:"train,omitempty" doc:"With a model trained anew on the records of the hub."`
				Reason   string  `json:"reason,omitempty" maxLength:"1000" doc:"Kept in the audit. Without personal data, please."`
			}
		}) (*reply[*desk.ShownPlan], error) {
			return body(d.AskPlan(ctx, desk.PlanWish{Settings: in.Body.Settings, Train: in.Body.Train, Reason: in.Body.Reason, Request: requestOf(ctx, in.Key)}))
		})
	register(s, api, http.MethodGet, "/v1/plans/{id}", "plan-shown", "A change of the rules: how far it is, and what it would do or did.",
		func(ctx context.Context, in *PlanPath) (*reply[*desk.ShownPlan], error) {
			return body(d.Plan(ctx, in.ID))
		})
	register(s, api, http.MethodPost, "/v1/plans/{id}/apply", "plan-apply", "Let the hub carry a plan out. What is being carried out already is shown.",
		func(ctx context.Context, in *struct {
			PlanPath
			Key  string `header:"Idempotency-Key" maxLength:"200" doc:"Not needed: a plan is carried out once."`
			Body struct {
				Reason string  `json:"reason,omitempty" maxLength:"1000" doc:"Kept in the audit. Without personal data, please."`
				Brake  float64 `json:"brake,omitempty" minimum:"0" maximum:"100" doc:"Percent of the codes that it may join, split or remove; 5 without it."`
			}
		}) (*reply[*desk.ShownPlan], error) {
			return body(d.ApprovePlan(ctx, in.ID, desk.PlanConsent{Reason: in.Body.Reason, Brake: in.Body.Brake}))
		})
	register(s, api, http.MethodPost, "/v1/plans/{id}/drop", "plan-drop", "Give a plan up that was not carried out.",
		func(ctx context.Context, in *PlanPath) (*reply[*desk.ShownPlan], error) {
			return body(d.DropPlan(ctx, in.ID))
		})
}
