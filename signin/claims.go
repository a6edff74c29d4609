package signin

import (
	"cmp"
	"context"
	"crypto/subtle"
	"fmt"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kartoteka/customer"
)

// claims are what the identity provider says of a person.
type claims struct {
	Subject string `json:"sub"`
	Party   string `json:"azp"`
	Name    string `json:"name"`
	Login   string `json:"preferred_username"`
	Email   string `json:"email"`
	groups  []string
}

func (c *claims) name() string { return cmp.Or(c.Name, c.Login, c.Email, c.Subject) }

// verify checks the token: signature and its algorithm, issuer, audience, time, nonce, and that the
// access token belongs to it.
func (p *provider) verify(ctx context.Context, found *oidc.Provider, answer *oauth2.Token, nonce string) (*claims, error) {
	raw, _ := answer.Extra("id_token").(string)
	token, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRefused, err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return nil, fmt.Errorf("%w: nonce", errRefused)
	}
	if token.AccessTokenHash != "" && token.VerifyAccessToken(answer.AccessToken) != nil {
		return nil, fmt.Errorf("%w: the access token is another one", errRefused)
	}
	who := &claims{}
	if err := token.Claims(who); err != nil {
		return nil, fmt.Errorf("%w: claims", errRefused)
	}
	if who.Subject == "" || who.Party != "" && who.Party != p.ClientID || len(token.Audience) > 1 && who.Party == "" {
		return nil, fmt.Errorf("%w: it is for another party", errRefused)
	}
	return who, p.addGroups(ctx, found, answer, token, who)
}

// addGroups reads the groups from the token, or else from the user info.
func (p *provider) addGroups(ctx context.Context, found *oidc.Provider, answer *oauth2.Token, token *oidc.IDToken, who *claims) error {
	all := map[string]any{}
	if err := token.Claims(&all); err != nil {
		return fmt.Errorf("%w: claims", errRefused)
	}
	if all[p.GroupsClaim] == nil && found.UserInfoEndpoint() != "" {
		info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(answer))
		if err != nil {
			return fmt.Errorf("%w: user info: %w", errAway, err)
		}
		if info.Subject != who.Subject { // a mixed-up answer
			return fmt.Errorf("%w: the user info is another person's", errRefused)
		}
		more := &claims{}
		if info.Claims(&all) != nil || info.Claims(more) != nil {
			return fmt.Errorf("%w: user info", errRefused)
		}
		who.Name, who.Login, who.Email = cmp.Or(who.Name, more.Name), cmp.Or(who.Login, more.Login), cmp.Or(who.Email, more.Email)
	}
	who.groups = textsOf(all[p.GroupsClaim])
	return nil
}

// textsOf reads a claim that is one text or several.
func textsOf(claim any) []string {
	switch c := claim.(type) {
	case string:
		return []string{c}
	case []any:
		var out []string
		for _, x := range c {
			if s, is := x.(string); is {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// rights are the roles and limits of groups, sorted, so that equal ones are equal.
func (p *provider) rights(groups []string) (roles []string, sources []customer.Source) {
	for _, group := range groups {
		for _, role := range p.Roles[group] {
			roles = append(roles, string(role))
		}
		sources = append(sources, p.Sources[group]...)
	}
	slices.Sort(roles)
	slices.Sort(sources)
	return slices.Compact(roles), slices.Compact(sources)
}
