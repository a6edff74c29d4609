package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"kartoteka/access"
	"kartoteka/api"
	"kartoteka/desk"
	"kartoteka/failpoint/tape"
	"kartoteka/store"
)

// counter is the API of a hub, asked by subjects of the test's choice.
type counter struct {
	*door
	hub  *hub
	desk *desk.Desk
	api  *api.Server
	who  *access.Subject

	handler http.Handler
}

// openCounter serves a hub's API without a network.
func (d *door) openCounter() *counter {
	d.Helper()
	h := d.openHub()
	h.pushes = &pusher{app: &app{out: &tape.Tape{}, err: &tape.Tape{}}, hub: h}
	c := &counter{door: d, hub: h, desk: h.desk(), who: access.Local("test")}
	c.serves(c.desk)
	return c
}

// serves answers by a desk: the API, and the workbench beside it.
func (c *counter) serves(on *desk.Desk) {
	c.Helper()
	h := c.hub
	pages, err := h.pages(&app{out: &tape.Tape{}, err: &tape.Tape{}}, on, true)
	if err != nil {
		c.Fatal(err)
	}
	c.api = api.New(h.seen(), api.Options{Logger: slog.New(slog.NewTextHandler(c.Output(), nil)), Desk: on, Portrait: h.portrait(), Policy: h.conf.Access.Policy(), Secret: secretOf(h.conf), People: doorPeople{h.people()}, Degraded: h.degraded, Pages: pages.Handler(),
		Guard: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(access.With(r.Context(), c.who)))
			})
		}})
	c.handler = c.api.Handler()
}

func (d *door) openHub() *hub {
	d.Helper()
	a := &app{out: &tape.Tape{}, err: &tape.Tape{}, lookup: func(name string) (string, bool) { return d.url, name == "KARTOTEKA_DATABASE_URL" }}
	a.State = d.dir
	h, err := a.openHub(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { _ = h.close(context.WithoutCancel(d.Context())) })
	return h
}

// ask sends a request; a body that is no text goes as JSON.
func (c *counter) ask(method, path string, body any, headers ...string) *httptest.ResponseRecorder {
	c.Helper()
	text, is := body.(string)
	if !is && body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.Fatal(err)
		}
		text = string(b)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(text))
	if text != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

// get asks and reads the answer.
func (c *counter) fetch(into any, method, path string, body any, headers ...string) {
	c.Helper()
	w := c.ask(method, path, body, headers...)
	if w.Code >= 300 {
		c.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		c.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
	}
}

func (c *counter) problem(method, path string, body any, headers ...string) (p api.Problem) {
	c.Helper()
	w := c.ask(method, path, body, headers...)
	if w.Code < 400 || w.Header().Get("Content-Type") != "application/problem+json" {
		c.Fatalf("%s %s: %d %s %s", method, path, w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code || p.Code == "" || p.Instance == "" {
		c.Fatalf("%s %s: %v %s", method, path, err, w.Body)
	}
	return p
}

// staff makes a person and a token.
func (c *counter) staff() {
	c.Helper()
	c.fetch(&struct{}{}, "POST", "/v1/users", `{"login":"vera","roles":["viewer"]}`)
	c.fetch(&struct{}{}, "POST", "/v1/users", `{"login":"ivan","roles":["steward"]}`)
	c.fetch(&struct{}{}, "POST", "/v1/tokens", `{"name":"shop","scopes":["feed.read"],"days":1}`)
}

// examples is one request of each operation of the description.
func (c *counter) examples() map[string][3]string {
	code := c.crosswalk()["crm/1"]
	var q desk.Queue
	c.fetch(&q, "GET", "/v1/tasks", nil)
	if len(q.Rows) < 2 {
		c.Fatalf("no questions: %+v", q)
	}
	task := fmt.Sprintf("/v1/tasks/%d", q.Rows[0].ID)
	var rejects desk.Rejects
	c.fetch(&rejects, "GET", "/v1/rejects", nil)
	reject := int64(1)
	if len(rejects.Rejects) > 0 {
		reject = rejects.Rejects[0].ID
	}
	var plan desk.ShownPlan
	c.fetch(&plan, "POST", "/v1/plans", `{"reason":"to be looked at"}`)
	planned := fmt.Sprintf("/v1/plans/%d", plan.ID)
	return map[string][3]string{
		"settings": {"GET", "/v1/settings"}, "plans": {"GET", "/v1/plans"}, "plan": {"POST", "/v1/plans", `{"settings":"costs: {false_merge: 5}","reason":"fewer joins"}`},
		"plan-shown": {"GET", planned}, "plan-apply": {"POST", planned + "/apply", `{"reason":"looked at"}`}, "plan-drop": {"POST", planned + "/drop"},
		"healthz": {"GET", "/healthz"}, "readyz": {"GET", "/readyz"}, "metrics": {"GET", "/metrics"},
		"golden": {"GET", "/v1/golden/" + code}, "crosswalk": {"GET", "/v1/crosswalk/crm/1"}, "changes": {"GET", "/v1/changes?golden=true"},
		"snapshot": {"GET", "/v1/snapshot"}, "match": {"GET", "/v1/match?text=Попов"}, "match-post": {"POST", "/v1/match", `{"values":{"name":["Попов Сергей"]}}`},
		"customer-card": {"GET", "/v1/golden/" + code + "/card?records=5"}, "customer-records": {"GET", "/v1/golden/" + code + "/records"},
		"customer-history": {"GET", "/v1/golden/" + code + "/history"}, "customer-feed": {"GET", "/v1/golden/" + code + "/feed"}, "customer-how": {"GET", "/v1/golden/" + code + "/how"},
		"customer-graph": {"GET", "/v1/golden/" + code + "/graph"}, "customer-reveal": {"POST", "/v1/golden/" + code + "/reveal", `{"attribute":"phone","reason":"a call"}`},
		"why": {"GET", "/v1/why?a=desk/1&b=desk/2"}, "whatif": {"POST", "/v1/whatif", `{"a":"desk/1","b":"desk/2","unset":["phone"]}`},
		"tasks": {"GET", "/v1/tasks"}, "task-next": {"POST", "/v1/tasks/next"}, "task": {"GET", task}, "task-claim": {"POST", task + "/claim"},
		"task-release": {"POST", task + "/release"}, "task-skip": {"POST", task + "/skip", `{"reason":"later"}`},
		"task-answer": {"POST", task + "/answer", `{"approve":true,"dry_run":true}`}, "stats": {"GET", "/v1/stats"},
		"task-comment": {"POST", task + "/comments", `{"text":"call them"}`}, "task-assign": {"POST", task + "/assign", `{"to":"local:ivan"}`},
		"tasks-bulk": {"POST", "/v1/tasks/bulk", `{"approve":false,"dry_run":true}`}, "proposals": {"GET", "/v1/proposals"},
		"proposal": {"GET", "/v1/proposals/1"}, "proposal-undo": {"POST", "/v1/proposals/1/undo"}, "proposal-approve": {"POST", "/v1/proposals/1/approve", "{}"},
		"proposal-refuse": {"POST", "/v1/proposals/1/refuse", "{}"}, "batch-undo": {"POST", "/v1/batches/1/undo"},
		"batch-approve": {"POST", "/v1/batches/1/approve", "{}"}, "batch-refuse": {"POST", "/v1/batches/1/refuse", "{}"},
		"users": {"GET", "/v1/users"}, "user-add": {"POST", "/v1/users", `{"login":"olga","roles":["viewer"]}`}, "user-reset": {"POST", "/v1/users/vera/reset"},
		"user-disable": {"POST", "/v1/users/vera/disable", `{"reason":"left"}`}, "user-enable": {"POST", "/v1/users/vera/enable"},
		"user-roles": {"POST", "/v1/users/vera/roles", `{"roles":["steward"]}`}, "tokens": {"GET", "/v1/tokens?all=true"},
		"token-add": {"POST", "/v1/tokens", `{"name":"crm","scopes":["feed.read"],"days":30}`}, "token-revoke": {"POST", "/v1/tokens/1/revoke"},
		"operate": {"POST", "/v1/operations", `{"action":"merge","customers":["desk/1","desk/2"],"dry_run":true}`},
		"sources": {"GET", "/v1/sources"}, "source": {"GET", "/v1/sources/crm"}, "runs": {"GET", "/v1/runs"}, "run": {"GET", "/v1/runs/1"},
		"source-records": {"POST", "/v1/sources/push/records", `{"records":[{"key":"9","columns":{"id":"9","ФИО":"Кузнецова Анна","Телефон":"+7 916 200-11-37"}}]}`},
		"rejects":        {"GET", "/v1/rejects"}, "reject": {"GET", fmt.Sprintf("/v1/rejects/%d", reject)},
		"reject-replay": {"POST", fmt.Sprintf("/v1/rejects/%d/replay", reject), `{}`},
	}
}

// TestAnswersAreAsDescribed asks each operation of the description once and holds the answer against it.
func TestAnswersAreAsDescribed(t *testing.T) {
	t.Parallel()
	c := busyDoor(t).openCounter()
	c.staff()
	var about map[string]any
	c.fetch(&about, "GET", "/openapi.json", nil)
	if about["openapi"] != "3.1.0" {
		t.Error(about["openapi"])
	}
	examples := c.examples()
	described := c.api.Described()
	// The reject is a line of a file whose columns it does not tell, nothing is proposed, and nobody works plans out.
	refused := []string{"plan-apply", "reject-replay", "proposal", "proposal-undo", "proposal-approve", "proposal-refuse", "batch-undo", "batch-approve", "batch-refuse"}
	for path, item := range described.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op == nil {
				continue
			}
			e, known := examples[op.OperationID]
			if !known {
				t.Errorf("%s %s (%s) is asked by no test", op.Method, path, op.OperationID)
				continue
			}
			t.Run(op.OperationID, func(t *testing.T) {
				w := c.ask(e[0], e[1], e[2])
				if w.Code >= 300 && !slices.Contains(refused, op.OperationID) {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				fits(t, described, op, w)
			})
		}
	}
}

// fits holds an answer against its schema.
func fits(t *testing.T, about *huma.OpenAPI, op *huma.Operation, w *httptest.ResponseRecorder) {
	t.Helper()
	said := op.Responses[fmt.Sprint(w.Code)]
	if said == nil {
		said = op.Responses["default"]
	}
	if said == nil {
		t.Fatalf("%d is not described: %s", w.Code, w.Body)
	}
	if w.Code >= 500 && w.Code != http.StatusNotImplemented {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	media := said.Content[kind]
	if media == nil {
		if w.Body.Len() > 0 {
			t.Errorf("%d answers %q, which is not described", w.Code, kind)
		}
		return
	}
	if !strings.HasSuffix(kind, "json") {
		return
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	if err := d.Decode(&value); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	var res huma.ValidateResult
	huma.Validate(about.Components.Schemas, media.Schema, huma.NewPathBuffer([]byte{}, 0), huma.ModeReadFromServer, value, &res)
	for _, err := range res.Errors {
		t.Errorf("%d: %v\n%.1500s", w.Code, err, w.Body)
	}
}

// TestPushedRecordsGetTheirCodes sends records signed, twice, deletes one, and mends a reject.
func TestPushedRecordsGetTheirCodes(t *testing.T) {
	t.Parallel()
	c := busyDoor(t).openCounter()
	known := c.crosswalk()["desk/1"]
	body := `{"records":[{"key":"p1","columns":{"ФИО":"Кузнецова Анна","Телефон":"+7 916 200-11-37"}},{"key":"p2","columns":{"ФИО":"Зябликова Вера","Телефон":"+7 916 299-00-01"}}]}`
	sign := func(secret, body string) []string {
		at := fmt.Sprint(time.Now().Unix())
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(at + "." + body))
		return []string{"X-Hub-Timestamp", at, "X-Hub-Signature-256", "sha256=" + hex.EncodeToString(mac.Sum(nil))}
	}
	c.who = &access.Subject{} // nobody: the signature alone lets it in
	var first, again desk.Received
	c.fetch(&first, "POST", "/v1/sources/push/records", body, sign("s3cret", body)...)
	if len(first.Receipts) != 2 || first.Receipts[0].Verdict != desk.ReceiptKnown || first.Receipts[0].Code.String() != known || first.Receipts[1].Verdict != desk.ReceiptNew {
		t.Errorf("%+v", first)
	}
	c.fetch(&again, "POST", "/v1/sources/push/records", body, sign("s3cret", body)...)
	if diff := cmp.Diff(first.Receipts, again.Receipts); diff != "" {
		t.Errorf("sent twice: %s", diff)
	}
	if p := c.problem("POST", "/v1/sources/push/records", body, sign("guessed", body)...); p.Code != "signature" {
		t.Errorf("%+v", p)
	}
	if p := c.problem("POST", "/v1/sources/push/records", body); p.Code != "forbidden" {
		t.Errorf("%+v", p)
	}
	c.who = access.Local("test")
	if p := c.problem("POST", "/v1/sources/crm/records", body); p.Code != "unknown" {
		t.Errorf("a source that is read: %+v", p)
	}
	var gone desk.Received
	c.fetch(&gone, "POST", "/v1/sources/push/records", `{"records":[{"key":"p2","delete":true}]}`)
	if gone.Receipts[0].Verdict != desk.ReceiptDeleted || c.ask("GET", "/v1/crosswalk/push/p2", nil).Code != 404 {
		t.Errorf("%+v", gone)
	}
	var list desk.Rejects
	c.fetch(&list, "GET", "/v1/rejects?open=true", nil)
	id := list.Rejects[0].ID
	var mended desk.Received
	c.fetch(&mended, "POST", fmt.Sprintf("/v1/rejects/%d/replay", id), `{"columns":{"id":"77","ФИО":"Серова Вера","Телефон":"+7 916 200-11-40"}}`)
	if mended.Receipts[0].Verdict != desk.ReceiptNew || mended.Receipts[0].Key != "77" {
		t.Errorf("%+v", mended)
	}
	if c.fetch(&list, "GET", "/v1/rejects?open=true", nil); len(list.Rejects) != 0 {
		t.Errorf("%+v", list)
	}
	c.ok("verify")
}

// TestThePageOfTheAPINamesEveryPath holds docs/api.md against the description.
func TestThePageOfTheAPINamesEveryPath(t *testing.T) {
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	about := api.New(nil, api.Options{Desk: desk.New(desk.Options{}), People: doorPeople{}}).Described()
	for path := range about.Paths {
		last := path[strings.LastIndex(path, "/"):]
		if !strings.Contains(string(text), path+"`") && !strings.Contains(string(text), "`"+last+"`") {
			t.Errorf("%s is not there", path)
		}
	}
}

// TestADegradedSourceIsListedAndKeepsTheHubReady (W38).
func TestADegradedSourceIsListedAndKeepsTheHubReady(t *testing.T) {
	t.Parallel()
	c := heldDoor(t).openCounter()
	if w := c.ask("GET", "/readyz", nil); w.Code != http.StatusOK || w.Body.String() != "ready\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if err := c.hub.InTx(c.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(c.Context(), `UPDATE run SET state = 'failed' WHERE source = (SELECT id FROM source WHERE name = 'late')`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if w := c.ask("GET", "/readyz", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "degraded: source late: its last run failed\n") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestPoisonIsRefused sends what no database keeps, and what is no person's.
func TestPoisonIsRefused(t *testing.T) {
	t.Parallel()
	c := heldDoor(t).openCounter()
	var q desk.Queue
	c.fetch(&q, "GET", "/v1/tasks", nil)
	for _, x := range [][3]string{
		{"POST", fmt.Sprintf("/v1/tasks/%d/skip", q.Rows[0].ID), `{"reason":"a\u0000b"}`},
		{"POST", "/v1/operations", `{"action":"keep","code":"` + q.Rows[0].Code.String() + `","reason":"\u0000"}`},
		{"POST", "/v1/users", `{"login":"ole","roles":["viewer"],"sources":["\u0000"]}`},
		{"GET", "/v1/rejects?source=%00", ""}, {"GET", "/v1/tasks?code=%FF", ""}, {"GET", "/v1/crosswalk/crm/%00", ""}, {"GET", "/v1/crosswalk/crm/%FF", ""},
		{"GET", "/v1/match?text=%00%FF", ""}, {"POST", "/v1/match", `{"text":"a\u0000"}`}, {"GET", "/v1/why?a=crm/%00&b=crm/1", ""},
		{"GET", "/v1/tokens", ""}, {"POST", "/v1/users", `{"login":"\u00eaR","roles":null}`}, {"POST", "/v1/users/nobody/roles", `{"roles":[],"sources":["\u0000"]}`},
	} {
		if w := c.ask(x[0], x[1], x[2]); w.Code >= 500 {
			t.Errorf("%s %s %s: %d %s", x[0], x[1], x[2], w.Code, w.Body)
		}
	}
}
