package main

import (
	"errors"
	"net/netip"
	"testing"

	"kartoteka/config"
)

func TestBrokersNameNoForeignPlaces(t *testing.T) {
	t.Parallel()
	inside := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	for _, c := range []struct {
		name   string
		broker string
		allow  []netip.Prefix
		to, at string
		may    bool
	}{
		{"the configured one", "kafka.example:9092", inside, "kafka.example:9092", "192.168.7.7:9092", true},
		{"the configured one, written otherwise", "Kafka.example", inside, "kafka.Example:9092", "192.168.7.7:9092", true},
		{"another port of it", "kafka.example:9092", inside, "kafka.example:22", "192.168.7.7:22", false},
		{"another broker", "kafka.example:9092", nil, "k2.example:9092", "10.1.2.3:9092", true},
		{"this machine", "kafka.example:9092", nil, "k2.example:9092", "127.0.0.1:5432", false},
		{"this machine, mapped", "kafka.example:9092", nil, "k2.example:9092", "[::ffff:127.0.0.1]:5432", false},
		{"this machine beside one on it", "localhost:9092", nil, "127.0.0.1:9093", "127.0.0.1:9093", true},
		{"metadata", "localhost:9092", nil, "k2.example:80", "169.254.169.254:80", false},
		{"metadata of IPv6", "kafka.example:9092", nil, "k2.example:80", "[fd00:ec2::254]:80", false},
		{"nowhere", "kafka.example:9092", nil, "k2.example:80", "0.0.0.0:80", false},
		{"an allowed network", "kafka.example:9092", inside, "k2.example:9092", "10.1.2.3:9092", true},
		{"beside the allowed networks", "kafka.example:9092", inside, "k2.example:9092", "10.2.2.3:9092", false},
		{"an allowed machine", "kafka.example:9092", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, "k2.example:9092", "127.0.0.1:9092", true},
	} {
		d := newBrokerDialer(&config.Kafka{Brokers: []string{c.broker}, Allow: c.allow})
		if err := d.may(c.to, c.at); errors.Is(err, errBrokerAddress) == c.may {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	d := newBrokerDialer(&config.Kafka{Brokers: []string{"kafka.example:9092"}})
	if _, err := d.dial(t.Context(), "tcp", "127.0.0.1:1"); !errors.Is(err, errBrokerAddress) {
		t.Error(err)
	}
}
