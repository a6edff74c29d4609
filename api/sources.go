package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/customer"
	"kartoteka/desk"
)

// SourceList are the sources.
type SourceList struct {
	Sources []desk.Source `json:"sources"`
}

// PageQuery is a place in a list and how much of it.
type PageQuery struct {
	Cursor string `query:"cursor" maxLength:"40" doc:"What the page before answered as next."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

// sources are the operations about where records come from.
func (s *Server) sources(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/sources", "sources", "The sources with their accounts over all readings.",
		func(ctx context.Context, _ *struct{}) (*reply[SourceList], error) {
			list, err := d.Sources(ctx)
			return &reply[SourceList]{SourceList{list}}, err
		})
	register(s, api, http.MethodGet, "/v1/sources/{name}", "source", "A source with its mapping.",
		func(ctx context.Context, in *struct {
			Name string `path:"name" maxLength:"200"`
		}) (*reply[*desk.Source], error) {
			return body(d.Source(ctx, customer.Source(in.Name)))
		})
	register(s, api, http.MethodGet, "/v1/runs", "runs", "Readings of sources, the newest first.",
		func(ctx context.Context, in *struct {
			PageQuery
			Source string `query:"source" maxLength:"200"`
		}) (*reply[*desk.Runs], error) {
			return body(d.Runs(ctx, customer.Source(in.Source), in.Cursor, in.Limit))
		})
	register(s, api, http.MethodGet, "/v1/runs/{id}", "run", "One reading of a source.",
		func(ctx context.Context, in *struct {
			ID int64 `path:"id" minimum:"1"`
		}) (*reply[*desk.Reading], error) {
			return body(d.Run(ctx, in.ID))
		})
	s.pushes(api)
}

// rejects are the operations about input that could not become records.
func (s *Server) rejects(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/rejects", "rejects", "Input that could not become records.",
		func(ctx context.Context, in *struct {
			PageQuery
			Source string `query:"source" maxLength:"200"`
			Run    int64  `query:"run" minimum:"0"`
			Code   string `query:"code" maxLength:"100" doc:"What is wrong: row.columns, key.missing, ..."`
			Open   bool   `query:"open" doc:"Only those that were not mended since."`
		}) (*reply[*desk.Rejects], error) {
			return body(d.Rejects(ctx, desk.RejectFilter{Source: customer.Source(in.Source), Run: in.Run, Code: in.Code, Open: in.Open, Limit: in.Limit}, in.Cursor))
		})
	register(s, api, http.MethodGet, "/v1/rejects/{id}", "reject", "One reject with what was received.",
		func(ctx context.Context, in *struct {
			ID     int64  `path:"id" minimum:"1"`
			Reason string `query:"reason" maxLength:"1000" doc:"Why you need what was received, if you do not see all values; it is audited."`
		}) (*reply[*desk.Reject], error) {
			return body(d.Reject(ctx, in.ID, in.Reason))
		})
	register(s, api, http.MethodPost, "/v1/rejects/{id}/replay", "reject-replay", "Send a reject again, mended.",
		func(ctx context.Context, in *struct {
			ID   int64 `path:"id" minimum:"1"`
			Body struct {
				Columns map[string]string `json:"columns,omitempty" doc:"The columns as they should have been; without them as it was received."`
			}
		}) (*reply[*desk.Received], error) {
			return body(d.Replay(ctx, in.ID, cellsOf(in.Body.Columns)))
		})
}
