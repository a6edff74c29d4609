package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// visitor is a browser at the address of a hub, which keeps one cookie as a browser on this machine does.
type visitor struct {
	*testing.T
	address, cookie string
}

// asks sends a request and gives status, body and where it leads.
func (v *visitor) asks(method, path string, form url.Values, headers ...string) (status int, body, location string) {
	v.Helper()
	var sent io.Reader
	if form != nil {
		sent = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(v.Context(), method, v.address+path, sent)
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", v.address)
	}
	if v.cookie != "" {
		r.Header.Set("Cookie", "__Host-kartoteka="+v.cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		v.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.Fatal(err)
	}
	for _, k := range answer.Cookies() {
		if k.Name == "__Host-kartoteka" {
			v.cookie = k.Value
		}
	}
	return answer.StatusCode, string(text), answer.Header.Get("Location")
}

// chooses follows a link of an invitation and chooses a password.
func (v *visitor) chooses(link, login string) {
	v.Helper()
	u, err := url.Parse(link)
	if err != nil {
		v.Fatal(err)
	}
	const password = "клён рядом с домом"
	form := url.Values{"token": {u.Query().Get("token")}, "login": {login}, "password": {password}, "password_again": {password}}
	if status, body, _ := v.asks(http.MethodPost, "/setup", form); status != http.StatusSeeOther || v.cookie == "" {
		v.Fatalf("%d %s", status, body)
	}
}

// From the first start to a person who is locked out, by the program as people run it.
func TestSignInFromTheFirstStart(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	p := d.spawn(nil, "serve", "--listen", "127.0.0.1:0")
	link := strings.TrimSpace(strings.TrimPrefix(p.says("within 24 hours at\n"), "\n"))
	address := strings.TrimSpace(p.says("serving on "))
	link, _, _ = strings.Cut(link, "\n")
	if !strings.HasPrefix(link, address+"/setup?token=") {
		t.Fatalf("%q %q", link, address)
	}
	if status, _ := fetch(t, address+"/v1/changes"); status != http.StatusUnauthorized {
		t.Errorf("nobody reads the feed: %d", status)
	}
	if status, _ := fetch(t, address+"/readyz"); status != http.StatusOK {
		t.Error(status)
	}
	if status, body := fetch(t, address+"/metrics"); status != http.StatusOK || !strings.Contains(body, "kartoteka_sign_ins_total") {
		t.Error(status)
	}
	anna := &visitor{T: t, address: address}
	anna.chooses(link, "anna")
	if status, _, location := anna.asks(http.MethodGet, "/signin", nil); status != http.StatusSeeOther || location != "/" {
		t.Errorf("%d %s", status, location)
	}

	var i invitation
	d.json(exitOK, nil, &i, "users", "add", "Boris", "--role", "steward")
	if !strings.HasPrefix(i.Link, address+"/setup?token=") {
		t.Errorf("%q does not lead to where the hub is served, %q", i.Link, address)
	}
	boris := &visitor{T: t, address: address}
	boris.chooses(i.Link, "")
	var token tokenShown
	d.json(exitOK, nil, &token, "tokens", "add", "feed", "--scope", "feed.read")
	bearer := []string{"Authorization", "Bearer " + token.Secret, "Accept", "application/json"}
	if status, body, _ := (&visitor{T: t, address: address}).asks(http.MethodGet, "/v1/changes", nil, bearer...); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}

	if list := d.ok("audit", "visits", "--who", "token:1"); strings.Count(list, "feed.read") != 1 {
		t.Error(list)
	}
	d.ok("users", "disable", "boris", "--reason", "left")
	d.ok("tokens", "revoke", "1")
	if status, _, _ := boris.asks(http.MethodGet, "/v1/changes", nil); status != http.StatusUnauthorized {
		t.Errorf("who was disabled a moment ago: %d", status)
	}
	if status, _, _ := (&visitor{T: t, address: address}).asks(http.MethodGet, "/v1/changes", nil, bearer...); status != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", status)
	}
	if strings.Contains(p.err.String(), token.Secret) || strings.Contains(d.ok("tokens", "list"), token.Secret) {
		t.Error("a secret is shown again")
	}
	if list := d.ok("users", "list"); !strings.Contains(list, "anna") || !strings.Contains(list, "disabled") {
		t.Error(list)
	}
	p.signal(syscall.SIGTERM)
	if code := p.wait(); code != exitOK {
		t.Errorf("exit %d\n%s", code, &p.err)
	}
	again := d.spawn(nil, "serve", "--listen", "127.0.0.1:0")
	again.says("serving on ")
	if strings.Contains(again.err.String(), "/setup") {
		t.Error("another first account")
	}
}

func TestUsersAndTokensRefuse(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.ok("users", "add", "anna", "--role", "viewer")
	for _, c := range []struct {
		code string
		args []string
	}{
		{"taken", []string{"users", "add", "ANNA", "--role", "viewer"}},
		{"input", []string{"users", "add", "b", "--role", "viewer"}},
		{"input", []string{"users", "add", "boris", "--role", "king"}},
		{"unknown", []string{"users", "roles", "boris", "--role", "viewer"}},
		{"unknown", []string{"users", "disable", "boris"}},
		{"input", []string{"tokens", "add", "x", "--scope", "customer.eat"}},
		{"input", []string{"tokens", "add", "x", "--scope", "feed.read", "--user", "anna"}},
		{"input", []string{"tokens", "add", "x", "--scope", "feed.read", "--days", "366"}},
		{"unknown", []string{"tokens", "revoke", "7"}},
	} {
		if e := d.json(exitInput, nil, nil, c.args...); e.Code != c.code {
			t.Errorf("%v: %+v", c.args, e)
		}
	}
}
