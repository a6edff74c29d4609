package config

import (
	"net/netip"
	"net/url"
	"time"

	"go.yaml.in/yaml/v3"

	"kartoteka/access"
	"kartoteka/customer"
)

// Access says who may do and see what, and how they sign in.
type Access struct {
	Roles  map[access.Role]access.Rights // of roles of which something is said; complete
	Groups map[string][]access.Role      // of the identity provider
	Scopes map[string]Scope              // of the same groups: to which customers they are limited
	SignIn SignIn
	Limits Limits
	Review Review
	Honey  []customer.Code // of customers whom nobody has a reason to look at
}

// Scope limits a group to the customers of some sources.
type Scope struct{ Sources []customer.Source }

// SignIn is how people prove who they are.
type SignIn struct {
	Address  string         // where people reach the hub, like https://hub.example; "" takes it from the request
	Local    bool           // accounts with a password of the hub
	OIDC     *OIDC          // nil: no identity provider
	Proxies  []netip.Prefix // whose X-Forwarded-For is believed
	Idle     time.Duration
	Absolute time.Duration // from sign-in to the next one
}

// OIDC is an identity provider. ClientSecret may refer to the environment; see [Config.Resolve].
type OIDC struct {
	Issuer, ClientID, ClientSecret string
	GroupsClaim                    string
	Name                           string // of the button
	Allow                          []netip.Prefix
}

// Limits bound what one person can do; 0 is no limit.
type Limits struct {
	LoginAMinute  int // tries to sign in, of one login, and three times that of one address
	SearchAMinute int
	RevealADay    int // values shown whole although they are masked
	ViewsADay     int // customers, questions and histories opened
	ExportADay    int // spans of five minutes in which a person reads the feed or a snapshot
}

func defaultAccess() Access {
	return Access{SignIn: SignIn{Local: true, Idle: 30 * time.Minute, Absolute: 12 * time.Hour},
		Limits: Limits{LoginAMinute: 10, SearchAMinute: 120, RevealADay: 50, ViewsADay: 2000, ExportADay: 12},
		Review: Review{Hold: 10 * time.Second, FourEyes: FourEyes{BulkAbove: 200}}}
}

// Policy compiles what the roles may.
func (a *Access) Policy() *access.Policy { return access.NewPolicy(a.Roles) }

func accessKeys() keys[Access] {
	rights, scope := rightsKeys(), scopeKeys()
	return keys[Access]{
		{"roles", "role: what it may and sees; a list that is written here takes the place of the built-in one", namedShape(rights.object()), readRoles},
		{"groups", "group of the identity provider: roles", namedShape(eitherShape(wordsShape(access.Roles()...), listShape(wordsShape(access.Roles()...)))), readGroups},
		{"scopes", "group of the identity provider: to which customers it is limited", namedShape(scope.object()), readScopes},
		group("sign_in", "how people prove who they are", signInKeys(), func(a *Access) *SignIn { return &a.SignIn }),
		group("limits", "what one person can do; 0: as much as they like", limitKeys(), func(a *Access) *Limits { return &a.Limits }),
		group("review", "which of what people decide is not carried out at once", reviewKeys(), func(a *Access) *Review { return &a.Review }),
		{"honey", "codes of invented customers: who looks at one raises an alert", textsShape, readHoney},
	}
}

func rightsKeys() keys[access.Rights] {
	names := func(name, doc string, field func(*access.Rights) *[]string) key[access.Rights] {
		return key[access.Rights]{name, doc, anyTextsShape, func(r *reader, path string, n *yaml.Node, into *access.Rights) {
			*field(into) = r.anyNames(path, n)
		}}
	}
	return keys[access.Rights]{
		{"may", "acts, like customer.read", listShape(wordsShape(access.Acts()...)), func(r *reader, path string, n *yaml.Node, into *access.Rights) {
			into.May = manyOf(r, path, n, access.Acts()...)
		}},
		names("mask", "attributes seen by a hint only; the secret ones if not said, [] for none, \"*\" for all", func(x *access.Rights) *[]string { return &x.Mask }),
		names("hide", "attributes not seen at all", func(x *access.Rights) *[]string { return &x.Hide }),
		names("write", "attributes whose values may be pinned; all if not said", func(x *access.Rights) *[]string { return &x.Write }),
	}
}

// anyTextsShape is one text or several, or none: [].
var anyTextsShape = eitherShape(textShape, listShape(textShape))

// anyNames reads names of attributes, "*" or members; an empty list is one.
func (r *reader) anyNames(path string, n *yaml.Node) []string {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		return []string{}
	}
	return r.attributeNames(path, n, access.Everything, access.Members)
}

// manyOf reads a list of some words, which may be empty.
func manyOf[W ~string](r *reader, path string, n *yaml.Node, words ...W) []W {
	out := []W{}
	items := n.Content
	if n.Kind != yaml.SequenceNode {
		items = []*yaml.Node{n}
	}
	for i, item := range items {
		if w := oneOf(r, at(path, i), item, words...); w != "" {
			out = append(out, w)
		}
	}
	return out
}

func readRoles(r *reader, path string, n *yaml.Node, a *Access) {
	a.Roles = map[access.Role]access.Rights{}
	r.pairs(path, n, func(name string, k, v *yaml.Node) {
		r.origin(join(path, name), k)
		role := oneOf(r, join(path, name), k, access.Roles()...)
		rights := access.BuiltIn(role)
		rightsKeys().read(r, join(path, name), v, &rights)
		if role != "" {
			a.Roles[role] = rights
		}
	})
}

func readGroups(r *reader, path string, n *yaml.Node, a *Access) {
	a.Groups = map[string][]access.Role{}
	r.pairs(path, n, func(name string, k, v *yaml.Node) {
		r.origin(join(path, name), k)
		a.Groups[name] = manyOf(r, join(path, name), v, access.Roles()...)
	})
}

func scopeKeys() keys[Scope] {
	return keys[Scope]{{"sources", "only customers with a record of one of these are seen", textsShape, func(r *reader, path string, n *yaml.Node, s *Scope) {
		s.Sources = r.sources(path, n)
	}}}
}

func readScopes(r *reader, path string, n *yaml.Node, a *Access) {
	a.Scopes = map[string]Scope{}
	r.pairs(path, n, func(name string, k, v *yaml.Node) {
		r.origin(join(path, name), k)
		var s Scope
		scopeKeys().read(r, join(path, name), v, &s)
		if s.Sources == nil {
			r.fault(v, join(path, name), "names no sources", "write {sources: [branch-sheet]}")
		}
		a.Scopes[name] = s
	})
}

func signInKeys() keys[SignIn] {
	oidc := oidcKeys()
	return keys[SignIn]{
		{"address", "where people reach the hub, like https://hub.example", textShape, func(r *reader, path string, n *yaml.Node, s *SignIn) {
			s.Address = r.webAddress(path, n)
		}},
		{"proxies", "networks of proxies before the hub, like 10.0.0.0/8: limits count the people behind them", textsShape, func(r *reader, path string, n *yaml.Node, s *SignIn) {
			s.Proxies = r.networks(path, n)
		}},
		yes("local", "accounts with a password of the hub", func(s *SignIn) *bool { return &s.Local }),
		{"oidc", "an identity provider (OpenID Connect)", oidc.object(), func(r *reader, path string, n *yaml.Node, s *SignIn) {
			s.OIDC = &OIDC{GroupsClaim: "groups", Name: "Single sign-on"}
			oidc.read(r, path, n, s.OIDC)
			if s.OIDC.Issuer == "" || s.OIDC.ClientID == "" {
				r.fault(n, path, "names no issuer or no client_id", "write {issuer: \"https://id.example\", client_id: kartoteka, client_secret: \"${env:OIDC_SECRET}\"}")
			}
		}},
		lasting("idle", "a session that is not used ends then", time.Minute, 24*time.Hour, func(s *SignIn) *time.Duration { return &s.Idle }),
		lasting("absolute", "a session ends then, used or not", time.Minute, 30*24*time.Hour, func(s *SignIn) *time.Duration { return &s.Absolute }),
	}
}

// networks reads networks, or single addresses.
func (r *reader) networks(path string, n *yaml.Node) (out []netip.Prefix) {
	for i, s := range r.texts(path, n) {
		p, err := netip.ParsePrefix(s)
		if ip, single := netip.ParseAddr(s); single == nil {
			p, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil {
			r.fault(item(n, i), at(path, i), quote(s)+" is no network", "write addresses like 10.0.0.7 or networks like 10.0.0.0/8")
			continue
		}
		out = append(out, p)
	}
	return out
}

// webAddress reads the address of a web site: scheme and host, no path.
func (r *reader) webAddress(path string, n *yaml.Node) string {
	s, ok := r.text(path, n)
	u, err := url.Parse(s)
	if ok && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil) {
		r.fault(n, path, quote(s)+" is no address of a web site", "write scheme and host, like https://hub.example")
		return ""
	}
	return s
}

func oidcKeys() keys[OIDC] {
	return keys[OIDC]{
		text("issuer", "exactly as the provider writes it in its tokens", func(o *OIDC) *string { return &o.Issuer }),
		text("client_id", "of the hub at the provider", func(o *OIDC) *string { return &o.ClientID }),
		secret("client_secret", "as ${env:NAME}", func(o *OIDC) *string { return &o.ClientSecret }),
		text("groups_claim", "where the provider says the groups of a person", func(o *OIDC) *string { return &o.GroupsClaim }),
		text("name", "on the button", func(o *OIDC) *string { return &o.Name }),
		{"allow", "networks that the provider's description may name beside the issuer's own address, although they are inner ones, like 10.20.0.0/16", textsShape, func(r *reader, path string, n *yaml.Node, o *OIDC) {
			o.Allow = r.networks(path, n)
		}},
	}
}

// lasting is a key with a duration between two bounds.
func lasting[T any](name, doc string, least, most time.Duration, field func(*T) *time.Duration) key[T] {
	return key[T]{name, doc + "; a duration like " + least.String(), textShape, func(r *reader, path string, n *yaml.Node, into *T) {
		d, err := time.ParseDuration(n.Value)
		if err != nil || d < least || d > most {
			r.fault(n, path, quote(n.Value)+" is no duration from "+least.String()+" to "+most.String(), "write one like 30m or 12h")
			return
		}
		*field(into) = d
	}}
}

func limitKeys() keys[Limits] {
	limit := func(name, doc string, field func(*Limits) *int) key[Limits] {
		return whole(name, doc, 0, 1_000_000, func(l *Limits, n int64) { *field(l) = int(n) })
	}
	return keys[Limits]{
		limit("login_a_minute", "tries to sign in as one person; from one address three times that", func(l *Limits) *int { return &l.LoginAMinute }),
		limit("search_a_minute", "searches", func(l *Limits) *int { return &l.SearchAMinute }),
		limit("reveal_a_day", "masked values shown whole", func(l *Limits) *int { return &l.RevealADay }),
		limit("views_a_day", "customers, questions and histories opened", func(l *Limits) *int { return &l.ViewsADay }),
		limit("export_a_day", "spans of five minutes in which a person reads the feed or a snapshot", func(l *Limits) *int { return &l.ExportADay }),
	}
}

func readHoney(r *reader, path string, n *yaml.Node, a *Access) {
	a.Honey = nil
	for i, s := range r.texts(path, n) {
		code, err := customer.ParseCode(s)
		if err != nil {
			r.fault(item(n, i), at(path, i), err.Error(), "write codes like 0458-4437-7832")
			continue
		}
		a.Honey = append(a.Honey, code)
	}
}
