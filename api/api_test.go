package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/customer"

	"github.com/google/go-cmp/cmp"
)

var (
	alice = customer.WithCheckDigit(1)
	bob   = customer.WithCheckDigit(2)
	carol = customer.WithCheckDigit(3)
	gone  = customer.WithCheckDigit(4)
	empty = customer.WithCheckDigit(5)
)

func family() *memory {
	m := newMemory()
	m.commit(State{Code: alice, State: customer.CodeActive}, customer.Created)
	m.commit(State{Code: bob, State: customer.CodeRetired, Successor: alice}, customer.Merged)
	m.commit(State{Code: carol, State: customer.CodeRetired, Successor: bob}, customer.Merged)
	m.commit(State{Code: gone, State: customer.CodeErased}, customer.Erased)
	m.commit(State{Code: empty, State: customer.CodeRetired}, customer.Removed)
	m.records[customer.Ref{Source: "branch sheet", Key: "Ковалёв А/../+7 901//&?#%"}] = alice
	return m
}

func get(t *testing.T, h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "127.0.0.1:8080"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAnswers(t *testing.T) {
	h := open(family(), Options{}).Handler()
	document := `{"code":"` + alice.String() + `","state":"active","epoch":1,"version":1}`
	for _, tt := range []struct {
		name, path string
		status     int
		body       string // contained
	}{
		{"Alive", "/healthz", 200, "ok"},
		{"Ready", "/readyz", 200, "ready"},
		{"ActiveCode", "/v1/golden/" + alice.String(), 200, document},
		{"CodeWithoutHyphens", "/v1/golden/" + strings.ReplaceAll(alice.String(), "-", ""), 200, document},
		{"RetiredCodeLeadsOn", "/v1/golden/" + carol.String(), 200, `"state":"retired","epoch":1,"version":1,"successor":"` + alice.String() + `","golden":` + document},
		{"RetiredWithoutSuccessor", "/v1/golden/" + empty.String(), 200, `"state":"retired","epoch":1,"version":1}`},
		{"ErasedCode", "/v1/golden/" + gone.String(), 410, `"code":"erased"`},
		{"UnknownCode", "/v1/golden/" + customer.WithCheckDigit(99).String(), 404, `"code":"unknown"`},
		{"MistypedCode", "/v1/golden/123456789012", 400, "check digit"},
		{"KeyWithEverything", "/v1/crosswalk/branch%20sheet/%D0%9A%D0%BE%D0%B2%D0%B0%D0%BB%D1%91%D0%B2%20%D0%90%2F%2E%2E%2F%2B7%20901%2F%2F%26%3F%23%25", 200, alice.String()},
		{"UnknownRecord", "/v1/crosswalk/crm/1", 404, `"code":"unknown"`},
		{"NoKey", "/v1/crosswalk/crm/", 400, `"code":"key"`},
		{"UnknownPath", "/v2", 404, `"code":"path"`},
		{"PageOfChanges", "/v1/changes?after=1&limit=2", 200, `"position":3}`},
		{"EndOfTheLog", "/v1/changes?after=5", 200, `{"changes":[],"position":5}`},
		{"NegativePosition", "/v1/changes?after=-1", 400, "after is a number"},
		{"LimitTooHigh", "/v1/changes?limit=100000", 400, "limit is a number from 1 to 1000"},
		{"BadWait", "/v1/changes?wait=long", 400, "wait is a number of seconds"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := get(t, h, tt.path)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if kind := w.Header().Get("Content-Type"); w.Code >= 400 && kind != "application/problem+json" {
				t.Errorf("an error as %s", kind)
			}
		})
	}
}

func TestChangesHoldNamesOnly(t *testing.T) {
	var page Page
	w := get(t, open(family(), Options{}).Handler(), "/v1/changes?limit=2")
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	want := Page{Position: 2, Changes: []Change{
		{Position: 1, Code: alice, Kind: customer.Created, Epoch: 1, Version: 1, Changed: []string{"phone"}},
		{Position: 2, Code: bob, Kind: customer.Merged, Epoch: 1, Version: 1, Changed: []string{"phone"}, Successor: alice}}}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Error(diff)
	}
}

func TestETagFollowsTheVersion(t *testing.T) {
	m := family()
	h := open(m, Options{}).Handler()
	for _, path := range []string{"/v1/golden/" + alice.String(), "/v1/golden/" + carol.String()} {
		tag := get(t, h, path).Header().Get("ETag")
		if w := get(t, h, path, "If-None-Match", `"x", W/`+tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s unchanged: %d", path, w.Code)
		}
		m.commit(State{Code: alice, State: customer.CodeActive}, customer.Updated)
		if w := get(t, h, path, "If-None-Match", tag); w.Code != http.StatusOK {
			t.Errorf("%s changed: %d", path, w.Code)
		}
	}
}

func TestLongPollAnswersWithTheChange(t *testing.T) {
	m := family()
	h := open(m, Options{}).Handler()
	answered := make(chan string)
	go func() { answered <- get(t, h, "/v1/changes?after=5&wait=60").Body.String() }()
	m.commit(State{Code: alice, State: customer.CodeActive}, customer.Updated)
	if body := <-answered; !strings.Contains(body, `"position":6}`) {
		t.Error(body)
	}
}

func TestLongPollIsBounded(t *testing.T) {
	h := open(family(), Options{MaxWait: time.Millisecond}).Handler()
	if w := get(t, h, "/v1/changes?after=5&wait=1h"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"changes":[]`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestForeignHostsAreNotAnswered(t *testing.T) {
	h := open(family(), Options{}).Handler()
	for host, status := range map[string]int{"127.0.0.1:8080": 200, "localhost": 200, "[::1]:80": 200, "evil.example:8080": 421, "127.0.0.1.evil.example": 421, "": 421} {
		r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != status {
			t.Errorf("%q: %d", host, w.Code)
		}
	}
}

func TestOnlyReads(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/v1/golden/"+alice.String(), strings.NewReader("{}"))
	w := httptest.NewRecorder()
	if New(family(), Options{}).Handler().ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Error(w.Code, w.Header())
	}
}

func TestLogsAndMetricsHoldNothingPersonal(t *testing.T) {
	var log bytes.Buffer
	m := family()
	h := open(m, Options{Logger: slog.New(slog.NewTextHandler(&log, nil)), Version: "v1"}).Handler()
	if w := get(t, h, "/v1/crosswalk/crm/panic"); w.Code != http.StatusInternalServerError {
		t.Error(w.Code)
	}
	get(t, h, "/v1/crosswalk/crm/secret-key")
	m.broken = errors.New("database gone")
	if w := get(t, h, "/v1/golden/"+alice.String()); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "database") {
		t.Error(w.Code, w.Body)
	}
	if w := get(t, h, "/readyz"); w.Code != http.StatusServiceUnavailable {
		t.Error(w.Code)
	}
	seen := log.String() + get(t, h, "/metrics").Body.String()
	for _, want := range []string{"database gone", "request panicked", `kartoteka_build_info{version="v1"} 1`,
		`kartoteka_http_requests_total{method="GET",pattern="GET /v1/crosswalk/{source}/{key...}",status="500"} 1`} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(seen, "secret-key") || strings.Contains(seen, "Ковалёв") {
		t.Error("personal data in logs or metrics")
	}
}

func TestServeEndsOrderlyAndFreesLongPolls(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := family()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- open(m, Options{}).Serve(ctx, l) }()
	answered := make(chan int)
	go func() {
		r, err := http.Get("http://" + l.Addr().String() + "/v1/changes?after=5&wait=60")
		if err != nil {
			answered <- 0
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		answered <- r.StatusCode
	}()
	if r, err := http.Get("http://" + l.Addr().String() + "/healthz"); err != nil || r.StatusCode != 200 {
		t.Fatal(r, err)
	}
	<-m.awaited
	cancel()
	if status := <-answered; status != 200 {
		t.Errorf("a waiting caller got %d", status)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestCheckListen(t *testing.T) {
	for addr, ok := range map[string]bool{"127.0.0.1:8080": true, "localhost:0": true, "[::1]:8080": true, "127.9.9.9:1": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.5:80": false, "hub.example:80": false, "8080": false, "127.0.0.1:": false} {
		err := CheckListen(addr, true)
		if (err == nil) != ok || err != nil && !errors.Is(err, ErrListen) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for addr, ok := range map[string]bool{"0.0.0.0:8080": true, ":8080": true, "hub.example:80": true, "8080": false, "127.0.0.1:": false} {
		if err := CheckListen(addr, false); (err == nil) != ok {
			t.Errorf("%s with sign-in: %v", addr, err)
		}
	}
}

// Whoever asks gets what the policy gives, on every path; and nobody gets anything.
func TestPolicyOnEachPath(t *testing.T) {
	as := func(s *access.Subject) http.Handler {
		return New(family(), Options{Guard: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(access.With(r.Context(), s)))
			})
		}}).Handler()
	}
	var p *access.Policy
	for path, act := range map[string]access.Act{"/metrics": access.ReadMetrics, "/v1/changes": access.ReadChanges, "/v1/snapshot": access.ReadChanges,
		"/v1/golden/" + alice.String(): access.ReadCustomer, "/v1/crosswalk/crm/1": access.ReadCustomer, "/v1/match?text=x": access.Search} {
		for _, role := range append(access.Roles(), "") {
			s := &access.Subject{Roles: []access.Role{role}}
			if got := get(t, as(s), path).Code; (got == http.StatusForbidden) == p.Can(s, act) {
				t.Errorf("%s by %q: %d", path, role, got)
			}
		}
		if got := get(t, New(family(), Options{}).Handler(), path).Code; got != http.StatusForbidden {
			t.Errorf("%s by nobody: %d", path, got)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := get(t, New(family(), Options{}).Handler(), path).Code; got != http.StatusOK {
			t.Errorf("%s by nobody: %d", path, got)
		}
	}
}
