package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kartoteka/access"
)

// No page shows a secret number to anybody who did not ask to reveal it, whatever the role, and nobody finds a
// customer by a part of one; who may not reveal it finds nobody by the whole of it either (R25).
func TestPagesShowNoSecret(t *testing.T) {
	t.Parallel()
	d := secretDoor(t)
	code := d.crosswalk()["tax/1"]
	p := d.spawn(nil, "serve", "--listen", "127.0.0.1:0")
	address := strings.TrimSpace(p.says("serving on "))
	pages := []string{"/", "/tasks", "/tasks/1", "/tasks/2", "/tasks/3", "/customers", "/customers?q=" + url.QueryEscape("Ковалёв Александр"), "/customers?sort=inn&q=" + url.QueryEscape("Ковалёв"),
		"/customers/" + code, "/customers/" + code + "/records", "/customers/" + code + "/history", "/customers/" + code + "/cluster",
		"/sources", "/sources/tax", "/rejects", "/rejects/1", "/quality", "/settings", "/settings/users", "/settings/tokens", "/audit", "/me"}
	for _, role := range access.Roles() {
		if role == access.Service {
			continue
		}
		who := &visitor{T: t, address: address}
		var i invitation
		d.json(exitOK, nil, &i, "users", "add", "person-"+strings.ReplaceAll(string(role), "_", "-"), "--role", string(role), "--address", address)
		who.chooses(i.Link, "")
		for _, page := range pages {
			status, body, _ := who.asks(http.MethodGet, page, nil)
			if status >= http.StatusInternalServerError {
				t.Errorf("%s as %s: %d", page, role, status)
			}
			if strings.Contains(body, secretNumber) || strings.Contains(strings.ReplaceAll(body, " ", ""), secretNumber) {
				t.Errorf("%s shows %s a secret number", page, role)
			}
		}
		policy := (*access.Policy)(nil)
		s := &access.Subject{Roles: []access.Role{role}}
		if !policy.Can(s, access.Search) {
			continue
		}
		for number, found := range map[string]bool{secretNumber: policy.Can(s, access.Reveal), secretNumber[:10]: false, secretNumber[4:]: false} {
			_, body, _ := who.asks(http.MethodGet, "/v1/match?text="+number, nil, "Accept", "application/json")
			if strings.Contains(body, code) != found {
				t.Errorf("%s finds by %d digits: want %v: %s", role, len(number), found, body)
			}
		}
	}
}
