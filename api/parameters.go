package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// unasked is the problem of a query with a parameter that the operation does not have: it would be
// taken for one that was heeded.
func unasked(query url.Values, names []string) *Problem {
	for name := range query {
		if !slices.Contains(names, name) {
			p := newProblem(http.StatusBadRequest, "parameter", "The query has a parameter that this operation does not have; it has "+orNone(names)+".")
			p.Errors = []Fault{{"query", "has an unknown parameter"}}
			return p
		}
	}
	return nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// onlyDescribed refuses parameters that the description of the operation does not name.
func onlyDescribed(ctx huma.Context, next func(huma.Context)) {
	var names []string
	for _, p := range ctx.Operation().Parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	u := ctx.URL()
	p := unasked(u.Query(), names)
	if p == nil {
		next(ctx)
		return
	}
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p)
}

// only refuses parameters other than those.
func only(names []string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if p := unasked(r.URL.Query(), names); p != nil {
			p.write(w)
			return
		}
		next(w, r)
	}
}

// retried describes when to ask again, for all operations that say that it was too often.
func retried(about *huma.OpenAPI) {
	for _, item := range about.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op == nil || op.Responses["429"] == nil {
				continue
			}
			said := *op.Responses["429"]
			said.Headers = map[string]*huma.Param{"Retry-After": {Description: "Seconds until it helps to ask again.", Schema: number64(1, 86400)}}
			op.Responses["429"] = &said
		}
	}
}
