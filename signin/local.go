package signin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kartoteka/customer"
)

// askForm shows the form; who has signed in goes on.
func (g *Gate) askForm(w http.ResponseWriter, r *http.Request) {
	next := onward(r.URL.Query().Get("next"))
	if _, _, err := g.session(r); err == nil {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	g.Pages.SignIn(w, r, g.form(next, "", ""))
}

func (g *Gate) form(next, login, errorKey string) Form {
	f := Form{Next: next, Login: login, ErrorKey: errorKey, Local: g.Local, Min: MinPassword}
	if g.OIDC != nil {
		f.Provider, f.ProviderURL = g.OIDC.Name, "/signin/oidc?"+url.Values{"next": {next}}.Encode()
	}
	return f
}

// onward is where to go on to: a path of this hub, whatever is asked for.
func onward(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(u.Path, "/sign") || strings.HasPrefix(u.Path, "/setup") {
		return "/"
	}
	return next
}

// signIn takes a login and a password.
func (g *Gate) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil || !g.Local {
		g.Pages.Message(w, r, http.StatusBadRequest, "signin.form")
		return
	}
	login, next := normalLogin(r.PostForm.Get("login")), onward(r.PostForm.Get("next"))
	again := func(status int, key string) {
		f := g.form(next, r.PostForm.Get("login"), key)
		g.Pages.SignIn(withStatus(w, status), r, f)
	}
	if g.tooOften(w, r, login) {
		again(http.StatusTooManyRequests, "signin.limited")
		return
	}
	a, right, err := g.check(r, login)
	if err != nil {
		g.unable(w, r, err)
		return
	}
	if !right {
		g.tries.WithLabelValues("password", "refused").Inc()
		g.Logger.Warn("a sign-in was refused", "from", g.place(r))
		again(http.StatusUnauthorized, "signin.wrong")
		return
	}
	if err := g.open(w, r, &a, "password"); err != nil {
		g.unable(w, r, err)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// check takes as long for an account that is not there as for one that is.
func (g *Gate) check(r *http.Request, login string) (customer.Account, bool, error) {
	a, err := g.Store.Account(r.Context(), login)
	if err != nil && !errors.Is(err, customer.ErrUnknown) {
		return a, false, err
	}
	right, err := CheckPassword(r.Context(), a.Password, r.PostForm.Get("password"))
	return a, right && !a.Disabled, err
}

// normalLogin is how logins are kept and compared.
func normalLogin(s string) string { return strings.ToLower(strings.TrimSpace(norm.NFKC.String(s))) }

// withStatus has the next body that is written come with a status.
func withStatus(w http.ResponseWriter, status int) http.ResponseWriter {
	return &statusWriter{ResponseWriter: w, status: status}
}

type statusWriter struct {
	http.ResponseWriter
	status int
	done   bool
}

// WriteHeader implements http.ResponseWriter; the status was chosen before.
func (w *statusWriter) WriteHeader(int) {
	if !w.done {
		w.done = true
		w.ResponseWriter.WriteHeader(w.status)
	}
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	w.WriteHeader(w.status)
	return w.ResponseWriter.Write(b)
}
