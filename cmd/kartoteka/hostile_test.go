package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/access"
	"kartoteka/failpoint/raced"
	"kartoteka/store"
)

// hostile are values that were made to be executed, to climb, to break out or to break something. The
// first is many in one, since whoever believes one part of it does what that part says.
func hostile(canary string) map[string]string {
	return map[string]string{
		"code": `'; DROP TABLE record; --"); COPY record FROM PROGRAM 'touch ` + canary + `'; $(touch ` + canary + `) ` + "`touch " + canary + "`" +
			` ${7*7}{{7*7}}{{.}}%s%n=cmd|' /C calc'!A0</script><script>alert(1)</script>"><img src=x onerror=alert(1)>../../../../../../etc/passwd`,
		"lines": "a\r\nX-Evil: 1\r\nSet-Cookie: __Host-kartoteka=evil\r\n\r\n<script>alert(1)</script>\u202eanna\u2066\u200d\ufeff-9223372036854775809" + strings.Repeat("Я", 10_000),
		"nul":   "a\x00b",
		"bytes": "a\xff\xfe\xc0\xaf",
	}
}

// doors are all the ways by which a value comes in, and what went wrong at them.
type doors struct {
	*counter
	canary string
	values map[string]string
	asked  int
	pages  int
}

// TestHostileValues gives one set of hostile values to every door: files, records that are sent, each text
// of each operation of the API, each field of each form and each parameter of each page. Nothing of them
// is executed, nothing fails, and a page shows them as text (R32). It is a thousand requests one after
// another, which race with nothing.
func TestHostileValues(t *testing.T) {
	raced.Skip(t)
	t.Parallel()
	c := secretDoor(t).openCounter()
	c.staff()
	d := &doors{counter: c, canary: filepath.Join(t.TempDir(), "canary")}
	d.values = hostile(d.canary)
	d.loads()
	d.sends()
	d.calls()
	d.browses()
	t.Logf("%d requests, %d pages, parameters and forms", d.asked, d.pages)
	if _, err := os.Stat(d.canary); err == nil {
		t.Error("something was executed")
	}
	if names := c.tables(t); !slices.Contains(names, "record") || !slices.Contains(names, "account") {
		t.Errorf("tables are gone: %v", names)
	}
	c.ok("verify")
}

func (c *counter) tables(t *testing.T) (names []string) {
	t.Helper()
	err := c.hub.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT array_agg(tablename::text) FROM pg_tables WHERE schemaname = current_schema()`).Scan(&names)
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// loads reads a file whose name, header and values are hostile.
func (d *doors) loads() {
	d.Helper()
	var sheet bytes.Buffer
	w := csv.NewWriter(&sheet)
	_ = w.Write([]string{"id", "ФИО", "Телефон", "Адрес", d.values["code"]})
	for i, name := range slices.Sorted(maps.Keys(d.values)) {
		v := d.values[name]
		_ = w.Write([]string{strconv.Itoa(i) + v, "Злодеев " + v, v, v, v})
	}
	w.Flush()
	path := filepath.Join(d.dir, "'; DROP TABLE record; --$(id)<b>.csv")
	if err := os.WriteFile(path, sheet.Bytes(), 0o600); err != nil {
		d.Fatal(err)
	}
	if code, _, errs := d.run("load", "-q", "--source", "evil", "--key", "id", path); code != exitOK && code != exitRejects {
		d.Errorf("load: exit %d: %.500s", code, errs)
	}
}

// sends delivers records with hostile keys, columns and values.
func (d *doors) sends() {
	d.Helper()
	for name := range d.values {
		d.harmless(name, "push", d.ask("POST", "/v1/sources/push/records", d.raw(name, map[string]any{"records": []any{
			map[string]any{"key": marker, "columns": map[string]any{"ФИО": "Злодеев " + marker, "Телефон": []any{marker}, marker: marker}}}})))
	}
}

// marker stands where a value comes, since JSON cannot hold all of them.
const marker = "@@hostile@@"

// raw is a JSON body with a value in the place of the marker, byte by byte.
func (d *doors) raw(name string, body any) string {
	text, err := json.Marshal(body)
	if err != nil {
		d.Fatal(err)
	}
	quoted, err := json.Marshal(d.values[name])
	if err != nil {
		d.Fatal(err)
	}
	inside := strings.Trim(string(quoted), `"`)
	if name == "bytes" {
		inside = d.values[name]
	}
	return strings.ReplaceAll(string(text), marker, inside)
}

var (
	leaks = regexp.MustCompile(`SQLSTATE|pgx|pq:|syntax error at|root:x:0|goroutine \d+|<no value>`)
	alive = regexp.MustCompile(`(?i)<script>alert|<img src=x`)
)

// harmless looks at an answer.
func (d *doors) harmless(value, where string, w *httptest.ResponseRecorder) {
	d.Helper()
	d.asked++
	body := w.Body.String()
	switch {
	case w.Code >= 500 && w.Code != http.StatusNotImplemented:
		d.Errorf("%s at %s: %d %.400s", value, where, w.Code, body)
	case leaks.MatchString(body):
		d.Errorf("%s at %s: %s", value, where, leaks.FindString(body))
	case strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && alive.MatchString(body):
		d.Errorf("%s at %s: the page would do it", value, where)
	}
	for name, values := range w.Header() {
		if name == "X-Evil" || strings.ContainsAny(strings.Join(values, ""), "\r\n") || strings.Contains(strings.Join(values, ""), "kartoteka=evil") {
			d.Errorf("%s at %s: a header of its own: %s %q", value, where, name, values)
		}
	}
}

// calls gives each operation of the description each value in each text that it takes.
func (d *doors) calls() {
	d.Helper()
	examples, about := d.examples(), d.api.Described()
	for path, item := range about.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil {
				continue
			}
			e := examples[op.OperationID]
			for name, v := range d.values {
				for _, at := range d.addresses(path, e[1], op, v) {
					d.harmless(name, op.OperationID+" "+at[0], d.ask(e[0], at[1], e[2]))
				}
				for _, p := range op.Parameters {
					if p.In == "header" {
						d.harmless(name, op.OperationID+" "+p.Name, d.ask(e[0], e[1], e[2], p.Name, v))
					}
				}
				for where, body := range d.bodies(about, op, e[2]) {
					d.harmless(name, op.OperationID+" "+where, d.ask(e[0], e[1], d.raw(name, body)))
				}
			}
		}
	}
}

// addresses are those of an operation with a value in one part of the path or in one parameter.
func (d *doors) addresses(pattern, example string, op *huma.Operation, v string) (out [][2]string) {
	path, query, _ := strings.Cut(example, "?")
	parts, named := strings.Split(path, "/"), strings.Split(pattern, "/")
	for i, part := range named {
		if strings.HasPrefix(part, "{") && i < len(parts) {
			with := slices.Clone(parts)
			with[i] = url.PathEscape(v)
			out = append(out, [2]string{part, strings.Join(with, "/")})
		}
	}
	for _, p := range op.Parameters {
		if p.In == "query" {
			q, _ := url.ParseQuery(query)
			q.Set(p.Name, v)
			out = append(out, [2]string{p.Name, path + "?" + q.Encode()})
		}
	}
	return out
}

// bodies are those of an operation with the marker in one text.
func (d *doors) bodies(about *huma.OpenAPI, op *huma.Operation, example string) map[string]any {
	out := map[string]any{}
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return out
	}
	for _, path := range texts(about, op.RequestBody.Content["application/json"].Schema, 0) {
		var body any
		_ = json.Unmarshal([]byte(example), &body)
		out[strings.Join(path, ".")] = put(body, path)
	}
	return out
}

// texts are the paths to all texts of a schema; "[]" is the first of a list, "*" a name of an object's own.
func texts(about *huma.OpenAPI, s *huma.Schema, depth int) (out [][]string) {
	if s != nil && s.Ref != "" {
		s = about.Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil || depth > 5 {
		return nil
	}
	under := func(step string, inner *huma.Schema) {
		for _, path := range texts(about, inner, depth+1) {
			out = append(out, append([]string{step}, path...))
		}
	}
	if s.Type == huma.TypeString || s.Type == "" && len(s.Properties) == 0 {
		out = append(out, []string{})
	}
	for name, inner := range s.Properties {
		under(name, inner)
	}
	if s.Items != nil {
		under("[]", s.Items)
	}
	if inner, is := s.AdditionalProperties.(*huma.Schema); is {
		under("*", inner)
	}
	return out
}

// put sets the marker at a path and makes what is missing on the way.
func put(in any, path []string) any {
	if len(path) == 0 {
		return marker
	}
	switch path[0] {
	case "[]":
		return []any{put(nil, path[1:])}
	case "*":
		return map[string]any{marker: put(nil, path[1:])}
	}
	object, is := in.(map[string]any)
	if !is {
		object = map[string]any{}
	}
	object = maps.Clone(object)
	object[path[0]] = put(object[path[0]], path[1:])
	return object
}

var (
	forms   = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	fields  = regexp.MustCompile(`<(?:input|textarea|select|button)[^>]*\sname="([^"]+)"(?:[^>]*\svalue="([^"]*)")?`)
	action  = regexp.MustCompile(`action="([^"]*)"`)
	onward  = regexp.MustCompile(`href="(/[^"#]*)"`)
	numbers = regexp.MustCompile(`\d[\d-]*`)
)

// browses walks through the workbench: each page once, each parameter and each field with each value.
func (d *doors) browses() {
	d.Helper()
	d.who = &access.Subject{ID: "local:vera", Roles: access.Roles(), Via: access.ViaSession}
	seen := map[string]bool{}
	waiting := []string{"/tasks", "/customers?q=DROP", "/customers?q=Злодеев", "/sources", "/sources/evil", "/rejects", "/proposals", "/quality", "/settings", "/settings/users", "/settings/tokens", "/audit", "/audit?of=views", "/me"}
	for len(waiting) > 0 && len(seen) < 400 {
		path := waiting[0]
		waiting = waiting[1:]
		shape := numbers.ReplaceAllString(path, "N")
		if seen[shape] || strings.HasPrefix(path, "/assets/") {
			continue
		}
		seen[shape] = true
		w := d.ask("GET", path, nil, "Accept", "text/html")
		d.harmless("nothing", path, w)
		page := w.Body.String()
		for _, m := range onward.FindAllStringSubmatch(page, -1) {
			waiting = append(waiting, html.UnescapeString(m[1]))
		}
		d.walks(seen, path)
		d.fills(seen, path, page)
	}
	d.pages = len(seen)
	for name, v := range d.values {
		for _, at := range []string{"/tasks/", "/customers/", "/sources/", "/runs/", "/rejects/", "/proposals/", "/assets/", "/"} {
			d.harmless(name, at, d.ask("GET", at+url.PathEscape(v), nil, "Accept", "text/html", "Accept-Language", strings.ReplaceAll(v, "\n", "")))
		}
	}
}

// walks asks a page with each of its parameters changed.
func (d *doors) walks(seen map[string]bool, path string) {
	u, err := url.Parse(path)
	if err != nil {
		return
	}
	for parameter := range u.Query() {
		if at := numbers.ReplaceAllString(u.Path, "N") + "?" + parameter; !seen[at] {
			seen[at] = true
			for name, v := range d.values {
				q := u.Query()
				q.Set(parameter, v)
				d.harmless(name, at, d.ask("GET", u.Path+"?"+q.Encode(), nil, "Accept", "text/html"))
			}
		}
	}
}

// fills sends each form of a page with each of its fields changed.
func (d *doors) fills(seen map[string]bool, path, page string) {
	for _, form := range forms.FindAllStringSubmatch(page, -1) {
		to, method := path, "GET"
		if m := action.FindStringSubmatch(form[1]); m != nil {
			to = html.UnescapeString(m[1])
		}
		if strings.Contains(strings.ToLower(form[1]), `method="post"`) {
			method = "POST"
		}
		given := url.Values{}
		for _, f := range fields.FindAllStringSubmatch(form[2], -1) {
			given.Set(html.UnescapeString(f[1]), html.UnescapeString(f[2]))
		}
		for field := range given {
			at := method + " " + numbers.ReplaceAllString(to, "N") + " " + numbers.ReplaceAllString(field, "N")
			if seen[at] {
				continue
			}
			seen[at] = true
			for name, v := range d.values {
				with := maps.Clone(given)
				with[field] = []string{v}
				d.harmless(name, at, d.submits(method, to, with))
			}
		}
	}
}

func (d *doors) submits(method, to string, with url.Values) *httptest.ResponseRecorder {
	if method == "GET" {
		path, _, _ := strings.Cut(to, "?")
		return d.ask("GET", path+"?"+with.Encode(), nil, "Accept", "text/html")
	}
	return d.ask("POST", to, with.Encode(), "Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded")
}
