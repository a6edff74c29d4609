package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
)

// CodePath is the part of a path that names a customer.
type CodePath struct {
	Code string `path:"code" maxLength:"40" doc:"A personal code, with or without hyphens."`
}

func (c *CodePath) who() (resolve.Who, error) {
	code, err := customer.ParseCode(c.Code)
	return resolve.Who{Code: code}, err
}

// customers are the operations that show a customer.
func (s *Server) customers(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/golden/{code}/card", "customer-card", "A customer with everything that hangs on the code, now or as of a time.",
		func(ctx context.Context, in *struct {
			CodePath
			AsOf    string `query:"as_of" maxLength:"40" doc:"As the hub knew it then: 2026-11-22, 2026-11-22 17:05 or 2026-11-22T17:05:00Z."`
			Records int    `query:"records" minimum:"0" maximum:"200" doc:"How many source records to show with their values."`
		}) (*tagged[*desk.Customer], error) {
			who, err := in.who()
			o := desk.CustomerOptions{Records: in.Records}
			if err == nil {
				o.AsOf, err = moment(in.AsOf)
			}
			if err != nil {
				return nil, err
			}
			c, err := d.Customer(ctx, who, o)
			if err != nil {
				return nil, err
			}
			return &tagged[*desk.Customer]{strconv.Quote(c.ETag), c}, nil
		})
	register(s, api, http.MethodGet, "/v1/golden/{code}/records", "customer-records", "The source records of a customer, raw and standardized.", s.customerRecords)
	register(s, api, http.MethodPost, "/v1/golden/{code}/reveal", "customer-reveal", "A masked value whole, for a reason, which is audited.",
		func(ctx context.Context, in *struct {
			CodePath
			Body struct {
				Attribute string `json:"attribute" minLength:"1" maxLength:"100"`
				Reason    string `json:"reason" minLength:"1" maxLength:"1000"`
			}
		}) (*reply[*desk.Revealed], error) {
			who, err := in.who()
			if err != nil {
				return nil, err
			}
			return body(d.Reveal(ctx, who, in.Body.Attribute, in.Body.Reason))
		})
	s.pasts(api)
	s.origins(api)
	s.comparing(api)
}

// pasts are the operations that tell what happened to a code, and what of it others were told.
func (s *Server) pasts(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/golden/{code}/history", "customer-history", "What happened to a code, the newest first.",
		func(ctx context.Context, in *struct {
			CodePath
			Limit int    `query:"limit" minimum:"1" maximum:"500" default:"20"`
			Until string `query:"until" maxLength:"40" doc:"Only what had happened by then."`
		}) (*reply[*desk.History], error) {
			who, err := in.who()
			o := desk.HistoryOptions{Limit: in.Limit}
			if err == nil {
				o.Until, err = moment(in.Until)
			}
			if err != nil {
				return nil, err
			}
			return body(d.History(ctx, who, o))
		})
	register(s, api, http.MethodGet, "/v1/golden/{code}/feed", "customer-feed", "What the feed has told of a code: versions, positions, topics, the newest first.",
		func(ctx context.Context, in *struct {
			CodePath
			Limit int `query:"limit" minimum:"1" maximum:"500" default:"20"`
		}) (*reply[*desk.Feed], error) {
			who, err := in.who()
			if err != nil {
				return nil, err
			}
			return body(d.Feed(ctx, who, in.Limit))
		})
}

// origins are the operations that show why the records of a customer are one.
func (s *Server) origins(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/golden/{code}/how", "customer-how", "How a customer came about: what joined at which evidence, in order.",
		func(ctx context.Context, in *CodePath) (*reply[*desk.How], error) {
			who, err := in.who()
			if err != nil {
				return nil, err
			}
			return body(d.How(ctx, who))
		})
	register(s, api, http.MethodGet, "/v1/golden/{code}/graph", "customer-graph", "How the records of a customer hang together.",
		func(ctx context.Context, in *CodePath) (*reply[*desk.Graph], error) {
			who, err := in.who()
			if err != nil {
				return nil, err
			}
			return body(d.Graph(ctx, who.Code))
		})
}

// tagged is an answer that names its version.
type tagged[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// body wraps an answer.
func body[T any](out T, err error) (*reply[T], error) { return &reply[T]{out}, err }

// RecordPage is a page of source records.
type RecordPage struct {
	Records []desk.SourceRecord `json:"records"`
	Next    string              `json:"next,omitempty" doc:"The cursor of the next page."`
}

func (s *Server) customerRecords(ctx context.Context, in *struct {
	CodePath
	Cursor int64 `query:"cursor" minimum:"0" doc:"What the page before answered as next."`
	Limit  int   `query:"limit" minimum:"1" maximum:"500" default:"50"`
}) (*reply[RecordPage], error) {
	who, err := in.who()
	if err != nil {
		return nil, err
	}
	list, next, err := s.options.Desk.Records(ctx, who.Code, customer.RecordID(in.Cursor), in.Limit)
	page := RecordPage{Records: append([]desk.SourceRecord{}, list...)}
	if next != 0 {
		page.Next = strconv.FormatInt(next, 10)
	}
	return &reply[RecordPage]{page}, err
}

// pair names two customers or records.
type pair struct {
	A string `query:"a" required:"true" maxLength:"600" doc:"CODE or SOURCE/KEY."`
	B string `query:"b" required:"true" maxLength:"600" doc:"CODE or SOURCE/KEY."`
}

func both(a, b string) (x, y resolve.Who, err error) {
	if x, err = desk.ParseWho(a); err == nil {
		y, err = desk.ParseWho(b)
	}
	return x, y, err
}

// comparing are the operations about two customers.
func (s *Server) comparing(api huma.API) {
	d := s.options.Desk
	register(s, api, http.MethodGet, "/v1/why", "why", "Why two records are one customer, or are not: how the weights add up.",
		func(ctx context.Context, in *pair) (*reply[*desk.Why], error) {
			x, y, err := both(in.A, in.B)
			if err != nil {
				return nil, err
			}
			return body(d.Why(ctx, x, y))
		})
	register(s, api, http.MethodPost, "/v1/whatif", "whatif", "What would become of the verdict on two records if one of them said something else.",
		func(ctx context.Context, in *struct {
			Body struct {
				A     string   `json:"a" maxLength:"600" doc:"CODE or SOURCE/KEY; what is supposed is about it."`
				B     string   `json:"b" maxLength:"600"`
				Set   []string `json:"set,omitempty" maxItems:"50" doc:"ATTRIBUTE=VALUE, as a person would write it."`
				Unset []string `json:"unset,omitempty" maxItems:"50" doc:"Attributes of which it had no value."`
			}
		}) (*reply[*desk.WhatIf], error) {
			x, y, err := both(in.Body.A, in.Body.B)
			if err != nil {
				return nil, err
			}
			return body(d.WhatIf(ctx, x, y, desk.Supposition{Set: in.Body.Set, Unset: in.Body.Unset}))
		})
}

// moment reads an optional time.
func moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return desk.ParseMoment(text)
}
