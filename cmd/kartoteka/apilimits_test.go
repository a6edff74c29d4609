package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/access"
	"kartoteka/api"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/store"
)

// TestLimitsOfTheAPI: what a person may do so often only is refused with 429 and Retry-After at every
// door, and each reveal is in the audit (R31).
func TestLimitsOfTheAPI(t *testing.T) {
	t.Parallel()
	c := secretDoor(t).openCounter()
	codes := c.crosswalk()
	moment := time.Now()
	o := c.hub.deskOptions()
	o.Audit = desk.NewWatch(c.hub.Store, desk.Limits{SearchesAMinute: 2, RevealsADay: 1, ViewsADay: 2, ExportsADay: 2}, nil, slog.New(slog.DiscardHandler), func() time.Time { return moment })
	c.serves(desk.New(o))
	c.who = &access.Subject{ID: "local:anna", Roles: []access.Role{access.Steward, access.Admin}, Via: access.ViaSession}

	one, two := codes["tax/1"], codes["crm/1"]
	reveal := func(code string) *httptest.ResponseRecorder {
		return c.ask("POST", "/v1/golden/"+code+"/reveal", `{"attribute":"inn","reason":"a letter"}`)
	}
	if w := reveal(one); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), secretNumber) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	c.later(t, reveal(one))
	visits, err := c.hub.Store.Visits(t.Context(), store.VisitFilter{Who: "local:anna", Act: string(access.Reveal), Limit: 10})
	if err != nil || len(visits) != 1 || visits[0].Reason != "a letter" || visits[0].Codes[0].String() != one {
		t.Errorf("%+v %v", visits, err)
	}
	for _, path := range []string{"/v1/golden/" + one, "/v1/golden/" + two + "/history"} {
		if w := c.ask("GET", path, nil); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	third := codes["desk/1"]
	c.later(t, c.ask("GET", "/v1/golden/"+third, nil))         // written by hand
	c.later(t, c.ask("GET", "/v1/golden/"+third+"/card", nil)) // by huma
	page := c.ask("GET", "/customers/"+third, nil, "Accept", "text/html")
	c.later(t, page)
	if !strings.Contains(page.Body.String(), "<html") {
		t.Error("no page")
	}
	for range 2 {
		c.ask("GET", "/v1/match?text=Носов", nil)
	}
	c.later(t, c.ask("GET", "/v1/match?text=Носов", nil))
	c.later(t, c.ask("GET", "/customers?q=Носов", nil, "Accept", "text/html"))
	for range 2 {
		if w := c.ask("GET", "/v1/snapshot", nil); w.Code != http.StatusOK {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		moment = moment.Add(6 * time.Minute)
	}
	c.later(t, c.ask("GET", "/v1/snapshot?next=1-0", nil))
	c.later(t, c.ask("GET", "/v1/changes", nil))
	c.who = &access.Subject{ID: "token:1", Roles: []access.Role{access.Service}, Via: access.ViaToken}
	if w := c.ask("GET", "/v1/snapshot", nil); w.Code != http.StatusOK {
		t.Errorf("a program has no budget: %d %s", w.Code, w.Body)
	}
}

// later holds that an answer is 429 and says when to come again.
func (c *counter) later(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if wait, err := strconv.Atoi(w.Header().Get("Retry-After")); w.Code != http.StatusTooManyRequests || err != nil || wait < 1 {
		t.Errorf("%d, Retry-After %q: %.300s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
}

// TestRefusalsAreDescribed: the description tells of every operation that it may be refused, and when to ask again.
func TestRefusalsAreDescribed(t *testing.T) {
	about := api.New(nil, api.Options{Desk: desk.New(desk.Options{}), People: doorPeople{}}).Described()
	for path, item := range about.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil || !strings.HasPrefix(path, "/v1/") {
				continue
			}
			for _, status := range []string{"400", "401", "403", "429"} {
				if said := op.Responses[status]; said == nil || said.Content["application/problem+json"] == nil {
					t.Errorf("%s %s does not tell of %s", op.Method, path, status)
				}
			}
			if op.Responses["429"] == nil || op.Responses["429"].Headers["Retry-After"] == nil {
				t.Errorf("%s %s does not tell of Retry-After", op.Method, path)
			}
		}
	}
}

// TestThePageOfTheAPINamesEveryCode holds the codes that docs/api.md lists against those of the source.
func TestThePageOfTheAPINamesEveryCode(t *testing.T) {
	page, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../api/*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`http\.Status\w+, "([a-z_]+)"`)
	for _, file := range append(files, "../../signin/guard.go") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllSubmatch(text, -1) {
			if !strings.Contains(string(page), "`"+string(m[1])+"`") {
				t.Errorf("%s answers %s, which docs/api.md does not have", filepath.Base(file), m[1])
			}
		}
	}
}

// TestWrongRequestsSayWhatIsWrong.
func TestWrongRequestsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	c := secretDoor(t).openCounter()
	code := c.crosswalk()["tax/1"]
	for _, x := range []struct{ method, path, body, code, says string }{
		{"POST", "/v1/match", `{"values":{"name":"Попов"}}`, "question", "list of texts"},
		{"POST", "/v1/match", `{"name":["Попов"]}`, "question", "text, values, kind and limit"},
		{"POST", "/v1/match", `{"text":7}`, "question", "text is of another type"},
		{"POST", "/v1/match", `name=x`, "question", "not one JSON object"},
		{"POST", "/v1/match", `{"text":"a"} {"text":"b"}`, "question", "not one JSON object"},
		{"POST", "/v1/match", `{}`, "question", "say what is known"},
		{"POST", "/v1/operations", `{"action":"keep"}`, "invalid", "keep names no code"},
		{"POST", "/v1/operations", `{"action":"pin","code":"` + code + `","value":"x"}`, "invalid", "pin names no attribute"},
		{"POST", "/v1/operations", `{"action":"unmerge"}`, "invalid", "unmerge names no code or operation"},
		{"POST", "/v1/operations", `{"action":"move","records":["tax/1"]}`, "invalid", "move names no to"},
		{"GET", "/v1/golden/" + code + "/history?cursor=zz", "", "parameter", "limit, until"},
		{"GET", "/v1/golden/" + code + "/records?cursor=zz", "", "invalid", ""},
		{"GET", "/v1/golden/" + code + "/how?x=1", "", "parameter", "none"},
		{"GET", "/v1/tasks?cursor=zz", "", "invalid", "cursor"},
		{"GET", "/v1/snapshot?cursor=zz", "", "parameter", "next, limit, view"},
		{"GET", "/v1/changes?since=1", "", "parameter", "after"},
		{"POST", "/v1/tokens/99/revoke", "", "unknown", "no token of this number"},
		{"POST", "/v1/users/nobody/disable", `{}`, "unknown", "no person of this name"},
	} {
		p := c.problem(x.method, x.path, x.body)
		if p.Code != x.code || !strings.Contains(p.Detail, x.says) || p.Status >= 500 {
			t.Errorf("%s %s %s: %d %s %s", x.method, x.path, x.body, p.Status, p.Code, p.Detail)
		}
	}
	var made api.Token
	c.fetch(&made, "POST", "/v1/tokens", `{"name":"shop","scopes":["feed.read"],"days":1}`)
	if w := c.ask("POST", fmt.Sprintf("/v1/tokens/%d/revoke", made.ID), nil); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if p := c.problem("POST", fmt.Sprintf("/v1/tokens/%d/revoke", made.ID), nil); p.Code != "unknown" || !strings.Contains(p.Detail, "revoked before") {
		t.Errorf("%+v", p)
	}
	c.who = &access.Subject{ID: "token:9", Roles: []access.Role{access.Service}, Scopes: []access.Act{access.Search, access.ReadCustomer}, Via: access.ViaToken}
	var found api.Candidates
	c.fetch(&found, "GET", "/v1/match?"+url.Values{"inn": {secretNumber}, "shoe": {"45"}, "phone": {"+7 916 200-11-41"}}.Encode(), nil)
	if fmt.Sprint(found.Ignored) != "[inn shoe]" || len(found.Candidates) == 0 {
		t.Errorf("%+v", found)
	}
	c.who.Scopes = append(c.who.Scopes, access.Reveal)
	c.who.Roles = []access.Role{access.Steward}
	found = api.Candidates{}
	c.fetch(&found, "GET", "/v1/match?inn="+secretNumber, nil)
	if len(found.Ignored) != 0 || len(found.Candidates) == 0 || found.Candidates[0].Code == customer.Code(0) {
		t.Errorf("%+v", found)
	}
}
