package signin

import (
	"math"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// place is where a request comes from: its address, or for IPv6 the network of one household. What a
// proxy says of that is believed of the configured ones only.
func (g *Gate) place(r *http.Request) string {
	host := hostname(r.RemoteAddr)
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && g.proxy(ip); i-- { // the last one was added by the proxy that we know
		before, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = before
	}
	if ip = ip.Unmap(); ip.Is6() {
		if network, err := ip.Prefix(64); err == nil {
			return network.String()
		}
	}
	return ip.String()
}

func (g *Gate) proxy(ip netip.Addr) bool {
	return slices.ContainsFunc(g.Proxies, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// tooOften counts a try of a person and a place; if there were too many it says when to come again.
func (g *Gate) tooOften(w http.ResponseWriter, r *http.Request, login string) bool {
	wait := g.places.Take(g.place(r), g.Now())
	if login != "" {
		wait = max(wait, g.logins.Take(login, g.Now()))
	}
	if wait == 0 {
		return false
	}
	g.tries.WithLabelValues("password", "limited").Inc()
	w.Header().Set("Retry-After", seconds(wait))
	return true
}

func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

// near reports whether a request comes from this machine itself and not through a proxy on it.
func near(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "" {
		return false
	}
	return loopback(host) && loopback(hostname(r.Host))
}

func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}
