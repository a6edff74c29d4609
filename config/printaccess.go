package config

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"kartoteka/access"
)

// access prints only what differs from the built-in rights, and all of the rest.
func (p *printer) access(a *Access) *yaml.Node {
	n := p.mapping()
	roles := p.mapping()
	for _, role := range access.Roles() {
		if rights, said := a.Roles[role]; said {
			p.add(roles, "access.roles", string(role), p.rights(&rights))
		}
	}
	p.add(n, "access", "roles", roles)
	groups, scopes := p.mapping(), p.mapping()
	for _, name := range slices.Sorted(maps.Keys(a.Groups)) {
		p.list(groups, "access.groups", name, words(a.Groups[name]))
	}
	p.add(n, "access", "groups", groups)
	for _, name := range slices.Sorted(maps.Keys(a.Scopes)) {
		scope := p.flow()
		p.list(scope, "", "sources", words(a.Scopes[name].Sources))
		p.add(scopes, "access.scopes", name, scope)
	}
	p.add(n, "access", "scopes", scopes)
	p.add(n, "access", "sign_in", p.signIn(&a.SignIn))
	p.add(n, "access", "limits", p.limits(&a.Limits))
	p.add(n, "access", "review", p.review(&a.Review))
	honey := []string{}
	for _, c := range a.Honey {
		honey = append(honey, c.String())
	}
	p.list(n, "access", "honey", honey)
	return n
}

func words[W ~string](list []W) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

func (p *printer) review(r *Review) *yaml.Node {
	const path = "access.review"
	n, eyes := p.mapping(), p.mapping()
	p.text(n, path, "hold", short(r.Hold))
	p.text(n, path, "second_opinion", plain(r.SecondOpinion*100)+"%")
	p.text(n, path, "hide_score", cmp.Or(r.HideScore, never))
	f := &r.FourEyes
	p.number(eyes, path+".four_eyes", "above_records", float64(f.AboveRecords))
	p.yes(eyes, path+".four_eyes", "confirmed", f.Confirmed)
	p.list(eyes, path+".four_eyes", "kinds", words(f.Kinds))
	p.yes(eyes, path+".four_eyes", "rules", f.Rules)
	p.number(eyes, path+".four_eyes", "bulk_above", float64(f.BulkAbove))
	p.add(n, path, "four_eyes", eyes)
	return n
}

func (p *printer) rights(r *access.Rights) *yaml.Node {
	n := p.flow()
	n.Content = append(n.Content, p.scalar("may"), p.sequence(words(r.May)))
	for _, list := range []struct {
		name  string
		names []string
	}{{"mask", r.Mask}, {"hide", r.Hide}, {"write", r.Write}} {
		if list.names != nil { // an empty list says something else than none
			n.Content = append(n.Content, p.scalar(list.name), p.sequence(list.names))
		}
	}
	return n
}

func (p *printer) signIn(s *SignIn) *yaml.Node {
	const path = "access.sign_in"
	n := p.mapping()
	p.text(n, path, "address", s.Address)
	p.list(n, path, "proxies", written(s.Proxies))
	p.yes(n, path, "local", s.Local)
	if o := s.OIDC; o != nil {
		oidc := p.flow()
		p.text(oidc, "", "issuer", o.Issuer)
		p.text(oidc, "", "client_id", o.ClientID)
		p.text(oidc, "", "client_secret", maskText("client_secret", o.ClientSecret))
		p.text(oidc, "", "groups_claim", o.GroupsClaim)
		p.text(oidc, "", "name", o.Name)
		p.list(oidc, "", "allow", written(o.Allow))
		p.add(n, path, "oidc", oidc)
	}
	p.text(n, path, "idle", short(s.Idle))
	p.text(n, path, "absolute", short(s.Absolute))
	return n
}

func written(networks []netip.Prefix) (out []string) {
	for _, network := range networks {
		out = append(out, network.String())
	}
	return out
}

// short writes a duration without parts that are zero.
func short(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return plain(d.Hours()) + "h"
	case d%time.Minute == 0:
		return plain(d.Minutes()) + "m"
	}
	return d.String()
}

func (p *printer) limits(l *Limits) *yaml.Node {
	const path = "access.limits"
	n := p.mapping()
	p.number(n, path, "login_a_minute", float64(l.LoginAMinute))
	p.number(n, path, "search_a_minute", float64(l.SearchAMinute))
	p.number(n, path, "reveal_a_day", float64(l.RevealADay))
	p.number(n, path, "views_a_day", float64(l.ViewsADay))
	p.number(n, path, "export_a_day", float64(l.ExportADay))
	return n
}
