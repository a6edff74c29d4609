package signin

import (
	"errors"
	"net/http"
	"regexp"

	"kartoteka/customer"
)

// loginForm is what a login may be: a word, or an address of mail.
var loginForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,99}$`)

// invited finds the invitation of a token and, but for the hub's first account, whom it invites.
func (g *Gate) invited(w http.ResponseWriter, r *http.Request, token string) (i customer.Invitation, a customer.Account, ok bool) {
	i, err := g.Store.Invitation(r.Context(), hashOf(token))
	if err == nil && i.Account != 0 {
		a, err = g.Store.AccountByID(r.Context(), i.Account)
	}
	switch {
	case errors.Is(err, customer.ErrUnknown), err == nil && a.Disabled:
		g.Pages.Message(w, r, http.StatusGone, "signin.invitation_void")
	case err != nil:
		g.unable(w, r, err)
	default:
		return i, a, true
	}
	return i, a, false
}

// askSetup shows the form of an invitation; to look at it uses nothing up.
func (g *Gate) askSetup(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	if _, a, ok := g.invited(w, r, token); ok {
		g.Pages.Setup(w, r, Form{Token: token, Login: a.Login, Local: true, Min: MinPassword})
	}
}

// setUp takes the password that an invited person chose, and signs the person in.
func (g *Gate) setUp(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		g.Pages.Message(w, r, http.StatusBadRequest, "signin.form")
		return
	}
	token := r.PostForm.Get("token")
	if g.tooOften(w, r, "") {
		g.Pages.Message(w, r, http.StatusTooManyRequests, "signin.limited")
		return
	}
	i, a, ok := g.invited(w, r, token)
	if !ok {
		return
	}
	first := i.Account == 0
	if first {
		a.Login = normalLogin(r.PostForm.Get("login"))
		a.Name, a.Roles = r.PostForm.Get("login"), i.Roles
	}
	if key := badChoice(r, a.Login); key != "" {
		g.Pages.Setup(withStatus(w, http.StatusUnprocessableEntity), r, Form{Token: token, Login: a.Login, ErrorKey: key, Local: true, Min: MinPassword})
		return
	}
	if err := g.accept(r, &i, &a); err != nil {
		g.refusedSetup(w, r, err)
		return
	}
	if err := g.open(w, r, &a, "invitation"); err != nil {
		g.unable(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// badChoice tells what is wrong with what a person chose, as the key of a phrase.
func badChoice(r *http.Request, login string) string {
	password := r.PostForm.Get("password")
	switch {
	case !loginForm.MatchString(login):
		return "signin.login_bad"
	case password != r.PostForm.Get("password_again"):
		return "signin.password_differs"
	}
	return refuse(login, password)
}

func (g *Gate) accept(r *http.Request, i *customer.Invitation, a *customer.Account) (err error) {
	if a.Password, err = HashPassword(r.Context(), r.PostForm.Get("password")); err != nil {
		return err
	}
	v := &customer.Visit{Who: a.Actor(), Act: "account.password", Reason: "by invitation"}
	id, err := g.Store.Accept(r.Context(), v, i.Hash, a)
	if err != nil {
		return err
	}
	*a, err = g.Store.AccountByID(r.Context(), id)
	return err
}

func (g *Gate) refusedSetup(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, customer.ErrUnknown) || errors.Is(err, customer.ErrTaken) {
		g.Pages.Message(w, r, http.StatusGone, "signin.invitation_void")
		return
	}
	g.unable(w, r, err)
}
