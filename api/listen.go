package api

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// ErrListen says that an address may not be listened on; the user chooses another one or
// accepts that everybody who reaches it reads every customer.
var ErrListen = errors.New("refused to listen")

// CheckListen refuses an address that others than this machine can reach, because there is no
// sign-in yet; insecure (--insecure-no-auth) accepts it.
func CheckListen(addr string, insecure bool) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" {
		return fmt.Errorf("%w on %q: write HOST:PORT, like 127.0.0.1:8080", ErrListen, addr)
	}
	if insecure || loopback(host) {
		return nil
	}
	return fmt.Errorf("%w on %s: without sign-in everybody who reaches it reads every customer; listen on 127.0.0.1:%s, or accept that with --insecure-no-auth",
		ErrListen, addr, port)
}

func loopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}

// onlyLoopbackHosts answers requests to this machine's own names only: a page of the web can
// point a name of its own here and would otherwise read the answers (DNS rebinding).
func onlyLoopbackHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !loopback(host) {
			problem(w, http.StatusMisdirectedRequest, "host.foreign", "The hub answers under a loopback name only, like 127.0.0.1; start it with --insecure-no-auth to answer others.")
			return
		}
		next.ServeHTTP(w, r)
	})
}
