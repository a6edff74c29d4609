package signin_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/signin"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

const good = "сырой клён едет вверх"

func migrate(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url, golden.NewPermutation)
	if err == nil {
		s.Close()
	}
	return err
}

// house is a hub behind its gate, over TLS, so that browsers keep the cookies.
type house struct {
	*testing.T
	store  *store.Store
	people *signin.People
	url    string
	client *http.Client
	server *httptest.Server
}

func build(t *testing.T, change func(*signin.Options)) *house {
	t.Helper()
	t.Parallel()
	s, err := store.Open(t.Context(), storetest.New(t, migrate), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	o := signin.Options{Store: s, Local: true, Idle: time.Hour, Absolute: 2 * time.Hour, LoginAMinute: 100}
	if change != nil {
		change(&o)
	}
	h := &house{T: t, store: s, people: &signin.People{Store: s, Policy: o.Policy, Now: o.Now}}
	h.serve(o)
	return h
}

func (h *house) serve(o signin.Options) {
	h.Helper()
	gate, err := signin.New(o)
	if err != nil {
		h.Fatal(err)
	}
	h.server = httptest.NewTLSServer(gate.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := access.From(r.Context())
		_, _ = io.WriteString(w, s.ID+" "+strings.Join(texts(s.Roles), ","))
	})))
	h.Cleanup(h.server.Close)
	h.url, h.client = h.server.URL, h.browser()
}

func texts[S ~string](list []S) (out []string) {
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// browser keeps cookies and follows no redirects.
func (h *house) browser() *http.Client {
	h.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	return &http.Client{Jar: jar, Transport: h.server.Client().Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type answer struct {
	*http.Response
	body string
}

// ask sends a request like a browser that shows pages; headers are pairs.
func (h *house) ask(c *http.Client, method, path string, form url.Values, headers ...string) answer {
	h.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(h.Context(), method, h.url+path, body)
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	got, err := c.Do(r)
	if err != nil {
		h.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		h.Fatal(err)
	}
	return answer{got, string(text)}
}

func (h *house) admin() context.Context { return access.With(h.Context(), access.Local("test")) }

// member makes an account with a password and gives the invitation back as it was.
func (h *house) member(login string, roles ...string) {
	h.Helper()
	i, err := h.people.Add(h.admin(), customer.Account{Login: login, Roles: roles})
	if err != nil {
		h.Fatal(err)
	}
	if got := h.choose(h.browser(), i.Token, login, good); got.StatusCode != http.StatusSeeOther {
		h.Fatalf("setup: %d %s", got.StatusCode, got.body)
	}
}

func (h *house) choose(c *http.Client, token, login, password string) answer {
	h.Helper()
	return h.ask(c, http.MethodPost, "/setup", url.Values{"token": {token}, "login": {login}, "password": {password}, "password_again": {password}})
}

func (h *house) signIn(c *http.Client, login, password string, headers ...string) answer {
	h.Helper()
	return h.ask(c, http.MethodPost, "/signin", url.Values{"login": {login}, "password": {password}, "next": {"/tasks"}}, headers...)
}

// session gives the value of a browser's session cookie.
func (h *house) session(c *http.Client) string {
	h.Helper()
	u, err := url.Parse(h.url)
	if err != nil {
		h.Fatal(err)
	}
	for _, k := range c.Jar.Cookies(u) {
		if k.Name == "__Host-kartoteka" {
			return k.Value
		}
	}
	return ""
}

func serveOnce(t *testing.T, h http.Handler, token string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/v1/x", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}
