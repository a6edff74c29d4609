package browser

import (
	"net/http"
	"strings"
	"testing"
)

// The link of an invitation lets one person in, once; after that there is a password.
func TestSignInByLocalAccount(t *testing.T) {
	h := theHub(t)
	link, err := h.invitation("zoya", "steward")
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(link, h.address)
	p := h.tab(t, "")
	p.visit(path)
	p.fill("[name=password]", password)
	p.fill("[name=password_again]", password)
	p.press("Enter")
	p.sees("[data-test=numbers]")

	p.click("[data-test=menu]")
	p.click("[data-test=signout]")
	p.sees("[name=password]")
	if status := p.visit("/tasks"); status != http.StatusOK || !strings.HasPrefix(p.url(), "/signin?next=") {
		t.Errorf("after signing out: %d %s", status, p.url())
	}
	p.fill("[name=login]", "zoya")
	p.fill("[name=password]", "another tree entirely")
	p.press("Enter")
	p.sees("main [role=alert]")
	if got := p.count("main input[name=login][value=zoya]"); got != 1 {
		t.Error("the login that was typed is lost")
	}
	p.fill("[name=password]", password)
	p.press("Enter")
	p.sees("[data-test=numbers]")
	if p.url() != "/tasks" {
		t.Errorf("led to %s", p.url())
	}
	if status := h.tab(t, "").visit(path); status != http.StatusGone {
		t.Errorf("the link works twice: %d", status)
	}
}

// A person of the company signs in by its provider, and has the role of a group.
func TestSignInByProvider(t *testing.T) {
	h := theHub(t)
	for _, c := range []struct{ who, sees string }{{"op-anna", "[data-test=start]"}, {"op-boris", "[data-test^=problem]"}} {
		t.Run(c.who, func(t *testing.T) {
			p := h.tab(t, "")
			p.visit("/customers")
			p.click("[data-test=provider]")
			p.fill("[name=login]", c.who)
			p.fill("[name=password]", "any")
			p.press("Enter")
			p.wait("location.pathname.startsWith('/interaction') && !document.querySelector('[name=password]')") // its consent
			p.click("[type=submit]")
			p.wait("location.origin === " + quote(h.address))
			if c.who == "op-anna" {
				p.wait("location.pathname === '/customers'")
				p.visit("/tasks")
			}
			p.sees(c.sees)
		})
	}
}
