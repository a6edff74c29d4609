package signin

import (
	_ "embed"
	"html/template"
	"net/http"

	"kartoteka/phrases"
)

// Form is what a page of the gate shows. Its fields are posted as login, password, password_again,
// token and next.
type Form struct {
	Next        string // path to go on to
	Login       string // typed before, or of the account that is invited; "" lets the person choose
	Token       string // of the invitation
	ErrorKey    string // phrase that says what was wrong; "" at first
	Provider    string // name of the identity provider; "" for none
	ProviderURL string // where it is reached
	Local       bool   // there are accounts with a password
	Min         int    // characters of a password
}

// Pages are how the gate looks. What stands in a form is untrusted.
type Pages interface {
	// SignIn asks for login and password, to be posted to /signin.
	SignIn(w http.ResponseWriter, r *http.Request, f Form)
	// Setup asks an invited person for a password, to be posted to /setup.
	Setup(w http.ResponseWriter, r *http.Request, f Form)
	// Message tells something, as the key of a phrase.
	Message(w http.ResponseWriter, r *http.Request, status int, key string)
}

//go:embed pages.html
var pagesText string

// plainPages need nothing but a browser: no script, no style.
type plainPages struct{}

type plainPage struct {
	Form
	Lang phrases.Lang
	Kind string
	Key  string
}

// Say speaks a phrase in the language of the page.
func (p plainPage) Say(key string, args ...any) string { return p.Lang.Sentence(key, args...) }

func (plainPages) show(w http.ResponseWriter, r *http.Request, status int, p plainPage) {
	p.Lang = phrases.Match(r.Header.Get("Accept-Language"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = template.Must(template.New("").Parse(pagesText)).Execute(w, p)
}

// SignIn implements Pages.
func (pp plainPages) SignIn(w http.ResponseWriter, r *http.Request, f Form) {
	pp.show(w, r, http.StatusOK, plainPage{Form: f, Kind: "signin", Key: "signin.title"})
}

// Setup implements Pages.
func (pp plainPages) Setup(w http.ResponseWriter, r *http.Request, f Form) {
	pp.show(w, r, http.StatusOK, plainPage{Form: f, Kind: "setup", Key: "signin.setup_title"})
}

// Message implements Pages.
func (pp plainPages) Message(w http.ResponseWriter, r *http.Request, status int, key string) {
	pp.show(w, r, status, plainPage{Kind: "message", Key: key})
}
