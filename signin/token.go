package signin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kartoteka/access"
	"kartoteka/customer"
)

// tokenPrefix lets scanners of secrets find a token that leaked.
const tokenPrefix = "ktk_"

// longest is how long a token lasts at most.
const longest = 365 * 24 * time.Hour

// actorOf is what the audit calls a token.
func actorOf(t *customer.Token) string { return "token:" + strconv.FormatInt(t.ID, 10) }

// NewToken is a token as it is asked for.
type NewToken struct {
	Name    string
	Owner   string // login or oidc:NUMBER of the person whose roles it has; "" for a service
	Scopes  []string
	Sources []customer.Source // nil: all that the owner sees
	Lasts   time.Duration     // at most a year
}

// AddToken makes a token and gives its secret, which is not kept and cannot be shown again. One's own
// token needs no right; one for somebody else, or for a service, needs the right to manage tokens.
func (p *People) AddToken(ctx context.Context, n NewToken) (secretText string, t customer.Token, err error) {
	owner, err := p.ownerOf(ctx, n.Owner)
	if err != nil {
		return "", t, err
	}
	if err := n.check(p.Policy, &owner); err != nil {
		return "", t, err
	}
	now := p.now()
	secretText = tokenPrefix + secret()
	t = customer.Token{Name: strings.TrimSpace(n.Name), Hash: hashOf(secretText), Account: owner.ID, Scopes: n.Scopes, Sources: n.Sources,
		Created: now, By: access.From(ctx).ID, Until: now.Add(n.Lasts)}
	if owner.ID != 0 {
		t.Owner = owner.Actor()
	}
	err = p.Store.AddToken(ctx, visit(ctx, "token.add", strings.Join(n.Scopes, ", ")), &t)
	return secretText, t, err
}

// ownerOf finds whose a token is to be: somebody's, the subject's own, or a service's (no number).
func (p *People) ownerOf(ctx context.Context, name string) (owner customer.Account, err error) {
	if name != "" {
		if owner, err = p.Find(ctx, name); err != nil {
			return owner, err
		}
		if s := access.From(ctx); s.Via == access.ViaSession && owner.Actor() == s.ID {
			return owner, nil
		}
	}
	return owner, p.may(ctx, access.ManageTokens)
}

func (n *NewToken) check(policy *access.Policy, owner *customer.Account) error {
	switch length := utf8.RuneCountInString(strings.TrimSpace(n.Name)); {
	case length == 0 || length > 100:
		return fmt.Errorf("%w: name what the token is for, in 1 to 100 characters", ErrInput)
	case n.Lasts < time.Minute || n.Lasts > longest:
		return fmt.Errorf("%w: a token lasts from a minute to a year", ErrInput)
	case len(n.Scopes) == 0:
		return fmt.Errorf("%w: a token needs scopes: %s", ErrInput, scopes())
	case owner.Disabled:
		return fmt.Errorf("%w: the account is disabled", ErrInput)
	}
	s := &access.Subject{Roles: []access.Role{access.Service}}
	if owner.ID != 0 {
		s.Roles = rolesOf(owner)
	}
	for _, scope := range n.Scopes {
		if !slices.Contains(access.Acts(), access.Act(scope)) {
			return fmt.Errorf("%w: there is no scope %q; the scopes are %s", ErrInput, scope, scopes())
		}
		if !policy.Can(s, access.Act(scope)) {
			return fmt.Errorf("%w: its owner may not %s", ErrInput, scope)
		}
	}
	return nil
}

// scopes names every scope there is: the acts of the policy.
func scopes() string {
	var names []string
	for _, act := range access.Acts() {
		names = append(names, string(act))
	}
	return strings.Join(names, ", ")
}

// Tokens gives the subject's own tokens, or all, revoked ones too; their secrets are not kept.
func (p *People) Tokens(ctx context.Context, all bool) ([]customer.Token, error) {
	if all {
		if err := p.may(ctx, access.ManageTokens); err != nil {
			return nil, err
		}
		return p.Store.Tokens(ctx, 0)
	}
	a, err := p.me(ctx)
	if err != nil {
		return nil, err
	}
	return p.Store.Tokens(ctx, a.ID)
}

// RevokeToken ends a token, from the next request on: one's own, or anybody's for who manages tokens.
func (p *People) RevokeToken(ctx context.Context, id int64) error {
	v := visit(ctx, "token.revoke", "token:"+strconv.FormatInt(id, 10))
	account := int64(0)
	if p.may(ctx, access.ManageTokens) != nil {
		a, err := p.me(ctx)
		if err != nil {
			return p.may(ctx, access.ManageTokens)
		}
		account = a.ID
	}
	err := p.Store.RevokeToken(ctx, v, account, id)
	if errors.Is(err, customer.ErrUnknown) {
		return fmt.Errorf("token %d: there is none of this number, or it was revoked before: %w", id, err)
	}
	return err
}
