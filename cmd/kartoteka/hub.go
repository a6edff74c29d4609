package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"kartoteka/config"
	"kartoteka/desk"
	"kartoteka/golden"
	"kartoteka/pipelines"
	"kartoteka/store"
	"kartoteka/store/embedded"
)

// hub is an open database with its configuration; rules are nil until the first load fixes them.
type hub struct {
	*store.Store
	conf    *config.Config
	state   string
	rules   *ruleset
	row     store.Hub
	server  *embedded.Server
	witness *witness
	pushes  desk.Pushes // nil in a process that does not serve
}

// openHub opens the configured database, or the private one of the state directory.
func (a *app) openHub(ctx context.Context) (*hub, error) {
	conf, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	return a.openHubWith(ctx, conf)
}

func (a *app) openHubWith(ctx context.Context, conf *config.Config) (*hub, error) {
	state, err := a.stateDir()
	if err != nil {
		return nil, err
	}
	h := &hub{conf: conf, state: state}
	url, err := a.databaseURL(ctx, h)
	if err != nil {
		return nil, err
	}
	if h.Store, err = store.Open(ctx, url, golden.NewPermutation, a.accepted()...); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", errSurroundings, err), h.stopServer(ctx))
	}
	if err := errors.Join(h.compile(ctx), h.attend(ctx, a)); err != nil {
		return nil, errors.Join(err, h.close(ctx))
	}
	return h, nil
}

// databaseURL is where the hub's data are: KARTOTEKA_DATABASE_URL, the configuration, or a
// private server that this process starts or joins.
func (a *app) databaseURL(ctx context.Context, h *hub) (string, error) {
	if h.server != nil {
		return h.server.URL(), nil
	}
	const variable = "KARTOTEKA_DATABASE_URL"
	for _, name := range []string{variable, variable + "_FILE"} {
		if value, set := a.lookup(name); set && value != "" {
			return config.Env(a.lookup, variable)
		}
	}
	if h.conf.Database != "" {
		return h.conf.Resolve(h.conf.Database)
	}
	var err error
	if h.server, err = embedded.Start(ctx, h.state, a.logger()); err != nil {
		return "", fmt.Errorf("%w: %w", errSurroundings, err)
	}
	return h.server.URL(), nil
}

// accepted names the settings of the server under which the user accepts to lose data.
func (a *app) accepted() []string {
	text, _ := a.lookup("KARTOTEKA_ACCEPT_DATA_LOSS")
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

func (a *app) logger() *slog.Logger {
	level := slog.LevelWarn
	if a.Quiet {
		level = slog.LevelError
	}
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level}))
}

// compile makes the ruleset that the database names, with the configuration at hand.
func (h *hub) compile(ctx context.Context) error {
	row, err := h.Hub(ctx)
	if err != nil {
		return err
	}
	h.row = row
	h.Use(h.conf.Portrait)
	if row.RulesetHash == "" {
		return nil
	}
	if h.rules, err = h.compiled(row); err != nil {
		return err
	}
	h.Use(h.rules.conf.Portrait)
	return nil
}

// readStored reads what the database keeps of its ruleset beside the model.
func readStored(text string) (extra storedRuleset, err error) {
	if err := json.Unmarshal([]byte(text), &extra); err != nil {
		return extra, fmt.Errorf("ruleset of the database: %w", err)
	}
	return extra, nil
}

// writable reports whether the hub may change codes: its ruleset is the database's.
func (h *hub) writable() error {
	if h.rules != nil && h.rules.stored.Hash != h.row.RulesetHash {
		return desk.ErrRuleset
	}
	return nil
}

func (h *hub) stopServer(ctx context.Context) error {
	if h.server == nil {
		return nil
	}
	return h.server.Stop(context.WithoutCancel(ctx))
}

func (h *hub) close(ctx context.Context) error {
	err := h.testify(context.WithoutCancel(ctx))
	if store.Temporary(err) { // then the next process does
		err = nil
	}
	h.Store.Close()
	return errors.Join(err, h.stopServer(ctx))
}

// lanes lets pipelines work on the store.
type lanes struct{ *store.Store }

// InTx implements pipelines.Hub.
func (l lanes) InTx(ctx context.Context, f func(pipelines.Tx) error) error {
	return l.Store.InTx(ctx, func(tx *store.Tx) error { return f(tx) })
}

// InLane implements pipelines.Hub.
func (l lanes) InLane(ctx context.Context, f func(pipelines.Tx) error) error {
	return l.Store.InTurn(ctx, func(tx *store.Tx) error { return f(tx) })
}

// InLongLane implements pipelines.Hub.
func (l lanes) InLongLane(ctx context.Context, f func(pipelines.Tx) error) error {
	return l.Store.InLongLane(ctx, func(tx *store.Tx) error { return f(tx) })
}

// oneTx is a hub whose transactions are all one, which its owner rolls back: a dry run. They
// take turns.
type oneTx struct {
	tx *store.Tx
	mu *sync.Mutex
}

func dryHub(tx *store.Tx) oneTx { return oneTx{tx, new(sync.Mutex)} }

// InTx implements pipelines.Hub.
func (o oneTx) InTx(_ context.Context, f func(pipelines.Tx) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return f(o.tx)
}

// InLane implements pipelines.Hub.
func (o oneTx) InLane(ctx context.Context, f func(pipelines.Tx) error) error { return o.InTx(ctx, f) }

// InLongLane implements pipelines.Hub.
func (o oneTx) InLongLane(ctx context.Context, f func(pipelines.Tx) error) error {
	return o.InTx(ctx, f)
}

// errDryRun rolls a transaction back that did its work.
var errDryRun = errors.New("dry run")
