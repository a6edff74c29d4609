package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
)

// Guard lets pass who has signed in, and puts the subject into the request's context. It answers
// /signin, /signout and /setup itself, and leaves signs of life and assets to anybody.
func (g *Gate) Guard(next http.Handler) http.Handler {
	doors := g.doors()
	return g.headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := doors.Handler(r); pattern != "" {
			if g.trusted(w, r, false) {
				doors.ServeHTTP(w, r)
			}
			return
		}
		if s := withoutSignIn(r); s != nil {
			next.ServeHTTP(w, r.WithContext(access.With(r.Context(), s)))
			return
		}
		s, err := g.identify(w, r)
		switch {
		case err != nil:
			g.unable(w, r, err)
		case s == nil && anybodysTaste(r):
			if g.trusted(w, r, true) {
				next.ServeHTTP(w, r.WithContext(access.With(r.Context(), &access.Subject{})))
			}
		case s == nil:
			g.unknown(w, r)
		case g.trusted(w, r, s.Via == access.ViaSession):
			next.ServeHTTP(w, r.WithContext(access.With(r.Context(), s)))
		}
	}))
}

// Open puts one subject into every request: sign-in is switched off.
func Open(next http.Handler) http.Handler {
	return secured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := access.Local("open")
		s.Via = access.ViaOpen
		next.ServeHTTP(w, r.WithContext(access.With(r.Context(), s)))
	}), false)
}

// withoutSignIn gives the subject of requests that need no sign-in: signs of life and assets, which tell nothing
// of customers; numbers, to this machine; and signed deliveries, whose signature the API checks. Else nil.
func withoutSignIn(r *http.Request) *access.Subject {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch p := r.URL.Path; {
	case reads && (p == "/healthz" || p == "/readyz" || p == "/favicon.ico" || strings.HasPrefix(p, "/assets/")):
		return &access.Subject{}
	case reads && p == "/metrics" && near(r) && r.Header.Get("Authorization") == "":
		return &access.Subject{ID: "near", Roles: []access.Role{access.Service}, Scopes: []access.Act{access.ReadMetrics}, Via: access.ViaToken}
	case r.Method == http.MethodPost && r.Header.Get("X-Hub-Signature-256") != "" && r.Header.Get("Authorization") == "" && delivery.MatchString(p):
		return &access.Subject{}
	}
	return nil
}

// anybodysTaste are requests that choose language and colors, which is done at the form of sign-in too. They
// change a cookie and nothing else.
func anybodysTaste(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/me/prefs" && r.Header.Get("Authorization") == ""
}

// delivery is where a source sends its records.
var delivery = regexp.MustCompile(`^/v1/sources/[^/]+/records$`)

// identify finds out who asks; nil: nobody that the gate knows.
func (g *Gate) identify(w http.ResponseWriter, r *http.Request) (*access.Subject, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		return g.byToken(r.Context(), header)
	}
	return g.bySession(w, r)
}

// byToken never looks at the cookie: a program with a bad token must hear of it.
func (g *Gate) byToken(ctx context.Context, header string) (*access.Subject, error) {
	kind, text, _ := strings.Cut(header, " ")
	if !strings.EqualFold(kind, "Bearer") || !strings.HasPrefix(text, tokenPrefix) {
		return nil, nil
	}
	t, owner, err := g.Store.Token(ctx, hashOf(text))
	if errors.Is(err, customer.ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if g.Now().Sub(t.Used) > time.Minute {
		if err := g.Store.UseToken(ctx, t.ID); err != nil {
			return nil, err
		}
	}
	return subjectOfToken(&t, &owner), nil
}

func subjectOf(a *customer.Account) *access.Subject {
	return &access.Subject{ID: a.Actor(), Name: a.Name, Roles: rolesOf(a), Sources: sourcesOf(a), Lang: a.Lang, Prefs: a.Prefs, Via: access.ViaSession}
}

func rolesOf(a *customer.Account) []access.Role {
	var out []access.Role
	for _, name := range slices.Concat(a.Roles, a.GroupRoles) {
		if !slices.Contains(out, access.Role(name)) {
			out = append(out, access.Role(name))
		}
	}
	return out
}

// sourcesOf are those that an account is limited to by an admin or by its groups; nil: all.
func sourcesOf(a *customer.Account) []customer.Source {
	if len(a.Sources) == 0 && len(a.GroupSources) == 0 {
		return nil
	}
	return slices.Concat(a.Sources, a.GroupSources)
}

// subjectOfToken has the roles of its owner as they are now, or those of a service, and of them what
// the scopes leave.
func subjectOfToken(t *customer.Token, owner *customer.Account) *access.Subject {
	s := &access.Subject{ID: actorOf(t), Name: t.Name, Roles: []access.Role{access.Service}, Scopes: []access.Act{}, Sources: t.Sources, Via: access.ViaToken}
	for _, act := range t.Scopes {
		s.Scopes = append(s.Scopes, access.Act(act))
	}
	if t.Account == 0 {
		return s
	}
	s.Roles, s.Owner, s.Lang = rolesOf(owner), owner.Actor(), owner.Lang
	switch all := sourcesOf(owner); {
	case len(t.Sources) == 0:
		s.Sources = all
	case all != nil:
		s.Sources = slices.DeleteFunc(slices.Clone(t.Sources), func(src customer.Source) bool { return !slices.Contains(all, src) })
		if len(s.Sources) == 0 {
			s.Sources = []customer.Source{""} // none, which nil would not say
		}
	}
	return s
}

// unknown sends a person to the form, and tells a program that it must prove who it is.
func (g *Gate) unknown(w http.ResponseWriter, r *http.Request) {
	switch {
	case !wantsPage(r):
		w.Header().Set("WWW-Authenticate", `Bearer realm="kartoteka"`)
		problem(w, http.StatusUnauthorized, "sign_in", "Sign in, or send a token that is valid: Authorization: Bearer ktk_...")
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		http.Redirect(w, r, "/signin?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
	default: // what was typed stands in the page before; a redirect would lose it
		g.Pages.Message(w, r, http.StatusUnauthorized, "signin.expired")
	}
}

func (g *Gate) unable(w http.ResponseWriter, r *http.Request, err error) {
	g.Logger.Error("sign-in could not be checked", "error", err)
	if wantsPage(r) {
		g.Pages.Message(w, r, http.StatusServiceUnavailable, "signin.away")
		return
	}
	problem(w, http.StatusServiceUnavailable, "away", "The hub cannot check who asks; ask again.")
}

// wantsPage tells a browser that shows a page from a program and from a page's script.
func wantsPage(r *http.Request) bool {
	return r.Header.Get("X-Fragment") == "" && r.Header.Get(csrfHeader) == "" && !strings.HasPrefix(r.URL.Path, "/v1/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// problem answers a program (RFC 9457).
func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "code": code, "detail": detail})
}
