package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/oauth2"
)

// victim is a server of the inner network that nobody asked for; it counts who came.
func victim(t *testing.T) (port string, came *atomic.Int32) {
	t.Helper()
	came = &atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		came.Add(1)
		_, _ = io.WriteString(w, `{"keys":[],"sub":"42","access_token":"a","token_type":"Bearer"}`)
	}))
	t.Cleanup(s.Close)
	_, port, _ = net.SplitHostPort(s.Listener.Addr().String())
	return port, came
}

// lying is a provider whose description names what the test says, and whose /moved leads there.
func lying(t *testing.T, named map[string]string, moved string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		d := map[string]string{"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token", "jwks_uri": s.URL + "/keys", "userinfo_endpoint": s.URL + "/info"}
		for name, address := range named {
			d[name] = strings.Replace(address, "HOME", s.URL, 1)
		}
		_ = json.NewEncoder(w).Encode(d)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, moved, http.StatusTemporaryRedirect) })
	return s
}

// asks does what a sign-in does with the endpoint of that name.
func asks(p *provider, endpoint string) error {
	ctx := context.Background()
	found, err := p.discover(ctx)
	if err != nil {
		return err
	}
	ctx = p.context(ctx)
	switch endpoint {
	case "token_endpoint":
		_, err = p.oauth(found, "https://hub.example/signin/oidc/callback").Exchange(ctx, "code")
	case "userinfo_endpoint":
		_, err = found.UserInfo(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "a", TokenType: "Bearer"}))
	case "jwks_uri":
		b64 := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
		token := b64(`{"alg":"RS256","kid":"1"}`) + "." + b64(`{"iss":"`+p.Issuer+`","aud":"kartoteka","sub":"42","exp":9999999999}`) + "." + b64("signature")
		_, err = found.Verifier(&oidc.Config{ClientID: "kartoteka"}).Verify(ctx, token)
	}
	return err
}

// TestSSRF: whatever the provider's description, its redirects and the names in them say, the hub
// connects to nothing that the configuration did not mean.
func TestSSRF(t *testing.T) {
	port, came := victim(t)
	resolver := names(t, map[string]string{"metadata.test.": "169.254.169.254", "rebound.test.": "127.0.0.1", "inner.test.": "10.0.0.1"})
	targets := []string{"http://127.0.0.1:PORT/", "http://localhost:PORT/", "http://LOCALHOST.:PORT/", "http://[::1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/",
		"http://0.0.0.0:PORT/", "http://[::]:PORT/", "http://127.1.2.3:PORT/", "http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://rebound.test:PORT/",
		"http://169.254.169.254/latest/meta-data/", "http://metadata.test/", "http://[fe80::1]:PORT/", "http://[fd00:ec2::254]/", "http://[64:ff9b::a9fe:a9fe]/",
		"http://10.0.0.1:PORT/", "http://inner.test:PORT/", "http://192.168.1.1/", "http://100.100.100.200/", "http://224.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:PORT/"}
	for _, target := range targets {
		target = strings.Replace(target, "PORT", port, 1)
		for _, endpoint := range []string{"token_endpoint", "userinfo_endpoint", "jwks_uri"} {
			for _, to := range []string{target, "HOME/moved"} {
				l := lying(t, map[string]string{endpoint: to}, target)
				p := newProvider(&OIDC{Issuer: l.URL, ClientID: "kartoteka", ClientSecret: "s", Client: newCaller(l.URL, nil, resolver)}, time.Now)
				begun := time.Now()
				if err := asks(p, endpoint); err == nil || time.Since(begun) > 20*time.Second {
					t.Errorf("%s %s: %v after %v", endpoint, target, err, time.Since(begun))
				}
			}
		}
	}
	if n := came.Load(); n != 0 {
		t.Errorf("%d requests came to a server that nobody named in the configuration", n)
	}
}

// The issuer's own name is judged each time it is resolved, and its description may move nowhere.
func TestSSRFOfTheIssuer(t *testing.T) {
	port, came := victim(t)
	resolver := names(t, map[string]string{"rebound.test.": "127.0.0.1", "metadata.test.": "169.254.169.254"})
	for _, issuer := range []string{"http://rebound.test:" + port, "http://metadata.test"} {
		p := newProvider(&OIDC{Issuer: issuer, Client: newCaller(issuer, nil, resolver)}, time.Now)
		if _, err := p.discover(context.Background()); !errors.Is(err, errAddress) {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	moved := httptest.NewServer(http.RedirectHandler("http://localhost:"+port, http.StatusFound))
	defer moved.Close()
	if _, err := newProvider(&OIDC{Issuer: moved.URL}, time.Now).discover(context.Background()); !errors.Is(err, errAddress) {
		t.Error("a description that moved:", err)
	}
	if came.Load() != 0 {
		t.Error("the inner server was asked")
	}
	allowed := newProvider(&OIDC{Issuer: "http://rebound.test:" + port, Client: newCaller("http://rebound.test:"+port, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, resolver)}, time.Now)
	if _, err := allowed.discover(context.Background()); err == nil || errors.Is(err, errAddress) || came.Load() != 1 {
		t.Error("an address that the configuration lists:", err)
	}
}

func TestWhereTheHubConnects(t *testing.T) {
	const home = "id.example:443"
	allow := []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}
	for _, c := range []struct {
		to, at string
		want   bool
	}{
		{home, "93.184.216.34:443", true}, {home, "10.0.0.7:443", true}, {home, "[2606:4700::1111]:443", true}, {home, "[fd12::1]:443", true},
		{home, "127.0.0.1:443", false}, {home, "169.254.169.254:443", false}, {home, "[::1]:443", false}, {home, "[::ffff:127.0.0.1]:443", false}, {home, "[fe80::1%lo]:443", false},
		{home, "[::7f00:1]:443", false}, {home, "[2002:7f00:1::]:443", false}, {home, "[64:ff9b::7f00:1]:443", false}, {home, "0.0.0.0:443", false}, {home, "[fd00:ec2::254]:443", false},
		{"keys.example:443", "93.184.216.34:443", true}, {"keys.example:443", "10.0.0.7:443", false}, {"keys.example:443", "10.20.0.7:443", true},
		{"keys.example:443", "[::ffff:10.0.0.7]:443", false}, {"keys.example:443", "100.64.0.1:443", false}, {"id.example:8443", "10.0.0.7:8443", false}, {home, "nonsense", false},
	} {
		if err := (&caller{home: home, allow: allow}).may(c.to, c.at); (err == nil) != c.want {
			t.Errorf("%s at %s: %v", c.to, c.at, err)
		}
	}
}

func TestSecretsStayInHTTPS(t *testing.T) {
	c := &caller{}
	request := func(method, address string, head ...string) *http.Request {
		r := httptest.NewRequest(method, address, nil)
		for _, h := range head {
			r.Header.Set("Authorization", h)
		}
		return r
	}
	for _, tc := range []struct {
		from, to *http.Request
		want     bool
	}{
		{request("GET", "https://a.example/k"), request("GET", "https://b.example/k"), true},
		{request("GET", "https://a.example/k"), request("GET", "http://a.example/k"), false},
		{request("GET", "https://a.example/k", "Bearer x"), request("GET", "https://b.example/k"), false},
		{request("POST", "https://a.example/t"), request("POST", "https://b.example/t"), false},
		{request("POST", "https://a.example/t"), request("POST", "https://a.example/t/"), true},
		{request("POST", "https://a.example/t"), request("POST", "https://a.example:444/t"), false},
	} {
		if err := c.redirect(tc.to, []*http.Request{tc.from}); (err == nil) != tc.want {
			t.Errorf("%s %s → %s: %v", tc.from.Method, tc.from.URL, tc.to.URL, err)
		}
	}
	secure := newCaller("https://id.example", nil, nil)
	if _, err := secure.Get("http://id.example/keys"); !errors.Is(err, errPlain) {
		t.Error(err)
	}
	p := newProvider(&OIDC{Issuer: "https://id.example"}, time.Now)
	for to, want := range map[string]bool{"https://id.example/a": true, "http://id.example/a": false, "javascript:alert(1)": false, "//id.example": false, "": false} {
		if err := p.departs(to); (err == nil) != want {
			t.Errorf("%q: %v", to, err)
		}
	}
}

func TestAnswersOfTheProviderAreBounded(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for piece := make([]byte, 64<<10); ; {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	if _, err := newProvider(&OIDC{Issuer: s.URL}, time.Now).discover(context.Background()); !errors.Is(err, errAway) || !strings.Contains(err.Error(), errLong.Error()) {
		t.Error(err)
	}
}

// names is a resolver for which each name means that address, and which knows no other.
func names(t *testing.T, meaning map[string]string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		for buf := make([]byte, 512); ; {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(resolved(buf[:n], meaning), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func resolved(question []byte, meaning map[string]string) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	answer := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true}, Questions: m.Questions}
	address, known := meaning[q.Name.String()]
	if !known {
		answer.RCode = dnsmessage.RCodeNameError
	} else if q.Type == dnsmessage.TypeA {
		answer.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body: &dnsmessage.AResource{A: netip.MustParseAddr(address).As4()}}}
	}
	packed, _ := answer.Pack()
	return packed
}
