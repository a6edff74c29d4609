package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"kartoteka/access"
	"kartoteka/api"
	"kartoteka/config"
	"kartoteka/customer"
)

type serveCommand struct {
	Listen         string   `placeholder:"HOST:PORT" env:"KARTOTEKA_LISTEN" help:"Where HTTP is answered; else serve.listen of the configuration, else 127.0.0.1:8080."`
	Brokers        []string `placeholder:"HOST:PORT" env:"KARTOTEKA_BROKERS" help:"Kafka brokers to publish to, instead of the configured ones."`
	Prefix         string   `placeholder:"NAME" env:"KARTOTEKA_PREFIX" help:"First word of the topics' names, instead of the configured one."`
	TLSCert        string   `name:"tls-cert" placeholder:"FILE" env:"KARTOTEKA_TLS_CERT" help:"Certificate (PEM) to answer by HTTPS; it is read again when the file changes."`
	TLSKey         string   `name:"tls-key" placeholder:"FILE" env:"KARTOTEKA_TLS_KEY" help:"Its key."`
	InsecureNoAuth bool     `help:"Answer without sign-in, on this machine only: whoever reaches the address reads and changes every customer."`
}

func (*serveCommand) Help() string {
	return `Answers over HTTP (/v1/changes, /v1/snapshot, /v1/golden/CODE, /v1/crosswalk/SOURCE/KEY, /healthz, /readyz, /metrics),
publishes changes to Kafka if there are brokers, resolves what has landed, loads configured sources
when they are due, and maintains the hub at night. People sign in, programs send a token (kartoteka users,
kartoteka tokens); where nobody can sign in yet, a link to the first account is printed. Other machines reach it
by --listen; browsers keep a session over HTTPS only, unless it is this machine. Several processes may serve one database: each job
is done by one of them. SIGTERM ends it in order, with 0; a second one at once.

Example:

    $ kartoteka serve --brokers localhost:9092
    $ kartoteka serve --listen 0.0.0.0:443 --tls-cert hub.pem --tls-key hub.key
    $ curl -s -H "Authorization: Bearer $TOKEN" 'http://127.0.0.1:8080/v1/changes?after=0&wait=30'`
}

func (c *serveCommand) run(ctx context.Context, a *app) (out output, err error) {
	conf, err := a.loadConfig()
	if err != nil {
		return output{}, err
	}
	c.Listen = listenAt(c.Listen, conf)
	listener, err := c.listen(ctx)
	if err != nil {
		return output{}, err
	}
	defer listener.Close() //nolint:errcheck // closed by the server; here for what fails before
	h, err := a.openHubWith(ctx, conf)
	if err != nil {
		return output{}, err
	}
	defer func() { err = errors.Join(err, h.close(ctx)) }()
	return output{}, c.serve(ctx, a, h, listener)
}

// listenAt is what is listened on: what was said, else what is configured, else a port of this machine.
func listenAt(said string, conf *config.Config) string {
	return cmp.Or(said, conf.Listen, "127.0.0.1:8080")
}

// listen takes the address before anything else is started.
func (c *serveCommand) listen(ctx context.Context) (net.Listener, error) {
	if err := api.CheckListen(c.Listen, c.InsecureNoAuth); err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%w: another program listens on %s; choose another address with --listen", errSurroundings, c.Listen)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: listening: %w; choose another address with --listen", errSurroundings, err)
	}
	if c.TLSCert == "" && c.TLSKey == "" {
		return l, nil
	}
	secure, err := encrypted(l, c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return secure, nil
}

// serve runs all parts until the context ends or one of them cannot go on.
func (c *serveCommand) serve(ctx context.Context, a *app, h *hub, l net.Listener) error {
	if err := h.writable(); err != nil {
		a.remark("read-only: %v", err)
	}
	if why := h.unwalled(); why != "" {
		a.remark("%s", why)
		a.logger().Warn("row security is not in force", "reason", h.Wall().Missing)
	}
	group, ctx := errgroup.WithContext(ctx)
	writers, err := a.writers(h)
	if err != nil {
		return err
	}
	for _, w := range writers {
		group.Go(func() error { return w.Run(ctx) })
		a.remark("returning personal codes to %s", w.Source)
	}
	metrics := []prometheus.Collector{&feedMetrics{hub: h, writers: writers}, taskMetrics{h}, scheduleMetrics{h}}
	kafka := c.kafka(h.conf)
	if kafka != nil {
		if err := h.known(ctx, a, kafka); err != nil { // before anything is shown as published
			return err
		}
		d, err := a.dispatcher(ctx, h, kafka)
		if err != nil {
			return err
		}
		metrics = append(metrics, d)
		group.Go(func() error { return d.Run(ctx) })
		a.remark("publishing to %v, topics %s.customer.*", kafka.Brokers, kafka.Prefix)
	}
	h.pushes = &pusher{app: a, hub: h}
	d, watch := h.watchedDesk(a)
	pages, err := h.pages(a, d, !c.InsecureNoAuth)
	if err != nil {
		return err
	}
	guard, more, err := c.guard(h, a, pages)
	if err != nil {
		return err
	}
	metrics = append(append(metrics, more...), watch.Metrics()...)
	address := c.reachable(l.Addr())
	group.Go(func() error { // it waits for whoever writes now, and is for links only
		if err := h.Served(ctx, address); err != nil && ctx.Err() == nil {
			a.logger().Warn("the address is not noted", "error", err)
		}
		return nil
	})
	if err := c.welcome(ctx, a, h, address); err != nil && ctx.Err() == nil {
		return err
	}
	server := api.New(h.seen(), api.Options{Guard: guard, LoopbackOnly: c.InsecureNoAuth, Logger: a.logger(), Metrics: metrics, Version: version,
		Views: viewsOf(h.conf), Portrait: h.portrait(), Policy: h.conf.Access.Policy(), Desk: d, Pages: pages.Handler(), Secret: secretOf(h.conf), People: doorPeople{h.people()}, Degraded: h.degraded})
	group.Go(func() error { return server.Serve(ctx, l) })
	plans := newPlanner(a, h)
	group.Go(func() error { return plans.run(ctx) })
	group.Go(func() error { return newWorker(a, h).run(ctx) })
	group.Go(func() error { return a.watch(ctx, h.conf) })
	if c.TLSCert == "" && api.CheckListen(c.Listen, true) != nil && !strings.HasPrefix(h.conf.Access.SignIn.Address, "https:") {
		a.remark("without TLS: browsers on other machines keep no session; use --tls-cert and --tls-key, or a proxy and access.sign_in.address")
	}
	a.remark("serving on %s", address)
	return group.Wait()
}

// viewsOf are the configured views by name.
func viewsOf(conf *config.Config) map[string]access.View {
	out := map[string]access.View{}
	for i := range conf.Feed.Views {
		out[conf.Feed.Views[i].Name] = conf.Feed.Views[i].View
	}
	return out
}

// portrait is the one that golden records are written by.
func (h *hub) portrait() *customer.Portrait {
	if h.rules != nil {
		return h.rules.conf.Portrait
	}
	return h.conf.Portrait
}

// kafka is the configured brokers with what the flags say, nil if there are none.
func (c *serveCommand) kafka(conf *config.Config) *config.Kafka {
	if conf.Feed.Kafka == nil && len(c.Brokers) == 0 {
		return nil
	}
	k := config.Kafka{Prefix: "kartoteka", Partitions: 6}
	if conf.Feed.Kafka != nil {
		k = *conf.Feed.Kafka
	}
	if len(c.Brokers) > 0 {
		k.Brokers = c.Brokers
	}
	if c.Prefix != "" {
		k.Prefix = c.Prefix
	}
	return &k
}
