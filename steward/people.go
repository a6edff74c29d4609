package steward

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// People are the accounts of those who sign in, and their tokens. Each method asks the policy itself;
// what it gives of a secret is shown once.
type People interface {
	List(ctx context.Context) ([]customer.Account, error)
	Invite(ctx context.Context, a customer.Account) (token string, until time.Time, err error)
	Reset(ctx context.Context, name string) (token string, until time.Time, err error)
	Disable(ctx context.Context, name, reason string) (customer.Account, error)
	Enable(ctx context.Context, name string) (customer.Account, error)
	SetRoles(ctx context.Context, name string, roles []string, sources []customer.Source) (customer.Account, error)
	Sessions(ctx context.Context) ([]customer.Session, error)
	EndSession(ctx context.Context, session int64) error
	Tokens(ctx context.Context, all bool) ([]customer.Token, error)
	AddToken(ctx context.Context, t customer.Token, lasts time.Duration) (secret string, made customer.Token, err error)
	RevokeToken(ctx context.Context, id int64) error
	// Prefer keeps how the subject likes the pages, and the language if one is chosen.
	Prefer(ctx context.Context, lang, prefs string) error
}

// Audit is who did what, and who looked at whom.
type Audit interface {
	Operations(ctx context.Context, actor string, code customer.Code, before int64, limit int) ([]customer.AuditRow, error)
	Visits(ctx context.Context, who string, code customer.Code, before int64, limit int) ([]customer.Visit, error)
}

// usersBody is the page of accounts.
type usersBody struct {
	Accounts []customer.Account
	Roles    []access.Role
	Link     string // to be handed over, shown once
	Until    time.Time
	Wrong    string
	Typed    customer.Account
}

func (s *Site) users(w http.ResponseWriter, r *http.Request) error {
	return s.showUsers(w, r, http.StatusOK, usersBody{})
}

func (s *Site) showUsers(w http.ResponseWriter, r *http.Request, status int, b usersBody) (err error) {
	if s.options.People == nil {
		return customer.ErrUnknown
	}
	if b.Accounts, err = s.options.People.List(r.Context()); err != nil {
		return err
	}
	b.Roles = access.Roles()
	f := s.frame(r, "settings", "steward.users.title")
	f.Path = "/settings/users"
	return s.show(w, r, status, "users", f, b)
}

// changeUsers adds, resets, locks and unlocks accounts, and gives roles.
func (s *Site) changeUsers(w http.ResponseWriter, r *http.Request) error {
	p := s.options.People
	if p == nil {
		return customer.ErrUnknown
	}
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	ctx, form, name := r.Context(), r.PostForm, r.PostForm.Get("user")
	b := usersBody{Typed: customer.Account{Login: strings.TrimSpace(form.Get("login")), Name: strings.TrimSpace(form.Get("name")), Roles: form["role"], Sources: sourcesOf(form.Get("sources"))}}
	var token string
	var err error
	switch form.Get("act") {
	case "add":
		token, b.Until, err = p.Invite(ctx, b.Typed)
	case "reset":
		token, b.Until, err = p.Reset(ctx, name)
	case "disable":
		_, err = p.Disable(ctx, name, form.Get("reason"))
	case "enable":
		_, err = p.Enable(ctx, name)
	case "roles":
		_, err = p.SetRoles(ctx, name, form["role"], b.Typed.Sources)
	}
	switch {
	case errors.Is(err, desk.ErrInvalid), errors.Is(err, customer.ErrTaken), errors.Is(err, customer.ErrUnknown):
		b.Wrong = wrong(langOf(r, readPrefs(r)), err)
		return s.showUsers(w, r, http.StatusBadRequest, b)
	case err != nil:
		return err
	case token != "":
		b.Link, b.Typed = addressOf(r)+"/setup?token="+token, customer.Account{}
		return s.showUsers(w, r, http.StatusOK, b)
	}
	http.Redirect(w, r, "/settings/users", http.StatusSeeOther)
	return nil
}

func sourcesOf(text string) (out []customer.Source) {
	for name := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		out = append(out, customer.Source(name))
	}
	return out
}

// addressOf is how the browser reached the hub.
func addressOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// tokensBody is the page of tokens.
type tokensBody struct {
	Tokens []customer.Token
	Acts   []access.Act
	All    bool
	Secret string // shown once
	Wrong  string
	Now    time.Time
}

func (s *Site) tokens(w http.ResponseWriter, r *http.Request) error {
	return s.showTokens(w, r, http.StatusOK, tokensBody{})
}

func (s *Site) showTokens(w http.ResponseWriter, r *http.Request, status int, b tokensBody) (err error) {
	if s.options.People == nil {
		return customer.ErrUnknown
	}
	f := s.frame(r, "settings", "steward.tokens.title")
	f.Path = "/settings/tokens"
	b.All, b.Now = s.options.Policy.Can(f.Who, access.ManageTokens), s.options.Now()
	if b.Tokens, err = s.options.People.Tokens(r.Context(), b.All); err != nil {
		return err
	}
	for _, act := range access.Acts() {
		if s.options.Policy.Can(f.Who, act) {
			b.Acts = append(b.Acts, act)
		}
	}
	return s.show(w, r, status, "tokens", f, b)
}

func (s *Site) changeTokens(w http.ResponseWriter, r *http.Request) error {
	p := s.options.People
	if p == nil {
		return customer.ErrUnknown
	}
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	if id := number(r.PostForm.Get("revoke")); id > 0 {
		if err := p.RevokeToken(r.Context(), id); err != nil {
			return err
		}
		http.Redirect(w, r, "/settings/tokens", http.StatusSeeOther)
		return nil
	}
	days := max(1, number(r.PostForm.Get("days")))
	t := customer.Token{Name: r.PostForm.Get("name"), Owner: desk.Actor(access.From(r.Context())), Scopes: r.PostForm["scope"], Sources: sourcesOf(r.PostForm.Get("sources"))}
	secret, _, err := p.AddToken(r.Context(), t, time.Duration(days)*24*time.Hour)
	if errors.Is(err, access.ErrForbidden) {
		return err
	}
	if err != nil {
		return s.showTokens(w, r, http.StatusBadRequest, tokensBody{Wrong: wrong(langOf(r, readPrefs(r)), err)})
	}
	return s.showTokens(w, r, http.StatusOK, tokensBody{Secret: secret})
}

// auditBody is the page of who did what and who looked at whom.
type auditBody struct {
	Views bool // who looked at whom, instead of who did what
	Who   string
	Code  string
	Rows  []customer.AuditRow
	Seen  []customer.Visit
	// After leads to the next page, Before back to the newest.
	After, Before string
	Wrong         string
}

// auditPage is how many rows of the audit a page shows.
const auditPage = 50

func (s *Site) audit(w http.ResponseWriter, r *http.Request) error {
	f := s.frame(r, "audit", "steward.nav.audit")
	if err := s.options.Policy.May(f.Who, access.ReadAudit); err != nil {
		return err
	}
	if s.options.Audit == nil {
		return customer.ErrUnknown
	}
	q := r.URL.Query()
	b := auditBody{Views: q.Get("of") == "views", Who: q.Get("who"), Code: q.Get("code")}
	var code customer.Code
	var err error
	if b.Code != "" {
		if code, err = customer.ParseCode(b.Code); err != nil {
			b.Wrong = "steward.tasks.wrong_code"
		}
	}
	before, next := number(q.Get("after")), ""
	if b.Views {
		if b.Seen, err = s.options.Audit.Visits(r.Context(), b.Who, code, before, auditPage); len(b.Seen) == auditPage {
			next = text(b.Seen[auditPage-1].ID)
		}
	} else {
		if b.Rows, err = s.options.Audit.Operations(r.Context(), b.Who, code, before, auditPage); len(b.Rows) == auditPage {
			next = text(b.Rows[auditPage-1].Operation)
		}
	}
	if err != nil {
		return err
	}
	b.After, b.Before = turns(q, next)
	return s.show(w, r, http.StatusOK, "audit", f, b)
}
