package signin_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kartoteka/access"
	"kartoteka/signin"
)

// A certified provider, as scripts/with-oidc installs it, with the groups in the token and in the user info.
func TestSignInByARealProvider(t *testing.T) {
	for _, where := range []string{"token", "userinfo"} {
		t.Run(where, func(t *testing.T) {
			port := freePort(t)
			issuer := fmt.Sprintf("http://127.0.0.1:%d", port)
			modules := providerModules(t)
			h := build(t, func(o *signin.Options) {
				o.OIDC = &signin.OIDC{Issuer: issuer, ClientID: "kartoteka", ClientSecret: "app-secret", GroupsClaim: "groups", Name: "Company",
					Roles: map[string][]access.Role{"data-stewards": {access.Steward}}}
			})
			startProvider(t, modules, port, h.url+"/signin/oidc/callback", where)
			back := signInAt(t, h.departs(h.client), "anna", h.url)
			if got := h.arrives(h.client, back); got.StatusCode != http.StatusSeeOther {
				t.Fatalf("%d %s", got.StatusCode, got.body)
			}
			if got := h.ask(h.client, http.MethodGet, "/", nil); got.body != "oidc:1 steward" {
				t.Error(got.body)
			}
			boris := h.browser()
			if got := h.arrives(boris, signInAt(t, h.departs(boris), "boris", h.url)); got.StatusCode != http.StatusForbidden {
				t.Errorf("nobody's group: %d %s", got.StatusCode, got.body)
			}
		})
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func providerModules(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("KARTOTEKA_TEST_OIDC")
	if dir == "" || dir == "none" {
		t.Skip("no OpenID provider; scripts/with-oidc go test ./signin installs and uses one")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node, which the OpenID provider runs on")
	}
	return filepath.Join(dir, "node_modules")
}

func startProvider(t *testing.T, modules string, port int, redirect, where string) {
	t.Helper()
	dir := t.TempDir()
	script, err := os.ReadFile("testdata/provider.mjs")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "provider.mjs"), script, 0o600)
	}
	if err == nil {
		err = os.Symlink(modules, filepath.Join(dir, "node_modules"))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "provider.mjs", fmt.Sprint(port), redirect, where)
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "ready" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return
		}
	}
	t.Fatal("the provider does not start")
}

var (
	action = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
)

// signInAt plays a person in a browser at the provider, through its forms of login and consent, and gives
// what it sends back with to the hub.
func signInAt(t *testing.T, to, login, hub string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back url.Values
	c := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), hub) {
			back = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	answer, err := c.Get(to)
	for range 5 {
		if err != nil {
			t.Fatal(err)
		}
		page, failed := io.ReadAll(answer.Body)
		if _ = answer.Body.Close(); failed != nil || back != nil {
			return back
		}
		form := action.FindSubmatch(page)
		if form == nil {
			t.Fatalf("%s: %s", answer.Status, page)
		}
		fields := url.Values{"login": {login}, "password": {"any"}}
		for _, f := range hidden.FindAllSubmatch(page, -1) {
			fields.Set(string(f[1]), string(f[2]))
		}
		next, failed := answer.Request.URL.Parse(string(form[1]))
		if failed != nil {
			t.Fatal(failed)
		}
		answer, err = c.PostForm(next.String(), fields)
	}
	t.Fatal("the provider asks for ever")
	return nil
}
