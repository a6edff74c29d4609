package steward

import (
	"net/http"
)

// SignForm is what the pages of sign-in show.
type SignForm struct {
	Next, Login, Token, ErrorKey, Provider, ProviderURL string
	Local                                               bool
	Min                                                 int // least length of a password
}

// SignIn shows the page on which a person says who they are.
func (s *Site) SignIn(w http.ResponseWriter, r *http.Request, form SignForm) {
	s.signPage(w, r, "signin", "steward.signin.title", form)
}

// Setup shows the page on which a person with a one-time link chooses a password.
func (s *Site) Setup(w http.ResponseWriter, r *http.Request, form SignForm) {
	s.signPage(w, r, "setup", "steward.setup.title", form)
}

// Message shows a sentence about signing in.
func (s *Site) Message(w http.ResponseWriter, r *http.Request, status int, key string) {
	secured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.message(w, r, status, key); err != nil {
			s.options.Logger.Error("page failed", "page", "message", "error", err)
		}
	})).ServeHTTP(w, r)
}

func (s *Site) signPage(w http.ResponseWriter, r *http.Request, name, title string, form SignForm) {
	secured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := s.frame(r, "", title)
		f.Plain, f.Nav = true, nil
		status := http.StatusOK
		if form.ErrorKey != "" {
			status = http.StatusUnauthorized
		}
		if err := s.show(w, r, status, name, f, form); err != nil {
			s.options.Logger.Error("page failed", "page", name, "error", err)
		}
	})).ServeHTTP(w, r)
}
