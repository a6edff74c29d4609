package signin_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/signin"
	"kartoteka/store"
)

type storeTx = store.Tx

func (h *house) token(owner string, scopes ...string) string {
	h.Helper()
	secret, _, err := h.people.AddToken(h.admin(), signin.NewToken{Name: "test", Owner: owner, Scopes: scopes, Lasts: time.Hour})
	if err != nil {
		h.Fatal(err)
	}
	return secret
}

func TestTokens(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "steward")
	service, mine := h.token("", "feed.read", "customer.read"), h.token("anna", "customer.read")
	if !strings.HasPrefix(service, "ktk_") || len(service) != 47 {
		t.Errorf("%d characters", len(service))
	}
	bearer := func(secret string) answer {
		return h.ask(h.browser(), http.MethodPost, "/v1/x", nil, "Authorization", "Bearer "+secret, "Sec-Fetch-Site", "")
	}
	if got := bearer(service); got.body != "token:1 service" {
		t.Error(got.StatusCode, got.body)
	}
	if got := bearer(mine); got.body != "token:2 steward" {
		t.Error(got.StatusCode, got.body)
	}
	list, err := h.people.Tokens(h.admin(), true)
	if err != nil || len(list) != 2 || list[0].Used.IsZero() || list[0].Owner != "local:anna" {
		t.Fatalf("%+v %v", list, err)
	}
	if err := h.people.RevokeToken(h.admin(), 1); err != nil {
		t.Fatal(err)
	}
	if got := bearer(service); got.StatusCode != http.StatusUnauthorized {
		t.Error("a revoked token:", got.StatusCode)
	}
	h.exec(`UPDATE token SET until = clock_timestamp() - interval '1 second' WHERE id = 2`)
	if got := bearer(mine); got.StatusCode != http.StatusUnauthorized {
		t.Error("a token that has ended:", got.StatusCode)
	}
}

func TestTokensAreBounded(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "viewer")
	for name, n := range map[string]signin.NewToken{
		"no scope":                   {Name: "x", Lasts: time.Hour},
		"for ever":                   {Name: "x", Scopes: []string{"customer.read"}, Lasts: 366 * 24 * time.Hour},
		"no end":                     {Name: "x", Scopes: []string{"customer.read"}},
		"no name":                    {Scopes: []string{"customer.read"}, Lasts: time.Hour},
		"an act that there is not":   {Name: "x", Scopes: []string{"customer.eat"}, Lasts: time.Hour},
		"more than a service may":    {Name: "x", Scopes: []string{"users.manage"}, Lasts: time.Hour},
		"more than its owner may":    {Name: "x", Owner: "anna", Scopes: []string{"customer.merge"}, Lasts: time.Hour},
		"an owner that there is not": {Name: "x", Owner: "boris", Scopes: []string{"customer.read"}, Lasts: time.Hour},
	} {
		if _, _, err := h.people.AddToken(h.admin(), n); !errors.Is(err, signin.ErrInput) && !errors.Is(err, customer.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What people do to accounts asks the policy, however it is reached.
func TestPeopleAsksThePolicy(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "steward")
	as := func(roles ...access.Role) context.Context {
		return access.With(h.Context(), &access.Subject{ID: "local:anna", Roles: roles, Via: access.ViaSession})
	}
	steward, admin := as(access.Steward), as(access.Admin)
	for name, f := range map[string]func(context.Context) error{
		"list":    func(c context.Context) error { _, err := h.people.List(c); return err },
		"add":     func(c context.Context) error { _, err := h.people.Add(c, customer.Account{Login: "x1"}); return err },
		"reset":   func(c context.Context) error { _, err := h.people.Reset(c, "x1"); return err },
		"roles":   func(c context.Context) error { _, err := h.people.SetRoles(c, "x1", nil, nil); return err },
		"disable": func(c context.Context) error { _, err := h.people.Disable(c, "x1", ""); return err },
		"enable":  func(c context.Context) error { _, err := h.people.Enable(c, "x1"); return err },
		"first":   func(c context.Context) error { _, _, err := h.people.First(c); return err },
		"tokens":  func(c context.Context) error { _, err := h.people.Tokens(c, true); return err },
		"token of a service": func(c context.Context) error {
			_, _, err := h.people.AddToken(c, signin.NewToken{Name: "x", Scopes: []string{"feed.read"}, Lasts: time.Hour})
			return err
		},
	} {
		if err := f(steward); !errors.Is(err, access.ErrForbidden) {
			t.Errorf("%s by a steward: %v", name, err)
		}
		if err := f(h.Context()); !errors.Is(err, access.ErrForbidden) {
			t.Errorf("%s by nobody: %v", name, err)
		}
	}
	if _, err := h.people.SetRoles(admin, "anna", []string{"admin", "approver"}, nil); !errors.Is(err, signin.ErrInput) {
		t.Errorf("an admin changes their own roles: %v", err)
	}
	if _, err := h.people.Disable(admin, "anna", ""); !errors.Is(err, signin.ErrInput) {
		t.Errorf("an admin locks themselves out: %v", err)
	}
	if _, token, err := h.people.AddToken(steward, signin.NewToken{Name: "mine", Owner: "anna", Scopes: []string{"task.read"}, Lasts: time.Hour}); err != nil || token.Owner != "local:anna" {
		t.Errorf("one's own token: %v", err)
	}
	if list, err := h.people.Sessions(steward); err != nil || len(list) != 1 {
		t.Errorf("one's own sessions: %v %v", list, err)
	}
	if err := h.people.EndSession(steward, 0); err != nil {
		t.Error(err)
	}
	acts := map[string]bool{}
	visits, err := h.store.Visits(h.Context(), store.VisitFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range visits {
		acts[v.Act] = true
	}
	for _, act := range []string{"account.add", "account.invite", "account.password", "sign_in", "sign_out", "token.add"} {
		if !acts[act] {
			t.Errorf("nobody is told of %s", act)
		}
	}
}

func TestATokenSeesNoMoreThanItsOwner(t *testing.T) {
	h := build(t, nil)
	if _, err := h.people.Add(h.admin(), customer.Account{Login: "anna", Roles: []string{"steward"}, Sources: []customer.Source{"crm"}}); err != nil {
		t.Fatal(err)
	}
	var seen *access.Subject
	gate, err := signin.New(signin.Options{Store: h.store, Local: true, Idle: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	guard := gate.Guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = access.From(r.Context()) }))
	for _, c := range []struct{ limit, want []customer.Source }{
		{nil, []customer.Source{"crm"}},
		{[]customer.Source{"crm", "shop"}, []customer.Source{"crm"}},
		{[]customer.Source{"shop"}, []customer.Source{""}},
	} {
		secret, _, err := h.people.AddToken(h.admin(), signin.NewToken{Name: "x", Owner: "anna", Scopes: []string{"customer.read"}, Sources: c.limit, Lasts: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		serveOnce(t, guard, secret)
		if len(seen.Sources) != 1 || seen.Sources[0] != c.want[0] || seen.Person() != "local:anna" {
			t.Errorf("%v: %+v", c.limit, seen)
		}
	}
}
