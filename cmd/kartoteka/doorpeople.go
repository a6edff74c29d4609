package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/signin"
)

// doorPeople are the accounts and tokens as the API and the pages know them.
type doorPeople struct{ *signin.People }

// mistake is an error of the caller, in the words of the desk.
type mistake struct{ error }

func (m mistake) Is(target error) bool { return target == desk.ErrInvalid }

func (m mistake) Unwrap() error { return m.error }

// foreseen marks that a request is not as it should be.
func foreseen(err error) error {
	if errors.Is(err, signin.ErrInput) {
		return mistake{err}
	}
	return err
}

func (p doorPeople) Tokens(ctx context.Context, all bool) ([]customer.Token, error) {
	list, err := p.People.Tokens(ctx, all)
	return list, foreseen(err)
}

func (p doorPeople) Invite(ctx context.Context, a customer.Account) (string, time.Time, error) {
	a.Roles = append([]string{}, a.Roles...) // none is no roles
	i, err := p.Add(ctx, a)
	return i.Token, i.Until, foreseen(err)
}

func (p doorPeople) Reset(ctx context.Context, name string) (string, time.Time, error) {
	i, err := p.People.Reset(ctx, name)
	return i.Token, i.Until, foreseen(err)
}

func (p doorPeople) Disable(ctx context.Context, name, reason string) (customer.Account, error) {
	a, err := p.People.Disable(ctx, name, reason)
	return a, foreseen(err)
}

func (p doorPeople) Enable(ctx context.Context, name string) (customer.Account, error) {
	a, err := p.People.Enable(ctx, name)
	return a, foreseen(err)
}

func (p doorPeople) SetRoles(ctx context.Context, name string, roles []string, sources []customer.Source) (customer.Account, error) {
	a, err := p.People.SetRoles(ctx, name, append([]string{}, roles...), sources)
	return a, foreseen(err)
}

func (p doorPeople) AddToken(ctx context.Context, t customer.Token, lasts time.Duration) (string, customer.Token, error) {
	secret, made, err := p.People.AddToken(ctx, signin.NewToken{Name: t.Name, Owner: strings.TrimPrefix(t.Owner, "local:"), Scopes: t.Scopes, Sources: t.Sources, Lasts: lasts})
	return secret, made, foreseen(err)
}

func (p doorPeople) RevokeToken(ctx context.Context, id int64) error {
	return foreseen(p.People.RevokeToken(ctx, id))
}
