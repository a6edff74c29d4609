package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/signin"
	"kartoteka/steward"
	"kartoteka/store"
)

// pages is the workbench on a desk; signedIn tells that there is a sign-in, and so accounts.
func (h *hub) pages(a *app, d *desk.Desk, signedIn bool) (*steward.Site, error) {
	o := steward.Options{Desk: d, Policy: h.conf.Access.Policy(), Logger: a.logger(), Version: version, SignOut: signedIn, Audit: hubAudit{h.Store}, Settings: h.settings(h.compileFrom(h.rules, h.row.RulesetHash))}
	if signedIn {
		o.People = hubPeople{h.people()}
	}
	return steward.New(o)
}

// doorPages let the gate show its forms as pages of the workbench.
type doorPages struct{ *steward.Site }

func (p doorPages) SignIn(w http.ResponseWriter, r *http.Request, f signin.Form) {
	p.Site.SignIn(w, r, steward.SignForm(f))
}

func (p doorPages) Setup(w http.ResponseWriter, r *http.Request, f signin.Form) {
	p.Site.Setup(w, r, steward.SignForm(f))
}

// hubPeople are the accounts as the pages know them.
type hubPeople struct{ *signin.People }

func (p hubPeople) Invite(ctx context.Context, a customer.Account) (string, time.Time, error) {
	i, err := p.Add(ctx, a)
	return i.Token, i.Until, err
}

func (p hubPeople) Reset(ctx context.Context, name string) (string, time.Time, error) {
	i, err := p.People.Reset(ctx, name)
	return i.Token, i.Until, err
}

func (p hubPeople) AddToken(ctx context.Context, t customer.Token, lasts time.Duration) (string, error) {
	owner := strings.TrimPrefix(t.Owner, "local:")
	if owner == "" {
		owner = strings.TrimPrefix(desk.Actor(access.From(ctx)), "local:")
	}
	secret, _, err := p.People.AddToken(ctx, signin.NewToken{Name: t.Name, Owner: owner, Scopes: t.Scopes, Sources: t.Sources, Lasts: lasts})
	return secret, err
}

// hubAudit reads the audit for its page.
type hubAudit struct{ *store.Store }

func (a hubAudit) Operations(ctx context.Context, actor string, code customer.Code, before int64, limit int) (rows []customer.AuditRow, err error) {
	err = a.InSnapshot(ctx, func(tx *store.Tx) error {
		rows, err = tx.ListAudit(ctx, store.AuditFilter{Actor: actor, Code: code, Before: before, Limit: limit})
		return err
	})
	return rows, err
}

func (a hubAudit) Visits(ctx context.Context, who string, code customer.Code, before int64, limit int) ([]customer.Visit, error) {
	return a.Store.Visits(ctx, store.VisitFilter{Who: who, Code: code, Before: before, Limit: limit})
}

// settings tell the rules in force, for their page.
func (h *hub) settings(compile func(store.Hub) (*desk.Rules, error)) func(context.Context) (*steward.Settings, error) {
	return func(ctx context.Context) (*steward.Settings, error) {
		row, err := h.Hub(ctx)
		if err != nil || row.RulesetHash == "" {
			return &steward.Settings{}, err
		}
		rules, err := compile(row)
		if err != nil {
			return nil, err
		}
		out := &steward.Settings{Ruleset: rules.Hash}
		for _, kind := range customer.Kinds() {
			out.Links = append(out.Links, steward.LinkAt{Kind: string(kind), Bits: float64(rules.Matcher.Link(kind)) / 100})
		}
		return out, nil
	}
}
