package api

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/customer"
	"kartoteka/desk"
)

// describeOld describes what is answered without huma: streams, long polls, and golden records that pass
// as the bytes that they are.
func (s *Server) describeOld(api huma.API) {
	code := param("path", "code", "A personal code, with or without hyphens.", textSchema(40))
	view := param("query", "view", "One of the configured views: the customer as that reader sees it.", textSchema(100))
	add(api, s.get(api, "/v1/golden/{code}", "golden", "The golden record of a code; of a retired one where it leads, with its successor's.",
		schemaOf[customer.Document](api, schemaOf[Retired](api)), []int{304, 410}, code, view, param("header", "If-None-Match", "An ETag; 304 if it is still that version.", textSchema(400))))
	add(api, s.get(api, "/v1/crosswalk/{source}/{key}", "crosswalk", "The code of a live source record.", schemaOf[Crosswalk](api), nil,
		param("path", "source", "Name of the source.", textSchema(200)), param("path", "key", "The source's own key, percent-encoded.", textSchema(512))))
	add(api, s.get(api, "/v1/changes", "changes", "The change log behind a position; with Accept: text/event-stream a stream of it.", schemaOf[Page](api), nil,
		param("query", "after", "A position; 0 is the beginning.", number64(0, 1<<62)), param("query", "limit", "Rows of a page.", number64(1, maxLimit)),
		param("query", "wait", "How long to wait for a change: seconds, or a duration like 30s.", textSchema(20)),
		param("query", "golden", "Add the golden records as they are now.", &huma.Schema{Type: "boolean"}), view,
		param("header", "Last-Event-ID", "Of a stream: the position after which to go on.", textSchema(20))))
	add(api, s.get(api, "/v1/snapshot", "snapshot", "All golden records, page by page; go on with the changes after its position.", schemaOf[Snapshot](api), nil,
		param("query", "next", "What the page before answered as next.", textSchema(60)), param("query", "limit", "Golden records of a page.", number64(1, maxSnapshotLimit)), view))
	s.describeMatch(api)
	for path, about := range map[string]string{"/healthz": "The process is alive.", "/readyz": "The hub can answer; 503 with what is missing.", "/metrics": "Numbers for Prometheus."} {
		op := s.get(api, path, path[1:], about, nil, nil)
		op.Responses["200"].Content = map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: "string"}}}
		add(api, op)
	}
}

func (s *Server) describeMatch(api huma.API) {
	explode, answer := true, schemaOf[Candidates](api)
	add(api, s.get(api, "/v1/match", "match", "Who may be meant: search before you create. Attributes of the portrait are parameters too: name=NAME&phone=PHONE. Nobody is found by a value that you do not see whole and may not reveal: such attributes are under ignored.", answer, nil,
		param("query", "text", "What is known, as people write it.", textSchema(maxText)), param("query", "kind", "person or organization, of the attributes.", textSchema(20)),
		param("query", "limit", "Candidates at most.", number64(1, maxCandidates)),
		param("query", "sort", "score, the best first; or name, in the dictionary of a language.", textSchema(20)), param("query", "lang", "Language of the dictionary: ru, uk, en. By default yours.", textSchema(20)),
		&huma.Param{Name: "attributes", In: "query", Style: "form", Explode: &explode, Description: "Values by attribute.",
			Schema: &huma.Schema{Type: "object", AdditionalProperties: &huma.Schema{Type: "string"}}}))
	op := s.get(api, "/v1/match", "match-post", "Who may be meant, with what is known in the body, which no log keeps.", answer, nil)
	op.Method = http.MethodPost
	op.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Schema: schemaOf[desk.Question](api)}}}
	add(api, op)
}

func add(api huma.API, op *huma.Operation) { api.OpenAPI().AddOperation(op) }

// get describes a GET; alternatives are further statuses that it answers with.
func (s *Server) get(api huma.API, path, id, summary string, answer *huma.Schema, alternatives []int, params ...*huma.Param) *huma.Operation {
	ok := &huma.Response{Description: "OK"}
	if answer != nil {
		ok.Content = map[string]*huma.MediaType{"application/json": {Schema: answer}}
	}
	op := &huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tagOf(path)}, Parameters: params,
		Responses: map[string]*huma.Response{"200": ok}}
	fault := &huma.Response{Description: "Error", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schemaOf[Problem](api)}}}
	for _, status := range append(errorsOf(http.MethodPost), alternatives...) {
		op.Responses[strconv.Itoa(status)] = fault
		if status == http.StatusNotModified {
			op.Responses[strconv.Itoa(status)] = &huma.Response{Description: "Not modified"}
		}
	}
	return op
}

// schemaOf is the schema of a type, or of one of several.
func schemaOf[T any](api huma.API, others ...*huma.Schema) *huma.Schema {
	own := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
	if len(others) == 0 {
		return own
	}
	return &huma.Schema{AnyOf: append([]*huma.Schema{own}, others...)}
}

func param(in, name, about string, schema *huma.Schema) *huma.Param {
	return &huma.Param{Name: name, In: in, Description: about, Required: in == "path", Schema: schema}
}

func textSchema(most int) *huma.Schema { return &huma.Schema{Type: "string", MaxLength: &most} }

func number64(least, most float64) *huma.Schema {
	return &huma.Schema{Type: "integer", Format: "int64", Minimum: &least, Maximum: &most}
}
