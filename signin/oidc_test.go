package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/signin"
	"kartoteka/store"
)

func withProvider(t *testing.T) (*house, *liar) {
	t.Helper()
	l := newLiar(t)
	h := build(t, func(o *signin.Options) {
		o.OIDC = &signin.OIDC{Issuer: l.URL, ClientID: "kartoteka", ClientSecret: "app-secret", GroupsClaim: "groups", Name: "Company",
			Roles:   map[string][]access.Role{"data-stewards": {access.Steward}, "auditors": {access.Auditor}},
			Sources: map[string][]customer.Source{"branch-kazan": {"branch"}}}
	})
	return h, l
}

// departs goes to the provider and gives the address there.
func (h *house) departs(c *http.Client) string {
	h.Helper()
	got := h.ask(c, http.MethodGet, "/signin/oidc?next=/tasks", nil)
	if got.StatusCode != http.StatusSeeOther {
		h.Fatalf("%d %s", got.StatusCode, got.body)
	}
	return got.Header.Get("Location")
}

func (h *house) arrives(c *http.Client, with url.Values) answer {
	h.Helper()
	return h.ask(c, http.MethodGet, "/signin/oidc/callback?"+with.Encode(), nil, "Sec-Fetch-Site", "cross-site")
}

func TestSignInByTheProvider(t *testing.T) {
	h, l := withProvider(t)
	if got := h.ask(h.client, http.MethodGet, "/signin?next=/tasks", nil); !strings.Contains(got.body, "/signin/oidc?next=%2Ftasks") || !strings.Contains(got.body, "Company") {
		t.Error(got.body)
	}
	to := h.departs(h.client)
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"code_challenge_method": "S256", "response_type": "code", "client_id": "kartoteka", "redirect_uri": strings.Replace(h.url, "http:", "https:", 1) + "/signin/oidc/callback"} {
		if u.Query().Get(name) != want {
			t.Errorf("%s = %q, want %q", name, u.Query().Get(name), want)
		}
	}
	if got := h.arrives(h.client, l.authorize(t, to)); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/tasks" {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	if got := h.ask(h.client, http.MethodGet, "/", nil); got.body != "oidc:1 steward" {
		t.Error(got.body)
	}
	accounts, err := h.people.List(h.admin())
	if err != nil || len(accounts) != 1 || accounts[0].Issuer != l.URL || accounts[0].Subject != "42" || accounts[0].Name != "Анна Ёлкина" {
		t.Errorf("%+v %v", accounts, err)
	}
	// Known by issuer and subject: the same name and mail are another person under another subject.
	l.spoil = func(_, claims map[string]any) { claims["sub"], claims["groups"] = "43", "auditors" }
	other := h.browser()
	h.arrives(other, l.authorize(t, h.departs(other)))
	if got := h.ask(other, http.MethodGet, "/", nil); got.body != "oidc:2 auditor" {
		t.Error(got.body)
	}
	// Groups are those of the last sign-in, and limit what is seen.
	l.spoil = func(_, claims map[string]any) { claims["groups"] = []string{"auditors", "branch-kazan"} }
	h.arrives(h.client, l.authorize(t, h.departs(h.client)))
	if got := h.ask(h.client, http.MethodGet, "/", nil); got.body != "oidc:1 auditor" {
		t.Error(got.body)
	}
	if a, err := h.store.AccountByID(h.Context(), 1); err != nil || len(a.GroupSources) != 1 || a.GroupSources[0] != "branch" {
		t.Errorf("%+v %v", a, err)
	}
}

// R29: what is not to be believed opens no session.
func TestOIDCNegative(t *testing.T) {
	h, l := withProvider(t)
	for _, c := range []struct {
		name   string
		spoil  func(head, claims map[string]any)
		sign   func(string) []byte
		answer func(url.Values)
	}{
		{"another issuer", func(_, c map[string]any) { c["iss"] = "https://evil.example" }, nil, nil},
		{"the issuer but for a slash", func(_, c map[string]any) { c["iss"] = l.URL + "/" }, nil, nil},
		{"another audience", func(_, c map[string]any) { c["aud"] = "billing" }, nil, nil},
		{"several audiences and no party", func(_, c map[string]any) { c["aud"] = []string{"kartoteka", "billing"} }, nil, nil},
		{"several audiences, another party", func(_, c map[string]any) { c["aud"], c["azp"] = []string{"kartoteka", "billing"}, "billing" }, nil, nil},
		{"another nonce", func(_, c map[string]any) { c["nonce"] = "x" }, nil, nil},
		{"no nonce", func(_, c map[string]any) { delete(c, "nonce") }, nil, nil},
		{"no subject", func(_, c map[string]any) { delete(c, "sub") }, nil, nil},
		{"expired", func(_, c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() }, nil, nil},
		{"not yet", func(_, c map[string]any) { c["nbf"] = time.Now().Add(time.Hour).Unix() }, nil, nil},
		{"signed by none", func(h, _ map[string]any) { h["alg"] = "none" }, func(string) []byte { return nil }, nil},
		{"signed with the client's secret", func(h, _ map[string]any) { h["alg"] = "HS256" }, hs256([]byte("app-secret")), nil},
		{"signed with the public key as a secret", func(h, _ map[string]any) { h["alg"] = "HS256" }, hs256(l.key.N.Bytes()), nil},
		{"signed by nobody", nil, func(string) []byte { return []byte("nonsense") }, nil},
		{"a key that there is not", func(h, _ map[string]any) { h["kid"] = "2" }, func(string) []byte { return make([]byte, 256) }, nil},
		{"another access token", func(_, c map[string]any) { c["at_hash"] = "x" }, nil, nil},
		{"another state", nil, nil, func(v url.Values) { v.Set("state", "x") }},
		{"no state", nil, nil, func(v url.Values) { v.Del("state") }},
		{"another issuer in the answer", nil, nil, func(v url.Values) { v.Set("iss", "https://evil.example") }},
		{"a code that there is not", nil, nil, func(v url.Values) { v.Set("code", "x") }},
		{"no code", nil, nil, func(v url.Values) { v.Del("code") }},
		{"an error", nil, nil, func(v url.Values) { v.Set("error", "access_denied") }},
		{"no role", func(_, c map[string]any) { c["groups"] = []string{"cooks"} }, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			l.spoil, l.sign = c.spoil, c.sign
			b := h.browser()
			with := l.authorize(t, h.departs(b))
			if c.answer != nil {
				c.answer(with)
			}
			got := h.arrives(b, with)
			if got.StatusCode != http.StatusForbidden || h.session(b) != "" {
				t.Errorf("%d %s", got.StatusCode, got.body)
			}
		})
	}
	l.spoil, l.sign = nil, nil
	if list := h.rows(`SELECT id::text FROM session`); len(list) != 0 {
		t.Errorf("%d sessions", len(list))
	}
}

func TestAnAnswerOfTheProviderIsGoodOnceInItsBrowser(t *testing.T) {
	h, l := withProvider(t)
	b := h.browser()
	with := l.authorize(t, h.departs(b))
	if got := h.arrives(h.browser(), with); got.StatusCode != http.StatusForbidden {
		t.Errorf("in another browser: %d", got.StatusCode)
	}
	other := h.browser() // an attacker's own sign-in, pushed onto a victim that has begun one
	h.departs(other)
	if got := h.arrives(other, with); got.StatusCode != http.StatusForbidden || l.used != 0 {
		t.Errorf("the state of another sign-in: %d", got.StatusCode)
	}
	if got := h.arrives(b, with); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	if got := h.arrives(b, with); got.StatusCode != http.StatusForbidden || l.used != 1 {
		t.Errorf("once more: %d", got.StatusCode)
	}
	late := h.browser()
	with = l.authorize(t, h.departs(late))
	h.exec(`UPDATE journey SET until = clock_timestamp() - interval '1 second'`)
	if got := h.arrives(late, with); got.StatusCode != http.StatusForbidden {
		t.Errorf("too late: %d", got.StatusCode)
	}
}

func TestTheProviderIsAway(t *testing.T) {
	h, l := withProvider(t)
	l.Close()
	if got := h.ask(h.browser(), http.MethodGet, "/signin/oidc", nil); got.StatusCode != http.StatusBadGateway {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	h.member("boris", "admin")
	if got := h.signIn(h.browser(), "boris", good); got.StatusCode != http.StatusSeeOther {
		t.Error("a local account does not need it:", got.StatusCode)
	}
}

func TestADisabledPersonOfTheProviderStaysOut(t *testing.T) {
	h, l := withProvider(t)
	h.arrives(h.client, l.authorize(t, h.departs(h.client)))
	if _, err := h.people.Disable(h.admin(), "oidc:1", "left"); err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	if got := h.arrives(b, l.authorize(t, h.departs(b))); got.StatusCode != http.StatusForbidden || h.session(b) != "" {
		t.Error(got.StatusCode)
	}
	if visits, err := h.store.Visits(h.Context(), store.VisitFilter{Act: "sign_in", Limit: 10}); err != nil || len(visits) != 1 || visits[0].Who != "oidc:1" || visits[0].Reason != "oidc" {
		t.Errorf("%+v %v", visits, err)
	}
}
