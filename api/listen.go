package api

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// ErrListen says that an address may not be listened on; the user chooses another one, or does not
// switch sign-in off.
var ErrListen = errors.New("refused to listen")

// CheckListen refuses an address that is none, and, of a hub without sign-in (open), one that others
// than this machine can reach.
func CheckListen(addr string, open bool) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" {
		return fmt.Errorf("%w on %q: write HOST:PORT, like 127.0.0.1:8080", ErrListen, addr)
	}
	if !open || loopback(host) {
		return nil
	}
	return fmt.Errorf("%w on %s: without sign-in everybody who reaches it reads every customer; listen on 127.0.0.1:%s, or take --insecure-no-auth away",
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
			problem(w, http.StatusMisdirectedRequest, "host.foreign", "A hub without sign-in answers under a loopback name only, like 127.0.0.1.")
			return
		}
		next.ServeHTTP(w, r)
	})
}
