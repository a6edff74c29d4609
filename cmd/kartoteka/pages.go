package main

import (
	"context"
	"net/http"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/signin"
	"kartoteka/steward"
	"kartoteka/store"
)

// pages is the workbench on a desk; signedIn tells that there is a sign-in, and so accounts.
func (h *hub) pages(a *app, d *desk.Desk, signedIn bool) (*steward.Site, error) {
	o := steward.Options{Desk: d, Policy: h.conf.Access.Policy(), Logger: a.logger(), Version: version, SignOut: signedIn, Audit: hubAudit{h.Store}}
	if signedIn {
		o.People = doorPeople{h.people()}
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
