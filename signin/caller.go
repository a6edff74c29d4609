package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	callTime  = 10 * time.Second
	maxAnswer = 4 << 20 // bytes of what the provider may answer
)

var (
	errAddress  = errors.New("the identity provider names an address that it may not; if it is right, list its network in access.sign_in.oidc.allow")
	errRedirect = errors.New("the identity provider sends a request with a secret, or out of https, to another place")
	errPlain    = errors.New("the identity provider names an address without https")
	errLong     = errors.New("the identity provider answers more than 4 MiB")
)

// caller is the one way by which the hub asks other servers over HTTP.
//
// The configuration names one server, the issuer. Its description and its redirects name others, and
// a lying one names the hub's own machine, the cloud's metadata or the inner network. So each address
// is judged when the connection is made, after the name was resolved: what a name meant a moment
// before does not count.
type caller struct {
	home    string // host:port of the configured server
	secure  bool   // it is asked by https, so nothing is asked without
	literal bool   // it is named by an address or as localhost: then that is what was meant
	proxies []string
	allow   []netip.Prefix
	dialer  net.Dialer
}

// newCaller makes the client that asks the issuer, and whom it names.
func newCaller(issuer string, allow []netip.Prefix, resolver *net.Resolver) *http.Client {
	u, err := url.Parse(issuer)
	if err != nil {
		u = &url.URL{}
	}
	c := &caller{home: place(u), secure: u.Scheme == "https", literal: literal(u.Hostname()), allow: allow,
		dialer: net.Dialer{Timeout: callTime, Resolver: resolver}}
	c.proxies = proxies()
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: c.dial, TLSHandshakeTimeout: callTime, ForceAttemptHTTP2: true,
		MaxIdleConns: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10}
	return &http.Client{Timeout: callTime, Transport: &judged{c, transport}, CheckRedirect: c.redirect}
}

// place is where an address leads, as the transport dials it.
func place(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// literal reports a host that says itself that it is an address, or this machine.
func literal(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || strings.EqualFold(host, "localhost")
}

// proxies are those of the environment, which is the administrator's as the configuration is.
func proxies() (out []string) {
	for _, scheme := range []string{"http", "https"} {
		p, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: scheme, Host: "proxied.invalid"}})
		if err == nil && p != nil {
			out = append(out, place(p))
		}
	}
	return out
}

// dial connects if the resolved address may be asked.
func (c *caller) dial(ctx context.Context, network, to string) (net.Conn, error) {
	to = strings.ToLower(to)
	d := c.dialer
	d.Control = func(_, at string, _ syscall.RawConn) error { return c.may(to, at) }
	return d.DialContext(ctx, network, to)
}

// may judges a resolved address of a named place.
func (c *caller) may(to, at string) error {
	resolved, err := netip.ParseAddrPort(at)
	if err != nil {
		return errAddress
	}
	ip := resolved.Addr().Unmap()
	switch {
	case slices.Contains(c.proxies, to), to == c.home && c.literal, c.allowed(ip):
		return nil
	case own(ip), to != c.home && inner(ip):
		return errAddress
	}
	return nil
}

func (c *caller) allowed(ip netip.Addr) bool {
	return slices.ContainsFunc(c.allow, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// Networks of [IANA's registries of special addresses] that package netip has no word for.
//
// [IANA's registries of special addresses]: https://www.iana.org/assignments/iana-ipv4-special-registry
var (
	never = prefixes("0.0.0.0/8", "192.0.0.0/24", "240.0.0.0/4", "100::/64", "fec0::/10", "fd00:ec2::/32")
	inlet = prefixes("100.64.0.0/10", "198.18.0.0/15", "2001:db8::/32")
	// embedded are networks whose addresses hold an IPv4 address, from that byte on.
	embedded = map[netip.Prefix]int{netip.MustParsePrefix("64:ff9b::/96"): 12, netip.MustParsePrefix("64:ff9b:1::/96"): 12,
		netip.MustParsePrefix("2002::/16"): 2, netip.MustParsePrefix("::/96"): 12}
)

func prefixes(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// own reports an address that is this machine, its link with the cloud's metadata, or no machine's:
// a name must not lead there.
func own(ip netip.Addr) bool {
	ip = within(ip)
	return ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || !ip.IsValid() || contains(never, ip)
}

// inner reports an address of an inner network: the configured server may stand there, and only it.
func inner(ip netip.Addr) bool {
	ip = within(ip)
	return ip.IsPrivate() || contains(inlet, ip)
}

// within is the IPv4 address that an IPv6 one stands for, or the address itself.
func within(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if ip.IsLoopback() || ip.IsUnspecified() {
		return ip
	}
	for p, at := range embedded {
		if b := ip.As16(); ip.Is6() && p.Contains(ip) {
			return netip.AddrFrom4([4]byte(b[at : at+4]))
		}
	}
	return ip
}

func contains(list []netip.Prefix, ip netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// redirect follows where nothing secret goes along, and never out of https.
func (c *caller) redirect(r *http.Request, via []*http.Request) error {
	first := via[0]
	secret := first.Method != http.MethodGet || first.Header.Get("Authorization") != ""
	if len(via) >= 5 || secret && place(r.URL) != place(first.URL) || first.URL.Scheme == "https" && r.URL.Scheme != "https" {
		return errRedirect
	}
	return nil
}

// judged looks at a request before it is sent, also by a proxy, and bounds its answer.
type judged struct {
	*caller
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (j *judged) RoundTrip(r *http.Request) (*http.Response, error) {
	if j.secure && r.URL.Scheme != "https" {
		return nil, errPlain
	}
	if host := r.URL.Hostname(); literal(host) { // a proxy would resolve it where it is not seen
		ip, err := netip.ParseAddr(host)
		if err != nil {
			ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
		if err := j.may(place(r.URL), netip.AddrPortFrom(ip, 0).String()); err != nil {
			return nil, err
		}
	}
	answer, err := j.next.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("asking the identity provider: %w", err)
	}
	answer.Body = &bounded{answer.Body, maxAnswer}
	return answer, nil
}

// bounded ends an answer that is too long with an error.
type bounded struct {
	io.ReadCloser
	left int
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errLong
	}
	return n, err
}
