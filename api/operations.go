package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// operationOrder is what somebody wants done.
type operationOrder struct {
	desk.Deed
	Reason string                  `json:"reason,omitempty" maxLength:"1000" doc:"Kept in the audit. Without personal data, please."`
	Expect map[customer.Code]int64 `json:"expect,omitempty" doc:"The versions of customers that you saw: refused if one changed since."`
	DryRun bool                    `json:"dry_run,omitempty" doc:"Show what would change and change nothing."`
}

// operations change who is who, or what is true.
func (s *Server) operations(api huma.API) {
	register(s, api, http.MethodPost, "/v1/operations", "operate", "Merge, split, unmerge, move, judge, confirm, keep, pin, unpin, grant or revoke, with preview.",
		func(ctx context.Context, in *struct {
			Key     string `header:"Idempotency-Key" maxLength:"200" doc:"An id of your own: what is sent twice is done once, and answered alike."`
			IfMatch string `header:"If-Match" maxLength:"200" doc:"The ETag of the customer that code names, as you saw it."`
			Body    operationOrder
		}) (*reply[*desk.Operated], error) {
			o := desk.Order{Deed: in.Body.Deed, Reason: in.Body.Reason, Request: requestOf(ctx, in.Key), Expect: in.Body.Expect, DryRun: in.Body.DryRun}
			if err := matched(&o, in.IfMatch); err != nil {
				return nil, err
			}
			return body(s.options.Desk.Operate(ctx, o))
		})
}

// requestOf is an id of a request that no other caller shares; "" for none.
func requestOf(ctx context.Context, key string) string {
	if key == "" {
		return ""
	}
	return desk.Actor(access.From(ctx)) + " " + key
}

// matched expects the version that an ETag names of the code that the order is about: the tag is
// EPOCH.VERSION of the golden record, or CODE.VERSION of the card.
func matched(o *desk.Order, tag string) error {
	if tag = unquoted(tag); tag == "" || tag == "*" {
		return nil
	}
	code, err := customer.ParseCode(o.Deed.Code)
	parts := strings.SplitN(tag, ".", 3)
	if err != nil || len(parts) < 2 {
		return newProblem(http.StatusBadRequest, "if_match", "If-Match is the ETag of the customer that code names; without code use expect.")
	}
	version, err := strconv.ParseInt(strings.SplitN(parts[1], "-", 2)[0], 10, 64)
	if err != nil {
		return newProblem(http.StatusBadRequest, "if_match", "If-Match is the ETag of the customer that code names.")
	}
	expect := map[customer.Code]int64{code: version}
	for c, v := range o.Expect {
		expect[c] = v
	}
	o.Expect = expect
	return nil
}
