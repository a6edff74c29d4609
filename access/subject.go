package access

import (
	"context"
	"slices"

	"kartoteka/customer"
)

// Subject is who asks: a person, a token, or the command line.
type Subject struct {
	ID      string // stable, for audit: "local:anna", "oidc:<hash>", "token:<id>", "cli:<os user>"
	Name    string // as people call it
	Roles   []Role
	Scopes  []Act             // of a token: what of the roles' rights it may use; nil: all
	Sources []customer.Source // customers without a record of these are not seen; nil: all are
	Lang    string            // of messages; "" for the default
	Prefs   string            // how a person likes the pages, as the pages write it
	Via     Via
	Owner   string // of a person's token: the ID of the person
}

// Person is who answers for what the subject does: the owner of a token, else the subject itself. Two
// pairs of eyes are two persons.
func (s *Subject) Person() string {
	if s.Owner != "" {
		return s.Owner
	}
	return s.ID
}

// Via is the way on which a subject came.
type Via string

// The ways.
const (
	ViaSession Via = "session" // signed in, in a browser
	ViaToken   Via = "token"
	ViaCLI     Via = "cli"  // whoever has the database has everything
	ViaOpen    Via = "open" // sign-in is switched off
)

// Local is the subject of the command line: it has the database and so every role.
func Local(name string) *Subject {
	return &Subject{ID: "cli:" + name, Name: name, Roles: Roles(), Via: ViaCLI}
}

// Has reports whether the subject has a role.
func (s *Subject) Has(r Role) bool { return s != nil && slices.Contains(s.Roles, r) }

type subjectKey struct{}

// With gives a context in which s asks.
func With(ctx context.Context, s *Subject) context.Context {
	return context.WithValue(ctx, subjectKey{}, s)
}

// From tells who asks. It is never nil: nobody is a subject without roles, who may nothing.
func From(ctx context.Context) *Subject {
	if s, _ := ctx.Value(subjectKey{}).(*Subject); s != nil {
		return s
	}
	return &Subject{}
}
