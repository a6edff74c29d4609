package signin_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/signin"
)

func TestNobodyPassesTheGate(t *testing.T) {
	h := build(t, nil)
	for _, c := range []struct {
		name, path string
		headers    []string
		status     int
		location   string
	}{
		{"a page sends to the form", "/tasks?a=1", nil, http.StatusSeeOther, "/signin?next=%2Ftasks%3Fa%3D1"},
		{"a program is told", "/v1/golden/1", []string{"Accept", "*/*"}, http.StatusUnauthorized, ""},
		{"a browser at the API too", "/v1/golden/1", nil, http.StatusUnauthorized, ""},
		{"a fragment of a page", "/tasks", []string{"X-Fragment", "list"}, http.StatusUnauthorized, ""},
		{"a token that is none", "/v1/changes", []string{"Authorization", "Bearer ktk_nonsense"}, http.StatusUnauthorized, ""},
		{"another kind of credentials", "/v1/changes", []string{"Authorization", "Basic YTpi"}, http.StatusUnauthorized, ""},
		{"a token in the address", "/v1/changes?token=ktk_x&access_token=ktk_x", []string{"Accept", "*/*"}, http.StatusUnauthorized, ""},
		{"a cookie that was made up", "/tasks", []string{"Cookie", "__Host-kartoteka=abc"}, http.StatusSeeOther, "/signin?next=%2Ftasks"},
		{"life signs are anybody's", "/healthz", nil, http.StatusOK, ""},
		{"a signed delivery is the API's to check", "/v1/sources/crm/records", []string{"X-Hub-Signature-256", "sha256=x", ":method", "POST"}, http.StatusOK, ""},
		{"a signature opens nothing else", "/v1/golden/1", []string{"X-Hub-Signature-256", "sha256=x", ":method", "POST"}, http.StatusUnauthorized, ""},
		{"language is anybody's to choose", "/me/prefs", []string{"Sec-Fetch-Site", "same-origin", ":method", "POST"}, http.StatusOK, ""},
		{"but not another site's", "/me/prefs", []string{"Sec-Fetch-Site", "cross-site", ":method", "POST"}, http.StatusForbidden, ""},
		{"metrics from another host's name", "/metrics", []string{"X-Forwarded-For", "1.2.3.4", "Accept", "*/*"}, http.StatusUnauthorized, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			method := http.MethodGet
			if n := len(c.headers); n > 1 && c.headers[n-2] == ":method" {
				method, c.headers = c.headers[n-1], c.headers[:n-2]
			}
			got := h.ask(h.browser(), method, c.path, nil, c.headers...)
			if got.StatusCode != c.status || got.Header.Get("Location") != c.location {
				t.Errorf("%d %s: %s", got.StatusCode, got.Header.Get("Location"), got.body)
			}
			if got.StatusCode == http.StatusUnauthorized && (got.Header.Get("Content-Type") != "application/problem+json" || got.Header.Get("WWW-Authenticate") == "") {
				t.Error(got.Header)
			}
		})
	}
}

func TestSignInAndOut(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "steward")
	b := h.client
	if got := h.signIn(b, "anna", "something else here"); got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.body, "do not match") || h.session(b) != "" {
		t.Errorf("wrong password: %d %s", got.StatusCode, got.body)
	}
	if got := h.signIn(b, "nobody", good); got.StatusCode != http.StatusUnauthorized {
		t.Error(got.StatusCode)
	}
	got := h.signIn(b, " Anna ", good)
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/tasks" {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	k := got.Cookies()[0]
	if !strings.HasPrefix(k.Name, "__Host-") || !k.Secure || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Domain != "" || len(k.Value) < 43 {
		t.Errorf("%+v", k)
	}
	if got := h.ask(b, http.MethodGet, "/tasks", nil); got.body != "local:anna steward" {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	if got := h.ask(b, http.MethodGet, "/signin?next=/x", nil); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/x" {
		t.Error(got.StatusCode, got.Header)
	}
	stolen := h.session(b)
	if got := h.ask(b, http.MethodPost, "/signout", url.Values{}); got.StatusCode != http.StatusSeeOther || got.Header.Get("Clear-Site-Data") == "" || h.session(b) != "" {
		t.Error(got.StatusCode, got.Header)
	}
	if got := h.ask(h.browser(), http.MethodGet, "/v1/x", nil, "Cookie", "__Host-kartoteka="+stolen); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("a session that has ended: %d", got.StatusCode)
	}
}

// A token that was in the browser before the sign-in is worth nothing after it (fixation).
func TestSessionChangesAtSignInAndRoleChange(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "steward")
	b := h.client
	h.signIn(b, "anna", good)
	first := h.session(b)
	h.signIn(b, "anna", good)
	second := h.session(b)
	if first == second || second == "" {
		t.Fatal("the same session after another sign-in")
	}
	if got := h.ask(h.browser(), http.MethodGet, "/v1/x", nil, "Cookie", "__Host-kartoteka="+first); got.StatusCode != http.StatusUnauthorized {
		t.Error("the former session goes on")
	}
	if _, err := h.people.SetRoles(h.admin(), "anna", []string{"viewer"}, []customer.Source{"crm"}); err != nil {
		t.Fatal(err)
	}
	if got := h.ask(b, http.MethodGet, "/tasks", nil); got.body != "local:anna viewer" {
		t.Errorf("roles are those of before: %s", got.body)
	}
	if third := h.session(b); third == second {
		t.Error("the same session token with other roles")
	}
	if got := h.ask(h.browser(), http.MethodGet, "/tasks", nil, "Cookie", "__Host-kartoteka="+second); got.StatusCode != http.StatusOK {
		t.Errorf("a request that was on its way: %d", got.StatusCode)
	}
}

func TestDisablingEndsEverythingAtOnce(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "steward")
	h.signIn(h.client, "anna", good)
	secret, _, err := h.people.AddToken(h.admin(), signin.NewToken{Name: "x", Owner: "anna", Scopes: []string{"customer.read"}, Lasts: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.ask(h.browser(), http.MethodGet, "/v1/x", nil, "Authorization", "Bearer "+secret); got.StatusCode != http.StatusOK {
		t.Fatal(got.StatusCode, got.body)
	}
	if _, err := h.people.Disable(h.admin(), "anna", "left the company"); err != nil {
		t.Fatal(err)
	}
	if got := h.ask(h.client, http.MethodGet, "/v1/x", nil); got.StatusCode != http.StatusUnauthorized {
		t.Error("session:", got.StatusCode)
	}
	if got := h.ask(h.browser(), http.MethodGet, "/v1/x", nil, "Authorization", "Bearer "+secret); got.StatusCode != http.StatusUnauthorized {
		t.Error("token:", got.StatusCode)
	}
	if got := h.signIn(h.browser(), "anna", good); got.StatusCode != http.StatusUnauthorized {
		t.Error("sign-in:", got.StatusCode)
	}
	if _, err := h.people.Enable(h.admin(), "anna"); err != nil {
		t.Fatal(err)
	}
	if got := h.ask(h.client, http.MethodGet, "/v1/x", nil); got.StatusCode != http.StatusUnauthorized {
		t.Error("a session came back to life:", got.StatusCode)
	}
}

func TestSessionsEndByThemselves(t *testing.T) {
	h := build(t, func(o *signin.Options) { o.Idle, o.Absolute = 300*time.Millisecond, 900*time.Millisecond })
	h.member("anna", "steward")
	h.signIn(h.client, "anna", good)
	begin := time.Now()
	for used := begin; time.Since(begin) < 700*time.Millisecond; time.Sleep(50 * time.Millisecond) {
		asked := time.Now()
		if got := h.ask(h.client, http.MethodGet, "/v1/x", nil); got.StatusCode != http.StatusOK {
			if time.Since(used) > 200*time.Millisecond {
				t.Skipf("the machine stood still for %v: the session was not in use", time.Since(used))
			}
			t.Fatalf("a session in use ended after %v", time.Since(begin))
		}
		used = asked
	}
	time.Sleep(300 * time.Millisecond) // past both
	if got := h.ask(h.client, http.MethodGet, "/v1/x", nil); got.StatusCode != http.StatusUnauthorized {
		t.Error(got.StatusCode)
	}
}

func TestExpiredSessionDoesNotRedirectAForm(t *testing.T) {
	h := build(t, nil)
	got := h.ask(h.client, http.MethodPost, "/tasks/7", url.Values{"reason": {"typed for an hour"}}, "Accept-Language", "uk")
	if got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.body, "Поверніться назад") {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}

func TestForeignRequests(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "steward")
	h.signIn(h.client, "anna", good)
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"our own page", []string{"Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"another origin of the site", []string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		{"an old browser at another site", []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, http.StatusForbidden},
		{"an old browser at our own", []string{"Sec-Fetch-Site", "", "Origin", h.url}, http.StatusOK},
		{"nothing said", []string{"Sec-Fetch-Site", ""}, http.StatusForbidden},
		{"nothing said but the header", []string{"Sec-Fetch-Site", "", "X-Hub-CSRF", "1"}, http.StatusOK},
		{"the header from another site", []string{"Sec-Fetch-Site", "cross-site", "X-Hub-CSRF", "1"}, http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.ask(h.client, http.MethodPost, "/tasks/7", url.Values{"a": {"b"}}, c.headers...); got.StatusCode != c.status {
				t.Errorf("%d %s", got.StatusCode, got.body)
			}
		})
	}
	if got := h.signIn(h.browser(), "anna", good, "Sec-Fetch-Site", "cross-site"); got.StatusCode != http.StatusForbidden {
		t.Errorf("another site signs somebody in: %d", got.StatusCode)
	}
	if got := h.ask(h.client, http.MethodPost, "/signout", url.Values{}, "Sec-Fetch-Site", "cross-site"); got.StatusCode != http.StatusForbidden || h.session(h.client) == "" {
		t.Errorf("another site signs somebody out: %d", got.StatusCode)
	}
	if got := h.ask(h.client, http.MethodGet, "/signout", nil); h.session(h.client) == "" {
		t.Errorf("reading signs out: %d", got.StatusCode)
	}
}

func TestHeadersProtectPages(t *testing.T) {
	h := build(t, nil)
	for _, path := range []string{"/signin", "/healthz", "/v1/x", "/tasks"} {
		got := h.ask(h.browser(), http.MethodGet, path, nil).Header
		for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Permissions-Policy": "geolocation=()", "Strict-Transport-Security": "max-age=31536000", "Cache-Control": "no-store",
			"Cross-Origin-Opener-Policy": "same-origin"} {
			if !strings.Contains(got.Get(name), want) {
				t.Errorf("%s: %s: %q", path, name, got.Get(name))
			}
		}
		if csp := got.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Error(csp)
		}
	}
}

func TestNextStaysHere(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "steward")
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "/signout", "", "/\tx", "/setup?token=x"} {
		got := h.ask(h.browser(), http.MethodPost, "/signin", url.Values{"login": {"anna"}, "password": {good}, "next": {next}})
		if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/" {
			t.Errorf("%q leads to %s", next, got.Header.Get("Location"))
		}
	}
}

// Behind a known proxy it is the people who are counted; what anybody else says of where they are is not heard.
func TestPlacesBehindAProxy(t *testing.T) {
	for name, known := range map[string]bool{"known": true, "unknown": false} {
		t.Run(name, func(t *testing.T) {
			h := build(t, func(o *signin.Options) {
				o.LoginAMinute = 1
				if known {
					o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
				}
			})
			last := 0
			for i := range 5 { // three from one place
				last = h.signIn(h.browser(), fmt.Sprint("person", i), "wrong", "X-Forwarded-For", fmt.Sprintf("9.9.9.9, 203.0.113.%d", i)).StatusCode
			}
			if (last == http.StatusTooManyRequests) == known {
				t.Error(last)
			}
			for i := range 5 { // who adds hops in front is where the proxy saw them
				last = h.signIn(h.browser(), fmt.Sprint("other", i), "wrong", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d, 198.51.100.1", i)).StatusCode
			}
			if last != http.StatusTooManyRequests {
				t.Error(last)
			}
		})
	}
}

func TestTriesAreLimited(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Now().UnixNano())
	h := build(t, func(o *signin.Options) {
		o.LoginAMinute = 3
		o.Now = func() time.Time { return time.Unix(0, clock.Load()) }
	})
	for range 3 {
		if got := h.signIn(h.browser(), "anna", "wrong"); got.StatusCode != http.StatusUnauthorized {
			t.Fatal(got.StatusCode)
		}
	}
	got := h.signIn(h.browser(), "ANNA", "wrong")
	if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "20" || !strings.Contains(got.body, "Too many tries") {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	for i := range 5 { // nine from one address in all
		h.signIn(h.browser(), strings.Repeat("x", i+2), "wrong")
	}
	if got := h.signIn(h.browser(), "boris", "wrong"); got.StatusCode != http.StatusTooManyRequests {
		t.Error("one address tries many logins:", got.StatusCode)
	}
	clock.Add(int64(time.Minute))
	if got := h.signIn(h.browser(), "anna", "wrong"); got.StatusCode != http.StatusUnauthorized {
		t.Error("a minute later:", got.StatusCode)
	}
}
