package signin

import (
	"errors"
	"net/http"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
)

// Cookies. The prefix has the browser refuse them without Secure, with a domain, or for another path.
const (
	sessionCookie = "__Host-kartoteka"
	journeyCookie = "__Host-kartoteka-journey"
)

// grace is how long the token before the present one is good, for requests that were on their way.
const grace = 10 * time.Second

// touching is how exactly the use of a session is noted.
const touching = time.Minute

func (g *Gate) bySession(w http.ResponseWriter, r *http.Request) (*access.Subject, error) {
	n, a, err := g.session(r)
	if errors.Is(err, customer.ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if n.Rights != a.Rights && !n.Former {
		err = g.renew(w, r, &n, a.Rights)
	} else if g.Now().Sub(n.Seen) > min(touching, g.Idle/10) {
		err = g.Store.Touch(r.Context(), n.ID)
	}
	if err != nil {
		return nil, err
	}
	return subjectOf(&a), nil
}

// session finds the one of a request's cookie.
func (g *Gate) session(r *http.Request) (customer.Session, customer.Account, error) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return customer.Session{}, customer.Account{}, customer.ErrUnknown
	}
	return g.Store.Session(r.Context(), hashOf(c.Value), g.Idle)
}

// renew gives a session another token, because its account has other rights now.
func (g *Gate) renew(w http.ResponseWriter, r *http.Request, n *customer.Session, rights int64) error {
	token := secret()
	renewed, err := g.Store.RenewSession(r.Context(), n, hashOf(token), rights, grace)
	if renewed {
		http.SetCookie(w, cookie(sessionCookie, token, n.Until.Sub(g.Now())))
	}
	return err
}

// open begins a session; whatever session the browser had ends.
func (g *Gate) open(w http.ResponseWriter, r *http.Request, a *customer.Account, way string) error {
	if old, owner, err := g.session(r); err == nil {
		if err := g.Store.EndSession(r.Context(), &customer.Visit{Who: owner.Actor(), Act: "sign_out", Reason: "another sign-in"}, owner.ID, old.ID); err != nil {
			return err
		}
	}
	token, now := secret(), g.Now()
	n := customer.Session{Hash: hashOf(token), Account: a.ID, Rights: a.Rights, Created: now, Until: now.Add(g.Absolute)}
	if err := g.Store.OpenSession(r.Context(), &customer.Visit{Who: a.Actor(), Act: "sign_in", Reason: way}, &n); err != nil {
		return err
	}
	g.tries.WithLabelValues(way, "in").Inc()
	http.SetCookie(w, cookie(sessionCookie, token, g.Absolute))
	return nil
}

// cookie makes one that scripts cannot read and that other sites' forms do not carry.
func cookie(name, value string, lasts time.Duration) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(lasts.Seconds()), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

func noCookie(name string) *http.Cookie {
	c := cookie(name, "", 0)
	c.MaxAge = -1
	return c
}

// signOut ends the session of the browser. It does not matter whether there is one.
func (g *Gate) signOut(w http.ResponseWriter, r *http.Request) {
	n, a, err := g.session(r)
	if err == nil {
		err = g.Store.EndSession(r.Context(), &customer.Visit{Who: a.Actor(), Act: "sign_out"}, a.ID, n.ID)
	}
	if err != nil && !errors.Is(err, customer.ErrUnknown) {
		g.unable(w, r, err)
		return
	}
	http.SetCookie(w, noCookie(sessionCookie))
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, r, "/signin", http.StatusSeeOther)
}
