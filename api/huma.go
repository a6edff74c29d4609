package api

import (
	"context"
	"net/http"
	"path"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// about is what the description of the API says first.
const about = "One customer, one card, one personal code: look customers up, follow their changes, answer the questions that only a person should settle, and change who is who. " +
	"Errors are problem+json (RFC 9457) with a stable code. A write with an Idempotency-Key is carried out once. What you do not see does not exist for you."

// hasProblems makes huma's own errors look like all others, once in a process, for huma keeps it so.
var hasProblems = sync.OnceFunc(func() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := newProblem(status, codeOf(status), message)
		for _, err := range errs {
			// The value itself may be personal: it is not repeated.
			if d, is := err.(huma.ErrorDetailer); is {
				p.Errors = append(p.Errors, Fault{d.ErrorDetail().Location, d.ErrorDetail().Message})
			}
		}
		return p
	}
})

// codeOf is the code of an error that huma finds by itself.
func codeOf(status int) string {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return "size"
	case http.StatusUnsupportedMediaType:
		return "media"
	}
	return "invalid"
}

// limitedMux bounds the time of every request that huma answers.
type limitedMux struct {
	*http.ServeMux
	server *Server
}

// HandleFunc implements humago.Mux.
func (m limitedMux) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	m.ServeMux.HandleFunc(pattern, m.server.limited(handler))
}

// described makes the description of the API, and on mux the handlers of what it describes.
func (s *Server) described(mux *http.ServeMux) huma.API {
	hasProblems()
	config := huma.DefaultConfig("Kartoteka", s.options.Version)
	config.Info.Description = about
	config.CreateHooks = nil // no $schema in answers
	config.DocsPath, config.SchemasPath = "", ""
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "An API token, ktk_…"}}
	config.Security = []map[string][]string{{"token": {}}}
	api := humago.New(limitedMux{mux, s}, config)
	s.describeOld(api)
	if s.options.Desk != nil {
		s.customers(api)
		s.questions(api)
		s.proposals(api)
		s.operations(api)
		s.sources(api)
		s.rejects(api)
		s.plans(api)
	}
	if s.options.People != nil {
		s.people(api)
	}
	retried(api.OpenAPI())
	return api
}

// Described is the description of the API.
func (s *Server) Described() *huma.OpenAPI { return s.described(http.NewServeMux()).OpenAPI() }

// schemaName names a type by its package too, unless it is the API's own or the desk's.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	if room := path.Base(t.PkgPath()); t.Name() != "" && room != "desk" && room != "api" && room != "store" && room != "." {
		name = strings.ToUpper(room[:1]) + room[1:] + name
	}
	return name
}

// reply is an answer with a body and nothing else.
type reply[T any] struct{ Body T }

// register makes an operation whose errors are answered as problems.
func register[I, O any](s *Server, api huma.API, method, path, id, summary string, do func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	op := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tagOf(path)}, Errors: errorsOf(method), Middlewares: huma.Middlewares{onlyDescribed}}
	for _, f := range more {
		f(&op)
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		err := storable(in)
		var out *O
		if err == nil {
			out, err = do(ctx, in)
		}
		if err != nil {
			return nil, s.problemOf(ctx, method+" "+path, err)
		}
		return out, nil
	})
}

func tagOf(path string) string {
	return strings.SplitN(strings.TrimPrefix(path, "/v1/"), "/", 2)[0]
}

// errorsOf are the statuses of errors that an operation may have.
func errorsOf(method string) []int {
	list := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
		http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if method != http.MethodGet {
		list = append(list, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusNotImplemented)
	}
	return list
}
