package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"kartoteka/config"
)

// errBrokerAddress refuses a place that a broker names and nobody configured.
var errBrokerAddress = errors.New("a broker names an address that it may not; if it is right, list its network in feed.kafka.allow")

// brokerDialer connects to brokers. The configuration names some; they name the others (their advertised
// listeners), and a lying one names the hub's own machine or the cloud's metadata. So each address is judged
// when the connection is made, after the name was resolved.
type brokerDialer struct {
	home  []string       // host:port of the configured brokers
	near  bool           // one of them is on this machine: then others may be
	allow []netip.Prefix // if there are any, other brokers are in these networks only
	net.Dialer
}

func newBrokerDialer(k *config.Kafka) *brokerDialer {
	d := &brokerDialer{allow: k.Allow, Dialer: net.Dialer{Timeout: 10 * time.Second}}
	for _, broker := range k.Brokers {
		host, port, err := net.SplitHostPort(broker)
		if err != nil {
			host, port = broker, "9092"
		}
		ip, err := netip.ParseAddr(host)
		d.near = d.near || strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
		d.home = append(d.home, strings.ToLower(net.JoinHostPort(host, port)))
	}
	return d
}

// dial connects if the resolved address may be asked.
func (d *brokerDialer) dial(ctx context.Context, network, to string) (net.Conn, error) {
	dialer := d.Dialer
	dialer.Control = func(_, at string, _ syscall.RawConn) error { return d.may(to, at) }
	return dialer.DialContext(ctx, network, to)
}

// may judges the resolved address of a named place.
func (d *brokerDialer) may(to, at string) error {
	resolved, err := netip.ParseAddrPort(at)
	if err != nil {
		return errBrokerAddress
	}
	ip := resolved.Addr().Unmap().WithZone("")
	switch {
	case slices.Contains(d.home, strings.ToLower(to)), slices.ContainsFunc(d.allow, func(p netip.Prefix) bool { return p.Contains(ip) }):
		return nil
	case len(d.allow) > 0, ip.IsLoopback() && !d.near, ip.IsLinkLocalUnicast(), ip.IsMulticast(), ip.IsUnspecified(), metadata.Contains(ip):
		return errBrokerAddress
	}
	return nil
}

// metadata is where a cloud answers its machines by IPv6; by IPv4 the address is link-local.
var metadata = netip.MustParsePrefix("fd00:ec2::/32")
