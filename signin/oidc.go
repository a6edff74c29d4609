package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kartoteka/customer"
)

// journeyTime is how long a person may take at the identity provider.
const journeyTime = 10 * time.Minute

// algorithms are the signatures that are believed: those with a public key. Neither none nor one
// whose key the hub knows, too, is among them.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

var (
	// errAway says that the identity provider does not answer; to try again later helps.
	errAway = errors.New("the identity provider does not answer")
	// errRefused says that what came from the identity provider is not to be believed.
	errRefused = errors.New("the answer of the identity provider is refused")
	// errNoRole says that the provider knows the person, and the hub has no role for them.
	errNoRole = errors.New("none of the person's groups has a role here")
)

// provider is the identity provider, found when it is first needed and again until it was.
type provider struct {
	*OIDC
	now func() time.Time

	mu    sync.Mutex
	found *oidc.Provider
}

func newProvider(o *OIDC, now func() time.Time) *provider {
	p := &provider{OIDC: o, now: now}
	if p.Client == nil {
		p.OIDC.Client = newCaller(p.Issuer, p.Allow, nil)
	}
	return p
}

func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.Client)
}

// discover reads the provider's own description, whose issuer must be the configured one to the letter.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	found, err := oidc.NewProvider(p.context(context.WithoutCancel(ctx)), p.Issuer) // its keys are fetched with this context later
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAway, err)
	}
	if err := p.departs(found.Endpoint().AuthURL); err != nil {
		return nil, fmt.Errorf("%w: %w", errAway, err)
	}
	p.found = found
	return found, nil
}

// departs judges where people are sent to: a web page, by https if the issuer is asked so.
func (p *provider) departs(to string) error {
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || strings.HasPrefix(p.Issuer, "https:")) {
		return errPlain
	}
	return nil
}

func (p *provider) oauth(found *oidc.Provider, redirect string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// redirectTo is where the provider sends a person back to: it must be registered there.
func (g *Gate) redirectTo(r *http.Request) string {
	address := g.Address
	if address == "" {
		scheme := "https://"
		if r.TLS == nil && loopback(hostname(r.Host)) {
			scheme = "http://"
		}
		address = scheme + r.Host
	}
	return strings.TrimSuffix(address, "/") + "/signin/oidc/callback"
}

// depart sends a person to the identity provider.
func (g *Gate) depart(w http.ResponseWriter, r *http.Request) {
	if g.provider == nil {
		g.Pages.Message(w, r, http.StatusNotFound, "signin.no_provider")
		return
	}
	if g.tooOften(w, r, "") {
		g.Pages.Message(w, r, http.StatusTooManyRequests, "signin.limited")
		return
	}
	found, err := g.provider.discover(r.Context())
	if err != nil {
		g.lost(w, r, err)
		return
	}
	ticket := secret()
	j := customer.Journey{Hash: hashOf(ticket), State: secret(), Nonce: secret(), Verifier: oauth2.GenerateVerifier(),
		Next: onward(r.URL.Query().Get("next")), Until: g.Now().Add(journeyTime)}
	if err := g.Store.Depart(r.Context(), &j); err != nil {
		g.unable(w, r, err)
		return
	}
	http.SetCookie(w, cookie(journeyCookie, ticket, journeyTime))
	to := g.provider.oauth(found, g.redirectTo(r)).AuthCodeURL(j.State, oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// arrive takes a person back from the identity provider.
func (g *Gate) arrive(w http.ResponseWriter, r *http.Request) {
	if g.provider == nil {
		g.Pages.Message(w, r, http.StatusNotFound, "signin.no_provider")
		return
	}
	http.SetCookie(w, noCookie(journeyCookie))
	j, err := g.journey(r)
	var a customer.Account
	if err == nil {
		a, err = g.believe(r, &j)
	}
	if err == nil && len(rolesOf(&a)) == 0 || err == nil && a.Disabled {
		err = errNoRole
	}
	if err == nil {
		err = g.open(w, r, &a, "oidc")
	}
	if err != nil {
		g.lost(w, r, err)
		return
	}
	http.Redirect(w, r, j.Next, http.StatusSeeOther)
}

// journey takes the one that the browser's cookie names, once, and holds the state against it.
func (g *Gate) journey(r *http.Request) (j customer.Journey, err error) {
	c, err := r.Cookie(journeyCookie)
	if err != nil {
		return j, fmt.Errorf("%w: this browser did not begin it", errRefused)
	}
	if j, err = g.Store.Arrive(r.Context(), hashOf(c.Value)); errors.Is(err, customer.ErrUnknown) {
		return j, fmt.Errorf("%w: it came too late, or twice", errRefused)
	}
	q := r.URL.Query()
	switch {
	case err != nil:
		return j, err
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(j.State)) != 1:
		return j, fmt.Errorf("%w: state", errRefused)
	case q.Get("iss") != "" && q.Get("iss") != g.provider.Issuer: // RFC 9207
		return j, fmt.Errorf("%w: another issuer", errRefused)
	case q.Get("error") != "" || q.Get("code") == "":
		return j, fmt.Errorf("%w: no code", errRefused)
	}
	return j, nil
}

// believe fetches what the provider says of the person, checks it, and gives the account.
func (g *Gate) believe(r *http.Request, j *customer.Journey) (a customer.Account, err error) {
	found, err := g.provider.discover(r.Context())
	if err != nil {
		return a, err
	}
	ctx := g.provider.context(r.Context())
	answer, err := g.provider.oauth(found, g.redirectTo(r)).Exchange(ctx, r.URL.Query().Get("code"), oauth2.VerifierOption(j.Verifier))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return a, fmt.Errorf("%w: code: %s", errRefused, refused.ErrorCode)
	}
	if err != nil {
		return a, fmt.Errorf("%w: %w", errAway, err)
	}
	who, err := g.provider.verify(ctx, found, answer, j.Nonce)
	if err != nil {
		return a, err
	}
	a = customer.Account{Issuer: g.provider.Issuer, Subject: who.Subject, Name: who.name()}
	a.GroupRoles, a.GroupSources = g.provider.rights(who.groups)
	return g.Store.Welcome(r.Context(), &a)
}

// lost tells a person that the way by the identity provider failed; the log says why.
func (g *Gate) lost(w http.ResponseWriter, r *http.Request, err error) {
	status, key, outcome := http.StatusServiceUnavailable, "signin.away", "failed"
	switch {
	case errors.Is(err, errNoRole):
		status, key, outcome = http.StatusForbidden, "signin.no_role", "refused"
	case errors.Is(err, errRefused):
		status, key, outcome = http.StatusForbidden, "signin.oidc_refused", "refused"
	case errors.Is(err, errAway):
		status, key = http.StatusBadGateway, "signin.oidc_away"
	}
	g.tries.WithLabelValues("oidc", outcome).Inc()
	g.Logger.Warn("a sign-in by the identity provider failed", "error", scrubbed(err))
	g.Pages.Message(w, r, status, key)
}

// scrubbed drops the address from an error of a request: its query may hold a code.
func scrubbed(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}
