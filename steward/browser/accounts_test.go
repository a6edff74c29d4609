package browser

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// invite makes accounts and signs them in.
func (h *hub) invite() error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failed error
	for login, roles := range roles {
		wg.Go(func() {
			cookie, err := h.account(login, roles)
			mu.Lock()
			defer mu.Unlock()
			h.people[login] = cookie
			failed = errorsJoin(failed, err)
		})
	}
	wg.Wait()
	return failed
}

// first makes the hub's first account by the link that the first start printed.
func (h *hub) first() (err error) {
	h.people["olga"], err = h.choose(h.link, "olga")
	return err
}

func (h *hub) account(login string, roles []string) (*http.Cookie, error) {
	link, err := h.invitation(login, roles...)
	if err != nil {
		return nil, err
	}
	return h.choose(link, login)
}

// invitation is the link by which a new account's person chooses a password.
func (h *hub) invitation(login string, roles ...string) (string, error) {
	args := []string{"users", "add", login, "--name", strings.ToUpper(login[:1]) + login[1:], "--address", h.address, "--output", "json"}
	for _, r := range roles {
		args = append(args, "--role", r)
	}
	out, err := h.verb(args...)
	if err != nil {
		return "", err
	}
	var e struct{ Result struct{ Link string } }
	err = json.Unmarshal([]byte(out), &e)
	return e.Result.Link, err
}

// choose sets the password of an invitation and returns the session's cookie.
func (h *hub) choose(link, login string) (*http.Cookie, error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(http.MethodPost, h.address+"/setup", strings.NewReader(url.Values{"token": {u.Query().Get("token")}, "login": {login}, "password": {password}, "password_again": {password}}.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	for _, c := range answer.Cookies() {
		if c.Name == sessionCookie {
			return c, nil
		}
	}
	text, err := io.ReadAll(answer.Body)
	return nil, fmt.Errorf("setup: %s: %s %w", answer.Status, text, err)
}

const sessionCookie = "__Host-kartoteka"
