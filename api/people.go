package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/customer"
	"kartoteka/desk"
)

// People are the accounts and tokens of those who ask. Its methods ask the policy themselves; an error
// that wraps desk.ErrInvalid says what the caller has to change.
type People interface {
	List(ctx context.Context) ([]customer.Account, error)
	// Invite makes an account, and Reset takes its password away; both give the token of a link by which
	// the person chooses one, once.
	Invite(ctx context.Context, a customer.Account) (token string, until time.Time, err error)
	Reset(ctx context.Context, name string) (token string, until time.Time, err error)
	Disable(ctx context.Context, name, reason string) (customer.Account, error)
	Enable(ctx context.Context, name string) (customer.Account, error)
	SetRoles(ctx context.Context, name string, roles []string, sources []customer.Source) (customer.Account, error)
	Tokens(ctx context.Context, all bool) ([]customer.Token, error)
	// AddToken gives the secret, which is not kept and cannot be shown again.
	AddToken(ctx context.Context, t customer.Token, lasts time.Duration) (secret string, made customer.Token, err error)
	RevokeToken(ctx context.Context, id int64) error
}

// User is a person who works with the hub. Passwords and their hashes are never shown.
type User struct {
	Name     string            `json:"name" doc:"Login, or oidc:NUMBER of who signs in at the identity provider."`
	Called   string            `json:"called,omitempty" doc:"As people call the person."`
	Roles    []string          `json:"roles" doc:"Given by an admin."`
	Groups   []string          `json:"group_roles,omitempty" doc:"By the groups of the identity provider."`
	Sources  []customer.Source `json:"sources,omitempty" doc:"Customers without a record of these are not seen; absent: all are."`
	Disabled bool              `json:"disabled,omitempty"`
	Created  time.Time         `json:"created,omitzero"`
	SignedIn time.Time         `json:"signed_in,omitzero" doc:"The last time."`
}

func userOf(a *customer.Account) User {
	name := a.Login
	if name == "" {
		name = a.Actor()
	}
	return User{Name: name, Called: a.Name, Roles: append([]string{}, a.Roles...), Groups: a.GroupRoles, Sources: a.Sources, Disabled: a.Disabled, Created: a.Created, SignedIn: a.SignedIn}
}

// Users are the persons who work with the hub.
type Users struct {
	Users []User `json:"users"`
}

// Invited is a link by which a person chooses a password, once.
type Invited struct {
	Path  string    `json:"path" doc:"Of the page: /setup?token=…"`
	Until time.Time `json:"until"`
}

// Token is an API token without its secret.
type Token struct {
	ID      int64             `json:"id"`
	Name    string            `json:"name"`
	Owner   string            `json:"owner,omitempty" doc:"Whose roles it has; absent for a service."`
	Scopes  []string          `json:"scopes"`
	Sources []customer.Source `json:"sources,omitempty"`
	Created time.Time         `json:"created"`
	Until   time.Time         `json:"until"`
	Used    time.Time         `json:"used,omitzero" doc:"About when it was used last."`
	Revoked time.Time         `json:"revoked,omitzero"`
	Secret  string            `json:"secret,omitempty" doc:"Once, in the answer to its making."`
}

func tokenOf(t *customer.Token, secret string) Token {
	return Token{ID: t.ID, Name: t.Name, Owner: t.Owner, Scopes: append([]string{}, t.Scopes...), Sources: t.Sources, Created: t.Created, Until: t.Until, Used: t.Used, Revoked: t.Revoked, Secret: secret}
}

// Tokens are API tokens.
type Tokens struct {
	Tokens []Token `json:"tokens"`
}

// UserPath is the part of a path that names a person.
type UserPath struct {
	Name string `path:"name" maxLength:"200" doc:"Login, or oidc:NUMBER."`
}

// userRights are the roles of a person, and whose customers they see.
type userRights struct {
	Roles   []string          `json:"roles" maxItems:"20"`
	Sources []customer.Source `json:"sources,omitempty" maxItems:"1000"`
}

// people are the operations about those who ask.
func (s *Server) people(api huma.API) {
	p := s.options.People
	register(s, api, http.MethodGet, "/v1/users", "users", "Persons who work with the hub.",
		func(ctx context.Context, _ *struct{}) (*reply[Users], error) {
			list, err := p.List(ctx)
			out := Users{Users: []User{}}
			for i := range list {
				out.Users = append(out.Users, userOf(&list[i]))
			}
			return &reply[Users]{out}, err
		})
	register(s, api, http.MethodPost, "/v1/users", "user-add", "Invite a person.",
		func(ctx context.Context, in *struct {
			Body struct {
				Login   string            `json:"login" minLength:"1" maxLength:"100"`
				Called  string            `json:"called,omitempty" maxLength:"200"`
				Roles   []string          `json:"roles" maxItems:"20"`
				Sources []customer.Source `json:"sources,omitempty" maxItems:"1000"`
			}
		}) (*reply[Invited], error) {
			b := &in.Body
			return invited(p.Invite(ctx, customer.Account{Login: b.Login, Name: b.Called, Roles: b.Roles, Sources: b.Sources}))
		})
	register(s, api, http.MethodPost, "/v1/users/{name}/reset", "user-reset", "Take a password away: the person chooses a new one.",
		func(ctx context.Context, in *UserPath) (*reply[Invited], error) {
			return invited(p.Reset(ctx, in.Name))
		})
	register(s, api, http.MethodPost, "/v1/users/{name}/disable", "user-disable", "Let a person in no more: sessions and tokens end at once.",
		func(ctx context.Context, in *struct {
			UserPath
			Body struct {
				Reason string `json:"reason,omitempty" maxLength:"1000"`
			}
		}) (*reply[User], error) {
			return user(p.Disable(ctx, in.Name, in.Body.Reason))
		})
	register(s, api, http.MethodPost, "/v1/users/{name}/enable", "user-enable", "Let a person in again.",
		func(ctx context.Context, in *UserPath) (*reply[User], error) { return user(p.Enable(ctx, in.Name)) })
	register(s, api, http.MethodPost, "/v1/users/{name}/roles", "user-roles", "Give a person other roles.",
		func(ctx context.Context, in *struct {
			UserPath
			Body userRights
		}) (*reply[User], error) {
			return user(p.SetRoles(ctx, in.Name, in.Body.Roles, in.Body.Sources))
		})
	s.tokens(api)
}

func invited(token string, until time.Time, err error) (*reply[Invited], error) {
	return &reply[Invited]{Invited{"/setup?token=" + token, until}}, unheard(err, noPerson)
}

func user(a customer.Account, err error) (*reply[User], error) {
	return &reply[User]{userOf(&a)}, unheard(err, noPerson)
}

const noPerson = "There is no person of this name; GET /v1/users lists them."

// unheard says in its own words what is not known, if it is neither code nor record.
func unheard(err error, detail string) error {
	if errors.Is(err, desk.ErrUnknown) {
		return newProblem(http.StatusNotFound, "unknown", detail)
	}
	return err
}

// tokens are the operations about API tokens.
func (s *Server) tokens(api huma.API) {
	p := s.options.People
	register(s, api, http.MethodGet, "/v1/tokens", "tokens", "API tokens, your own or all.",
		func(ctx context.Context, in *struct {
			All bool `query:"all" doc:"Of everybody."`
		}) (*reply[Tokens], error) {
			list, err := p.Tokens(ctx, in.All)
			out := Tokens{Tokens: []Token{}}
			for i := range list {
				out.Tokens = append(out.Tokens, tokenOf(&list[i], ""))
			}
			return &reply[Tokens]{out}, err
		})
	register(s, api, http.MethodPost, "/v1/tokens", "token-add", "Make a token. Its secret is in this answer only.",
		func(ctx context.Context, in *struct {
			Body struct {
				Name    string            `json:"name" minLength:"1" maxLength:"100" doc:"What it is for."`
				Owner   string            `json:"owner,omitempty" maxLength:"200" doc:"Whose roles it has: a login, or oidc:NUMBER; absent for a service."`
				Scopes  []string          `json:"scopes" minItems:"1" maxItems:"50"`
				Sources []customer.Source `json:"sources,omitempty" maxItems:"1000"`
				Days    int               `json:"days" minimum:"1" maximum:"365"`
			}
		}) (*reply[Token], error) {
			b := &in.Body
			secret, made, err := p.AddToken(ctx, customer.Token{Name: b.Name, Owner: b.Owner, Scopes: b.Scopes, Sources: b.Sources}, time.Duration(b.Days)*24*time.Hour)
			return &reply[Token]{tokenOf(&made, secret)}, unheard(err, noPerson)
		})
	register(s, api, http.MethodPost, "/v1/tokens/{id}/revoke", "token-revoke", "Let a token in no more.",
		func(ctx context.Context, in *struct {
			ID int64 `path:"id" minimum:"1"`
		}) (*struct{}, error) {
			return nil, unheard(p.RevokeToken(ctx, in.ID), "There is no token of this number, or it was revoked before, or it is not yours; GET /v1/tokens lists them.")
		})
}
