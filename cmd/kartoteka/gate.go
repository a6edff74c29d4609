package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"

	"kartoteka/access"
	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/signin"
	"kartoteka/steward"
)

// firstRoles are those of the hub's first account: it sets the hub up, and works with it until there
// are others.
var firstRoles = []access.Role{access.Admin, access.Steward, access.Approver}

// guard is what finds out who asks serve, with its metrics.
func (c *serveCommand) guard(h *hub, a *app, pages *steward.Site) (func(http.Handler) http.Handler, []prometheus.Collector, error) {
	if c.InsecureNoAuth {
		return signin.Open, nil, nil
	}
	s := &h.conf.Access.SignIn
	provider, err := h.identityProvider()
	if err != nil {
		return nil, nil, err
	}
	gate, err := signin.New(signin.Options{Store: h.Store, Policy: h.conf.Access.Policy(), Address: s.Address, Local: s.Local, OIDC: provider,
		Idle: s.Idle, Absolute: s.Absolute, LoginAMinute: h.conf.Access.Limits.LoginAMinute, Proxies: s.Proxies, Pages: doorPages{pages}, Logger: a.logger()})
	if err != nil {
		return nil, nil, fmt.Errorf("access.sign_in: %w", err)
	}
	return gate.Guard, gate.Metrics(), nil
}

// identityProvider is the configured one with its secret and what its groups may; nil for none.
func (h *hub) identityProvider() (*signin.OIDC, error) {
	o := h.conf.Access.SignIn.OIDC
	if o == nil {
		return nil, nil
	}
	password, err := h.conf.Resolve(o.ClientSecret)
	if err != nil {
		return nil, fmt.Errorf("access.sign_in.oidc.client_secret: %w", err)
	}
	out := &signin.OIDC{Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: password, GroupsClaim: o.GroupsClaim, Name: o.Name, Allow: o.Allow,
		Roles: h.conf.Access.Groups, Sources: map[string][]customer.Source{}}
	for group, scope := range h.conf.Access.Scopes {
		out.Sources[group] = scope.Sources
	}
	return out, nil
}

// people keeps the accounts of the hub.
func (h *hub) people() *signin.People {
	return &signin.People{Store: h.Store, Policy: h.conf.Access.Policy()}
}

// welcome prints the one-time link of a hub that nobody can sign in to yet.
func (c *serveCommand) welcome(ctx context.Context, a *app, h *hub, address string) error {
	if c.InsecureNoAuth || !h.conf.Access.SignIn.Local {
		return nil
	}
	i, first, err := h.people().First(ctx, firstRoles...)
	if err != nil || !first {
		return err
	}
	_, err = fmt.Fprintf(a.err, "nobody can sign in yet; choose login and password within 24 hours at\n  %s\n", setupLink(h.conf, address, i.Token))
	return err
}

// setupLink is where an invited person chooses a password. The configuration knows the address that
// people use; else it is that of serve.
func setupLink(conf *config.Config, address, token string) string {
	if conf.Access.SignIn.Address != "" {
		address = conf.Access.SignIn.Address
	}
	return address + "/setup?" + url.Values{"token": {token}}.Encode()
}

// reachable is how this machine itself reaches an address that is listened on.
func (c *serveCommand) reachable(l net.Addr) string {
	scheme := "http://"
	if c.TLSCert != "" {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(l.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return scheme + net.JoinHostPort("localhost", port)
	}
	return scheme + l.String()
}
