package signin

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kartoteka/access"
	"kartoteka/customer"
)

// Options say how a [Gate] lets people in.
type Options struct {
	Store  Store
	Policy *access.Policy
	// Address is where people reach the hub, like https://hub.example; "" takes it from each request.
	Address  string
	Local    bool // accounts with a password of the hub
	OIDC     *OIDC
	Idle     time.Duration // a session that is not used ends then
	Absolute time.Duration // a session ends then, used or not
	// LoginAMinute bounds tries to sign in as one person; from one address, three times that. 0: no bound.
	LoginAMinute int
	// Proxies are networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	Pages   Pages // nil: plain ones
	Now     func() time.Time
	Logger  *slog.Logger
}

// OIDC is an identity provider, and what its groups may here.
type OIDC struct {
	Issuer, ClientID, ClientSecret string
	GroupsClaim                    string
	Name                           string
	Roles                          map[string][]access.Role
	Sources                        map[string][]customer.Source // groups that are limited to some sources
	Allow                          []netip.Prefix               // networks that the provider may name, although they are inner ones
	Client                         *http.Client                 // nil: one that asks nobody but the issuer and whom it may name
}

// Gate is where everybody passes.
type Gate struct {
	Options
	provider *provider
	logins   *access.Pace
	places   *access.Pace // network addresses
	foreign  *http.CrossOriginProtection
	tries    *prometheus.CounterVec
}

// New makes a gate. The identity provider is asked when the first person comes by it.
func New(o Options) (*Gate, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Pages == nil {
		o.Pages = plainPages{}
	}
	g := &Gate{Options: o, logins: access.NewPace(o.LoginAMinute), places: access.NewPace(3 * o.LoginAMinute), foreign: http.NewCrossOriginProtection(),
		tries: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kartoteka_sign_ins_total", Help: "Tries to sign in, by way and outcome."}, []string{"way", "outcome"})}
	for _, way := range []string{"password", "invitation", "oidc"} {
		for _, outcome := range []string{"in", "refused", "limited", "failed"} {
			g.tries.WithLabelValues(way, outcome)
		}
	}
	if o.Address != "" {
		if err := g.foreign.AddTrustedOrigin(o.Address); err != nil {
			return nil, err
		}
	}
	if o.OIDC != nil {
		g.provider = newProvider(o.OIDC, o.Now)
	}
	return g, nil
}

// Metrics are the gate's, for /metrics.
func (g *Gate) Metrics() []prometheus.Collector { return []prometheus.Collector{g.tries} }

// doors are the paths that the gate answers itself.
func (g *Gate) doors() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /signin", g.askForm)
	mux.HandleFunc("POST /signin", g.signIn)
	mux.HandleFunc("POST /signout", g.signOut)
	mux.HandleFunc("GET /setup", g.askSetup)
	mux.HandleFunc("POST /setup", g.setUp)
	mux.HandleFunc("GET /signin/oidc", g.depart)
	mux.HandleFunc("GET /signin/oidc/callback", g.arrive)
	return mux
}
